import {
	goToLogRow,
	nextError,
	nextMatch,
	pageOf,
	scrollLog,
	searchLog,
	shiftLog,
	shiftLogTo,
	toggleFollow,
	toggleHold,
	toggleInLog,
	toggleOnlyMatches,
} from "../model/log-actions.js";
import { rowsOf } from "../model/log-state.js";
import { leaveLog } from "../model/log-view.js";
import type { Model } from "../model/model.js";
import { type KeyTable, moveKeys } from "./binding.js";

const isCut = (m: Model) => m.log?.wraps === false;
const hasSearch = (m: Model) => (m.log?.search ?? "") !== "";

/** A search goes before the log does. */
function back(m: Model): void {
	if (m.ui.getState().zoomed) m.ui.setState({ zoomed: false });
	else if (hasSearch(m)) searchLog(m, "");
	else leaveLog(m);
}

export const logKeys: KeyTable = {
	title: "Log",
	bindings: [
		...moveKeys("scroll", {
			by: scrollLog,
			page: pageOf,
			toStart: (m) => goToLogRow(m, 0),
			toEnd: (m) => goToLogRow(m, m.log ? rowsOf(m.log) : 0),
		}),
		{ keys: ["F"], label: "follow the end, or not", hint: 10, hintLabel: "follow", run: toggleFollow },
		{ keys: ["P"], label: "hold what comes, or go on", hint: 12, hintLabel: "hold", run: toggleHold },
		{
			keys: ["n"],
			shown: "n N",
			label: "next and previous match",
			hint: 31,
			hintLabel: "match",
			command: "next match",
			enabled: hasSearch,
			run: (m) => nextMatch(m, 1),
		},
		{ keys: ["N"], label: "previous match", enabled: hasSearch, run: (m) => nextMatch(m, -1) },
		{
			keys: ["&"],
			label: "only lines that match, or all",
			hint: 33,
			hintLabel: "only matches",
			run: toggleOnlyMatches,
		},
		{
			keys: ["e"],
			shown: "e E",
			label: "next and previous error",
			hint: 20,
			hintLabel: "error",
			command: "next error",
			run: (m) => nextError(m, 1),
		},
		{ keys: ["E"], label: "previous error", run: (m) => nextError(m, -1) },
		{
			keys: ["w"],
			label: "wrap long lines, or cut them",
			hint: 40,
			hintLabel: "wrap",
			run: (m) => toggleInLog(m, "wraps"),
		},
		{
			keys: ["v"],
			label: "events in words, or the lines of the file",
			hint: 38,
			hintLabel: (m) => (m.log?.isRaw ? "words" : "raw"),
			run: (m) => toggleInLog(m, "isRaw"),
		},
		{
			keys: ["t"],
			label: "times in a column, or not",
			hint: 42,
			hintLabel: "times",
			run: (m) => toggleInLog(m, "times"),
		},
		{
			keys: ["right", "l", "shift-right", "alt-l"],
			shown: "h l",
			label: "sideways in long lines",
			inPalette: false,
			enabled: isCut,
			run: (m) => shiftLog(m, 1),
		},
		{
			keys: ["left", "h", "shift-left", "alt-h"],
			shown: "h",
			label: "sideways back",
			inPalette: false,
			enabled: isCut,
			run: (m) => shiftLog(m, -1),
		},
		{
			keys: ["0"],
			shown: "0 $",
			label: "start and end of long lines",
			command: "start of long lines",
			inPalette: false,
			enabled: isCut,
			run: (m) => shiftLogTo(m, "start"),
		},
		{ keys: ["$"], label: "end of long lines", inPalette: false, enabled: isCut, run: (m) => shiftLogTo(m, "end") },
		{ keys: ["esc"], label: "one layer out", inPalette: false, run: back },
		{ keys: ["q", "L"], label: "back to where it was opened", hint: 95, hintLabel: "back", run: leaveLog },
	],
};
