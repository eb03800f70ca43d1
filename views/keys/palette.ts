import { go } from "fuzzysort";
import type { Dialog } from "../model/dialog.js";
import type { Model } from "../model/model.js";
import { goToScreen } from "../model/navigation.js";
import type { Screen } from "../screens/screen.js";
import { SCREENS, screenOf } from "../screens/screens.js";
import type { KeyPress } from "../terminal/keys.js";
import { isEnabled, type KeyBinding, type KeyTable, shownKey } from "./binding.js";
import { tablesOf } from "./tables.js";
import { LEAST_SCORE, pressInTypedList } from "./typed-list.js";

export interface PaletteEntry {
	label: string;
	key: string;
	where: string;
	/** Places in the label of the letters that were typed. */
	matched: readonly number[];
	run(model: Model): void;
}

/** What was run before wins over what is about as good. */
const RECENT_BONUS = 0.08;
const SHOWN_RECENT = 5;
const KEPT_RECENT = 20;

/** All that can be done now, here and on the other screens: best match first, without a text what was run last. */
export function paletteEntries(model: Model, text: string): PaletteEntry[] {
	const all = allCommands(model);
	const recent = model.ui.getState().recentCommands;
	if (text.trim() === "") {
		const last = recent.flatMap((name) => all.find((entry) => nameOf(entry) === name) ?? []).slice(0, SHOWN_RECENT);
		return [...last, ...all.filter((entry) => !last.includes(entry))];
	}
	const scoreOf = (entry: PaletteEntry, score: number) => score + (recent.includes(nameOf(entry)) ? RECENT_BONUS : 0);
	return go(text, all, { key: "label", limit: 0, threshold: LEAST_SCORE })
		.map(({ obj, indexes, score }) => ({ entry: { ...obj, matched: indexes }, score: scoreOf(obj, score) }))
		.sort((a, b) => b.score - a.score || all.indexOf(a.entry) - all.indexOf(b.entry))
		.map(({ entry }) => entry);
}

function allCommands(model: Model): PaletteEntry[] {
	const here = screenOf(model.ui.getState());
	const tables = tablesOf(model);
	const others = tablesOfScreen(here).filter((table) => !tables.includes(table));
	const entries = [
		...tables.flatMap((table) => entriesOf(table, model, (binding) => binding.inPalette !== false)),
		...others.flatMap((table) => entriesOf(table, model, isForAnywhere)),
		...SCREENS.filter((screen) => screen !== here).flatMap((screen) => elsewhere(screen, model)),
	];
	const names = entries.map((entry) => `${entry.label} ${entry.key}`);
	return entries.filter((_, i) => names.indexOf(names[i] ?? "") === i);
}

const isForAnywhere = ({ inPalette }: KeyBinding) => inPalette !== false && inPalette !== "here";
const tablesOfScreen = (screen: Screen) => [
	...Object.values(screen.panes).flatMap(({ keys }) => (keys ? [keys] : [])),
	screen.keys,
];

/** Commands of another screen: it is gone to first, as one would with its digit. */
function elsewhere(screen: Screen, model: Model): PaletteEntry[] {
	return tablesOfScreen(screen)
		.flatMap((table) => entriesOf(table, model, isForAnywhere))
		.map((entry) => ({
			...entry,
			key: `${screen.id} ${entry.key}`,
			where: screen.name,
			run(m) {
				goToScreen(m, screen.id);
				screen.opened?.(m);
				entry.run(m);
			},
		}));
}

function entriesOf(table: KeyTable, model: Model, accepts: (binding: KeyBinding) => boolean): PaletteEntry[] {
	return table.bindings
		.filter((binding) => accepts(binding) && isEnabled(binding, model))
		.map((binding) => ({
			label: binding.command ?? binding.label,
			key: shownKey(binding),
			where: table.title,
			matched: [],
			run: binding.run,
		}));
}

const nameOf = ({ where, label }: PaletteEntry) => `${where}: ${label}`;

function runEntry(model: Model, entry: PaletteEntry): void {
	const name = nameOf(entry);
	model.ui.setState((was) => ({
		dialog: null,
		recentCommands: [name, ...was.recentCommands.filter((other) => other !== name)].slice(0, KEPT_RECENT),
	}));
	entry.run(model);
}

export function pressInPalette(model: Model, dialog: Extract<Dialog, { kind: "palette" }>, press: KeyPress): void {
	if (press.kind === "key" && press.name === "ctrl-p") {
		model.ui.setState({ dialog: null });
		return;
	}
	const entries = () => paletteEntries(model, dialog.text);
	pressInTypedList(model, dialog, press, {
		count: () => entries().length,
		chosen() {
			const entry = entries()[dialog.position];
			return entry && (() => runEntry(model, entry));
		},
	});
}
