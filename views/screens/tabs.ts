import type { Model } from "../model/model.js";
import type { ScreenId } from "../model/state.js";
import { cellWidth } from "../text/cells.js";
import { bold, inverse } from "../text/style.js";
import type { Screen } from "./screen.js";
import { SCREENS, screenOf } from "./screens.js";

export interface Tab {
	id: ScreenId;
	x: number;
	width: number;
	/** Styled. */
	text: string;
}

/** Names take at most this share of the width; otherwise digits have to do. */
const NAMES_SHARE = 0.42;

/** One tab a screen, each with the dot that tells that something goes on there: with their names, or that of the open one alone. */
export function tabsOf(model: Model, width: number): { tabs: Tab[]; named: boolean } {
	const open = screenOf(model.ui.getState());
	const named = [() => true, (screen: Screen) => screen === open].map((isNamed) => place(model, isNamed));
	const fitting = named.find((tabs) => endOf(tabs) <= width * NAMES_SHARE);
	return { tabs: fitting ?? place(model, () => false), named: fitting !== undefined };
}

export function endOf(tabs: readonly Tab[]): number {
	const last = tabs.at(-1);
	return last ? last.x + last.width : 0;
}

function place(model: Model, isNamed: (screen: Screen) => boolean): Tab[] {
	const open = screenOf(model.ui.getState());
	let x = 0;
	return SCREENS.map((screen) => {
		const status = screen.status?.(model) ?? null;
		const label = `${screen.id}${isNamed(screen) ? ` ${screen.name}` : ""}`;
		const dot = status?.glyph ?? "";
		const tab = { id: screen.id, x, width: cellWidth(label + dot) + 2 };
		x += tab.width;
		const text = screen === open ? inverse(bold(`[${label}${dot}]`)) : ` ${label}${status?.paint(dot) ?? ""} `;
		return { ...tab, text };
	});
}
