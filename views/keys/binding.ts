import type { VirtualTable } from "../../src/store/virtual-table.js";
import type { Model } from "../model/model.js";
import { goToScreen } from "../model/navigation.js";
import { SIDE_CELLS } from "../model/scroll.js";

/** One line of a key table. Dispatch, the hint line, the help and the command palette are all made from it. */
export interface KeyBinding {
	/** Names as `createKeyReader` gives them; the first one is shown. */
	keys: readonly string[];
	/** How the keys are shown where the first name does not say it, e.g. "arrows". */
	shown?: string;
	label: string;
	/** Order in the hint line; without it the key is only in the help. */
	hint?: number;
	/** The label in the hint line, where there is less room. */
	hintLabel?: string | ((model: Model) => string);
	/** Always in the hint line, at its end. */
	isPinned?: boolean;
	/** The label in the palette, where this is one key of a pair that `label` names together. */
	command?: string;
	/** false for keys that make no sense by name, such as moving the cursor; `here`: only in its own pane and screen. */
	inPalette?: boolean | "here";
	enabled?(model: Model): boolean;
	run(model: Model): void;
}

export interface KeyTable {
	title: string;
	bindings: readonly KeyBinding[];
}

export function isEnabled(binding: KeyBinding, model: Model): boolean {
	return binding.enabled?.(model) ?? true;
}

/** The binding that a key runs now; the first table wins. */
export function findBinding(tables: readonly KeyTable[], key: string, model: Model): KeyBinding | null {
	for (const table of tables) {
		const found = table.bindings.find((binding) => binding.keys.includes(key) && isEnabled(binding, model));
		if (found) return found;
	}
	return null;
}

/** Out of a screen, a layer at a time; `back` gives false where there is none left, and `q` goes on to the tasks. */
export function leaveKeys(back: (model: Model) => boolean): KeyBinding[] {
	return [
		{ keys: ["esc"], label: "one layer out", inPalette: false, run: (m) => void back(m) },
		{
			keys: ["q"],
			label: "back",
			inPalette: "here",
			hint: 95,
			isPinned: true,
			run: (m) => (back(m) ? undefined : goToScreen(m, 1)),
		},
	];
}

const KEY_WORDS: Readonly<Record<string, string>> = {
	enter: "Enter",
	esc: "Esc",
	tab: "Tab",
	space: "Space",
	up: "up",
	down: "down",
	left: "left",
	right: "right",
	"shift-tab": "S-Tab",
	"shift-right": "S-right",
	"shift-left": "S-left",
};

export function shownKey(binding: KeyBinding): string {
	if (binding.shown) return binding.shown;
	const key = binding.keys[0] ?? "";
	if (key.startsWith("ctrl-")) return `^${key.slice(5)}`;
	return KEY_WORDS[key] ?? (/^f\d+$/.test(key) ? key.toUpperCase() : key);
}

export interface Scrolling {
	by(model: Model, rows: number): void;
	page(model: Model): number;
	toStart(model: Model): void;
	toEnd(model: Model): void;
}

/** The keys that move up and down, the same everywhere. */
export function moveKeys(what: string, scrolling: Scrolling): KeyBinding[] {
	const hidden = { inPalette: false };
	return [
		{ ...hidden, keys: ["down", "j"], shown: "j k", label: `${what} down and up`, run: (m) => scrolling.by(m, 1) },
		{ ...hidden, keys: ["up", "k"], shown: "k", label: `${what} up`, run: (m) => scrolling.by(m, -1) },
		{
			...hidden,
			keys: ["pagedown", "ctrl-d"],
			shown: "^d ^u",
			label: "page down and up",
			run: (m) => scrolling.by(m, scrolling.page(m)),
		},
		{
			...hidden,
			keys: ["pageup", "ctrl-u"],
			shown: "^u",
			label: "page up",
			run: (m) => scrolling.by(m, -scrolling.page(m)),
		},
		{ ...hidden, keys: ["home", "g"], shown: "g G", label: "to the start and the end", run: scrolling.toStart },
		{ ...hidden, keys: ["end", "G"], shown: "G", label: "to the end", run: scrolling.toEnd },
	];
}

/** The same for a table, whose columns can be moved too. */
export function tableKeys(what: string, tableOf: (model: Model) => VirtualTable<string>, moved: Moved): KeyBinding[] {
	return [...moveKeys(what, tableScrolling(tableOf, moved)), ...panKeys(tableOf, moved)];
}

/** Moving the cursor of a table. */
export function tableScrolling(tableOf: (model: Model) => VirtualTable<string>, moved: Moved): Scrolling {
	const go = (model: Model, change: (table: VirtualTable<string>) => void) => {
		change(tableOf(model));
		moved(model);
	};
	return {
		by: (m, rows) => go(m, (table) => table.move(rows)),
		page: (m) => tableOf(m).page,
		toStart: (m) => go(m, (table) => table.goTo(0)),
		toEnd: (m) => go(m, (table) => table.goTo(table.count - 1)),
	};
}

/** The keys that move the columns of a table. */
export function panKeys(tableOf: (model: Model) => VirtualTable<string>, moved: Moved): KeyBinding[] {
	const pan = (by: number) => (model: Model) => {
		tableOf(model).panBy(by);
		moved(model);
	};
	return [
		{ keys: ["shift-right", "alt-l"], label: "columns further right", inPalette: false, run: pan(1) },
		{ keys: ["shift-left", "alt-h"], label: "columns further left", inPalette: false, run: pan(-1) },
	];
}

type Moved = (model: Model) => void;

/** The keys that move long lines sideways, where they are cut. */
export function sideKeys(pane: string, enabled: (model: Model) => boolean): KeyBinding[] {
	const pan = (cells: number) => (model: Model) => {
		model.scroll.pan(pane, cells);
		model.changed();
	};
	return [
		{
			keys: ["shift-right", "alt-l"],
			label: "sideways in cut lines",
			inPalette: false,
			enabled,
			run: pan(SIDE_CELLS),
		},
		{
			keys: ["shift-left", "alt-h"],
			label: "sideways back",
			inPalette: false,
			enabled,
			run: pan(-SIDE_CELLS),
		},
	];
}

/** Moving in a pane that has no cursor. */
export function paneScrolling(pane: string): Scrolling {
	const touch = (model: Model, change: () => void) => {
		change();
		model.changed();
	};
	return {
		by: (m, rows) => touch(m, () => m.scroll.move(pane, rows)),
		page: (m) => m.scroll.page(pane),
		toStart: (m) => touch(m, () => m.scroll.jump(pane, 0)),
		toEnd: (m) => touch(m, () => m.scroll.jump(pane, Number.MAX_SAFE_INTEGER)),
	};
}
