import type { Model } from "../model/model.js";
import { cellWidth, cutStart, toCells, visible } from "../text/cells.js";
import { bold } from "../text/style.js";
import { screenOf } from "./screens.js";
import { drawStatusBar } from "./status-bar.js";
import { endOf, tabsOf } from "./tabs.js";

/** Room that the path to what is open keeps, however much there is to tell on the right. */
const CRUMB_CELLS = 22;
/** Before and after it. */
const MARGIN = 3;
const BETWEEN = " › ";
/** Of a crumb that is cut at least this much stays. */
const SHORTEST_CRUMB = 6;

/** Tabs and where we are on the left, how things stand on the right. */
export function drawHeader(model: Model, width: number): string {
	const screen = screenOf(model.ui.getState());
	const { tabs, named } = tabsOf(model, width);
	const left = endOf(tabs);
	const crumbs = [...(named ? [] : [screen.name]), ...screen.crumbs(model).map(visible)];
	const free = width - left - MARGIN;
	const status = drawStatusBar(model, free - CRUMB_CELLS, free - cellWidth(crumbs.join(BETWEEN)));
	const room = Math.max(0, free - status.cells);
	const where = fitCrumbs(crumbs, room, named ? 0 : 1);
	return `${tabs.map(({ text }) => text).join("")} ${bold(toCells(where, room))}  ${status.text}`;
}

/** Crumbs lose their beginnings from the left, as the end of a path tells more; the first `kept` stay as they are. */
function fitCrumbs(crumbs: readonly string[], width: number, kept: number): string {
	const parts = [...crumbs];
	const excess = () => cellWidth(parts.join(BETWEEN)) - width;
	for (let i = kept; i < parts.length && excess() > 0; i++) {
		const crumb = parts[i] ?? "";
		const left = cellWidth(crumb) - excess();
		parts[i] = left >= SHORTEST_CRUMB || i === parts.length - 1 ? cutStart(crumb, left) : "…";
	}
	return parts.join(BETWEEN);
}
