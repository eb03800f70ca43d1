import { logKeys } from "../keys/log-keys.js";
import { scrollLog, searchLog } from "../model/log-actions.js";
import { rowsOf } from "../model/log-state.js";
import type { Model } from "../model/model.js";
import { drawLog } from "./log-pane.js";
import type { Screen } from "./screen.js";

/** The log of a run, all over the screen. It has no tab: it is opened from a run and left to it. */
export const logScreen: Screen = {
	id: 0,
	name: "Log",
	keys: logKeys,
	panes: { log: { draw: drawLog, keys: null, mouse: { wheel: scrollLog } } },
	focus: () => "log",
	layout: (_model, area) => [{ id: "log", ...area }],
	crumbs: ({ log }) => [log?.runId ?? "no run", "log"],
	filter: {
		focus: () => {},
		text: ({ log }) => log?.search ?? "",
		set: searchLog,
		move: scrollLog,
		counts,
	},
};

/** The row that was found, of all of them. */
function counts({ log }: Model): { shown: number; total: number } {
	if (!log) return { shown: 0, total: 0 };
	return { shown: log.found === null ? 0 : log.found + 1, total: rowsOf(log) };
}
