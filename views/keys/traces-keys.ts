import { openCopyMenu } from "../model/copy-actions.js";
import { askToCancel, canResume, resumeRun } from "../model/live-runs.js";
import type { Model } from "../model/model.js";
import { goToScreen } from "../model/navigation.js";
import { isGoingOn } from "../model/run-actions.js";
import { openTemplatesHere } from "../model/templates.js";
import { jumpToMark } from "../model/text-marks.js";
import {
	compareTraces,
	filterTraces,
	goToStep,
	jumpToTurn,
	moveRow,
	moveSource,
	moveStep,
	moveTrace,
	moveTraceTab,
	pickTraceSort,
	reverseTraces,
	showTraceTab,
	toggleTraceMark,
	traceMoved,
} from "../model/trace-actions.js";
import { traceTexts } from "../model/trace-copies.js";
import { changeSpeed, playOrPause } from "../model/trace-player.js";
import { toggleFollowing, traceSourceItems } from "../model/trace-sources.js";
import {
	changeTraces,
	selectedTrace,
	shownTraces,
	type TracePane,
	type TraceTab,
	tracesState,
} from "../model/traces-state.js";
import { hasTwoPanes } from "../screens/layout.js";
import { type KeyBinding, type KeyTable, moveKeys, paneScrolling, sideKeys, tableKeys } from "./binding.js";

/** Long lines are cut. */
const isCut = (m: Model) => !m.ui.getState().wraps;
const hasTrace = (m: Model) => selectedTrace(m) !== null;
const isIn =
	(...panes: TracePane[]) =>
	(m: Model) =>
		panes.includes(tracesState(m).pane);
const isLive = (m: Model) => isGoingOn(tracesState(m).open?.run ?? null);
const openSource = (m: Model) => tracesState(m).open?.source() ?? null;
const inTrace = (m: Model) => hasTrace(m) && isIn("steps", "step")(m);
const focus = (pane: TracePane) => (m: Model) => changeTraces(m, { pane });
const openTab = (tab: TraceTab) => (m: Model) => {
	showTraceTab(m, tab);
	changeTraces(m, { pane: "step" });
};

function cyclePane(m: Model, by: number): void {
	const { pane, open } = tracesState(m);
	if (!open) return;
	const right: TracePane = pane === "comparison" ? "comparison" : "step";
	const all: TracePane[] = hasTrace(m) ? ["traces", "steps", right] : ["traces"];
	const at = Math.max(0, all.indexOf(pane));
	changeTraces(m, { pane: all[(at + by + all.length) % all.length] ?? "traces" });
}

function back(m: Model): void {
	const { pane } = tracesState(m);
	if (m.ui.getState().zoomed) m.ui.setState({ zoomed: false });
	else if (pane === "step") changeTraces(m, { pane: "steps" });
	else if (pane === "steps" || pane === "comparison") changeTraces(m, { pane: "traces", compared: null });
	else if (pane === "traces" && shownTraces(m).filter !== "") filterTraces(m, "");
	else if (pane === "traces") changeTraces(m, { pane: "sources" });
	else goToScreen(m, 1);
}

export const traceSourcesKeys: KeyTable = {
	title: "Runs and files with traces",
	bindings: [
		...moveKeys("source", {
			by: (m, rows) => moveSource(m, tracesState(m).sourcesPosition + rows),
			page: (m) => m.scroll.page("trace-sources"),
			toStart: (m) => moveSource(m, 0),
			toEnd: (m) => moveSource(m, Number.MAX_SAFE_INTEGER),
		}),
		{
			keys: ["enter", "l", "right"],
			label: "open its traces",
			hint: 10,
			hintLabel: "open",
			enabled: (m) => traceSourceItems(m).length > 0,
			run: (m) => traceSourceItems(m)[tracesState(m).sourcesPosition]?.onPick(),
		},
	],
};

export const traceListKeys: KeyTable = {
	title: "List of traces",
	bindings: [
		...tableKeys("trace", shownTraces, traceMoved),
		{
			keys: ["enter", "l", "right"],
			label: "open the trace",
			hint: 10,
			hintLabel: "open",
			enabled: hasTrace,
			run: focus("steps"),
		},
		{ keys: ["h", "left"], label: "to the runs and files", run: focus("sources") },
		{ keys: ["n"], label: "next match", enabled: (m) => shownTraces(m).filter !== "", run: (m) => moveTrace(m, 1) },
		{
			keys: ["N"],
			label: "previous match",
			enabled: (m) => shownTraces(m).filter !== "",
			run: (m) => moveTrace(m, -1),
		},
	],
};

/** In the list of steps and beside a step. */
const stepMoves: KeyBinding[] = [
	{
		keys: ["right", "l"],
		shown: "h l",
		label: "step back and on, as they came",
		command: "next step",
		hint: 11,
		hintLabel: "step",
		run: (m) => moveStep(m, 1),
	},
	{ keys: ["left", "h"], shown: "h", label: "previous step", run: (m) => moveStep(m, -1) },
];

export const traceStepsKeys: KeyTable = {
	title: "Steps",
	bindings: [
		...moveKeys("step", {
			by: moveRow,
			page: (m) => m.scroll.page("trace-steps"),
			toStart: (m) => goToStep(m, 0),
			toEnd: (m) => goToStep(m, Number.MAX_SAFE_INTEGER),
		}),
		...stepMoves,
		{ keys: ["enter"], label: "read the step", hint: 10, hintLabel: "read", enabled: hasTrace, run: focus("step") },
		{
			keys: ["n"],
			shown: "n N",
			label: "to steps where a test turned",
			command: "next step where a test turned",
			hint: 14,
			hintLabel: "test turned",
			run: (m) => jumpToTurn(m, 1),
		},
		{ keys: ["N"], label: "previous step where a test turned", run: (m) => jumpToTurn(m, -1) },
	],
};

const markJumps = (pane: string): KeyBinding[] => [
	{
		keys: ["n"],
		shown: "n N",
		label: "to hunks, tests and messages",
		command: "next hunk, test or message",
		hint: 30,
		hintLabel: "hunk, test",
		run: (m) => jumpToMark(m, pane, 1),
	},
	{ keys: ["N"], label: "previous hunk, test or message", run: (m) => jumpToMark(m, pane, -1) },
];

export const traceStepKeys: KeyTable = {
	title: "Step",
	bindings: [
		...moveKeys("scroll", paneScrolling("trace-step")),
		...stepMoves,
		...markJumps("trace-step"),
		...sideKeys("trace-step", isCut),
	],
};

export const traceComparisonKeys: KeyTable = {
	title: "Two traces",
	bindings: [
		...moveKeys("scroll", paneScrolling("trace-comparison")),
		...markJumps("trace-comparison"),
		...sideKeys("trace-comparison", isCut),
	],
};

export const tracesScreenKeys: KeyTable = {
	title: "Traces",
	bindings: [
		{
			keys: ["]"],
			shown: "[ ]",
			label: "tabs: prompt, code, diff …",
			command: "next tab of the step",
			hint: 12,
			hintLabel: "tab",
			enabled: (m) => inTrace(m) || (hasTrace(m) && isIn("traces")(m) && hasTwoPanes(m.ui.getState().columns)),
			run: (m) => moveTraceTab(m, 1),
		},
		{ keys: ["["], label: "previous tab of the step", enabled: hasTrace, run: (m) => moveTraceTab(m, -1) },
		{
			keys: ["p"],
			label: "play the steps, or pause",
			hint: 15,
			hintLabel: (m) => (tracesState(m).playing ? "pause" : "play"),
			enabled: inTrace,
			run: playOrPause,
		},
		{
			keys: [">"],
			shown: "< >",
			label: "play slower, faster: 1x 4x 16x",
			command: "play steps faster",
			enabled: inTrace,
			run: (m) => changeSpeed(m, 1),
		},
		{ keys: ["<"], label: "play steps slower", enabled: inTrace, run: (m) => changeSpeed(m, -1) },
		{
			keys: ["0"],
			shown: "0 $",
			label: "first and last step",
			command: "first step",
			hint: 40,
			hintLabel: "ends",
			enabled: inTrace,
			run: (m) => goToStep(m, 0),
		},
		{ keys: ["$"], label: "last step", enabled: inTrace, run: (m) => goToStep(m, Number.MAX_SAFE_INTEGER) },
		{
			keys: ["L"],
			shown: "H L",
			label: "previous and next trace",
			command: "next trace",
			hint: 13,
			hintLabel: "trace",
			enabled: hasTrace,
			run: (m) => moveTrace(m, 1),
		},
		{ keys: ["H"], label: "previous trace", enabled: hasTrace, run: (m) => moveTrace(m, -1) },
		{ keys: ["c"], label: "the step's code", enabled: hasTrace, run: openTab("code") },
		{ keys: ["d"], label: "the step's diff to what it revises", enabled: hasTrace, run: openTab("diff") },
		{
			keys: ["P"],
			label: "the template of the step's prompt",
			hint: 45,
			hintLabel: "template",
			enabled: inTrace,
			run: openTemplatesHere,
		},
		{ keys: ["t"], label: "the step's tests, and which turned", enabled: hasTrace, run: openTab("tests") },
		{ keys: ["s"], label: "sort the traces", hint: 50, hintLabel: "sort", enabled: isIn("traces"), run: pickTraceSort },
		{ keys: ["S"], label: "reverse the traces", enabled: isIn("traces"), run: reverseTraces },
		{ keys: ["space"], label: "mark the trace", hint: 20, hintLabel: "mark", enabled: hasTrace, run: toggleTraceMark },
		{
			keys: ["v"],
			label: "compare with the marked trace, or another try",
			hint: 21,
			hintLabel: "compare",
			enabled: hasTrace,
			run: compareTraces,
		},
		{
			keys: ["w"],
			label: "wrap long lines of code, or cut them",
			enabled: hasTrace,
			run: (m) => m.ui.setState((was) => ({ wraps: !was.wraps })),
		},
		{
			keys: ["x"],
			label: "cancel the run",
			hint: 25,
			enabled: isLive,
			run: (m) => askToCancel(m, tracesState(m).open?.run ?? null),
		},
		{
			keys: ["u"],
			label: "resume the run",
			hint: 26,
			hintLabel: "resume",
			enabled: (m) => canResume(m, openSource(m)),
			run: (m) => resumeRun(m, openSource(m) ?? ""),
		},
		{ keys: ["F"], label: "follow the loops, or not", enabled: isLive, run: toggleFollowing },
		{ keys: ["y"], label: "copy…", hint: 60, enabled: hasTrace, run: (m) => openCopyMenu(m, traceTexts(m)) },
		{ keys: ["tab"], label: "next pane", inPalette: "here", enabled: hasTrace, run: (m) => cyclePane(m, 1) },
		{ keys: ["shift-tab"], label: "previous pane", inPalette: "here", enabled: hasTrace, run: (m) => cyclePane(m, -1) },
		{ keys: ["esc"], label: "one layer out", inPalette: false, run: back },
		{ keys: ["q"], label: "back", inPalette: "here", hint: 95, isPinned: true, run: back },
	],
};
