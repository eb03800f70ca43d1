import {
	goToTask,
	moveSample,
	moveTab,
	moveTask,
	pickDiffBase,
	selectedCandidate,
	showTab,
	toggleCandidateMark,
} from "../model/candidate-actions.js";
import {
	candidateMoved,
	filterCandidates,
	pickCandidateSort,
	reverseCandidates,
	shownCandidates,
	toggleWholeRun,
} from "../model/candidate-table.js";
import { moveChart } from "../model/chart-actions.js";
import { openCopyMenu, runTexts } from "../model/copy-actions.js";
import { rankOpenRun } from "../model/energy-ranking.js";
import { askToCancel, canResume, resumeRun, runAgain } from "../model/live-runs.js";
import { openLog } from "../model/log-view.js";
import type { Model } from "../model/model.js";
import { goToScreen } from "../model/navigation.js";
import { openCandidateOutside } from "../model/outside-actions.js";
import { isGoingOn } from "../model/run-actions.js";
import { openRunAgainForm } from "../model/run-form.js";
import type { CandidateTab, RunPane } from "../model/state.js";
import { jumpToMark } from "../model/text-marks.js";
import { isDebugRun, openTraceOf } from "../model/trace-sources.js";
import { hasTwoPanes } from "../screens/layout.js";
import { type KeyBinding, type KeyTable, moveKeys, paneScrolling, sideKeys, tableKeys } from "./binding.js";
import { replayKeys } from "./replay-keys.js";

const hasRun = (m: Model) => m.ui.getState().run !== null;
const runIdOf = (m: Model) => m.ui.getState().run?.runId ?? null;
const hasRunId = (m: Model) => runIdOf(m) !== null;

function openRunLog(m: Model): void {
	const runId = m.ui.getState().run?.runId;
	if (runId != null) openLog(m, runId);
}

const hasCandidate = (m: Model) => selectedCandidate(m) !== null;
const isRepeatable = (m: Model) => m.ui.getState().run?.options != null && !isGoingOn(m.ui.getState().run);
const focus = (runPane: RunPane) => (m: Model) => m.ui.setState({ runPane });
const tasksOf = (m: Model) => m.ui.getState().run?.store.getState().run.tasks ?? [];

function cyclePane(m: Model, by: number): void {
	const { runPane } = m.ui.getState();
	const all: RunPane[] = ["board", "candidates", "candidate", "charts"];
	const at = Math.max(0, all.indexOf(runPane));
	m.ui.setState({ runPane: all[(at + by + all.length) % all.length] ?? "board" });
}

function back(m: Model): boolean {
	const { runPane, zoomed, run } = m.ui.getState();
	if (zoomed) m.ui.setState({ zoomed: false });
	else if (runPane === "candidates" && m.candidates.filter !== "") filterCandidates(m, "");
	else if (runPane === "candidate") m.ui.setState({ runPane: "candidates" });
	else if (runPane === "charts") leaveCharts(m);
	else if (runPane === "candidates" && tasksOf(m).length > 1) m.ui.setState({ runPane: "board" });
	else {
		run?.replay?.pause();
		goToScreen(m, 1);
	}
	return true;
}

const leaveCharts = (m: Model) => m.ui.setState({ runPane: tasksOf(m).length > 1 ? "board" : "candidates" });

function toggleCharts(m: Model): void {
	if (isOnCharts(m)) leaveCharts(m);
	else m.ui.setState({ runPane: "charts" });
}

/** Shows the candidate too, where it has no pane beside the board. */
const openTab = (tab: CandidateTab) => (m: Model) => {
	showTab(m, tab);
	if (isOnCharts(m) || !hasTwoPanes(m.ui.getState().columns)) m.ui.setState({ runPane: "candidate" });
};

const isOnCharts = (m: Model) => hasRun(m) && m.ui.getState().runPane === "charts";
/** Tabs that nobody can see are not turned over. */
const showsCandidate = (m: Model) => m.ui.getState().runPane === "candidate" || hasTwoPanes(m.ui.getState().columns);
const hasTabs = (m: Model) => isOnCharts(m) || (hasCandidate(m) && showsCandidate(m));
const moveTabs = (m: Model, by: number) => (isOnCharts(m) ? moveChart(m, by) : moveTab(m, by));

const sampleMoves: KeyBinding[] = [
	{
		keys: ["right", "l"],
		shown: "h l",
		label: "candidate to the left and right",
		hint: 11,
		hintLabel: "candidate",
		inPalette: false,
		enabled: hasCandidate,
		run: (m) => moveSample(m, 1),
	},
	{ keys: ["left", "h"], shown: "h", label: "candidate to the left", inPalette: false, run: (m) => moveSample(m, -1) },
];

export const boardKeys: KeyTable = {
	title: "Board",
	bindings: [
		...moveKeys("task", {
			by: moveTask,
			page: (m) => m.scroll.page("board"),
			toStart: (m) => goToTask(m, 0),
			toEnd: (m) => goToTask(m, tasksOf(m).length - 1),
		}),
		...sampleMoves,
		{
			keys: ["enter"],
			label: "open the candidate",
			hint: 10,
			hintLabel: "open",
			enabled: hasCandidate,
			run: focus("candidate"),
		},
	],
};

export const candidatesKeys: KeyTable = {
	title: "Candidates",
	bindings: [
		...tableKeys("candidate", shownCandidates, candidateMoved),
		{
			keys: ["enter", "l", "right"],
			label: "open the candidate",
			hint: 10,
			hintLabel: "open",
			enabled: hasCandidate,
			run: focus("candidate"),
		},
	],
};

const hasTrace = (m: Model) => {
	const { run } = m.ui.getState();
	return run !== null && isDebugRun(run) && hasCandidate(m);
};

export const candidateKeys: KeyTable = {
	title: "Candidate",
	bindings: [
		...moveKeys("scroll", paneScrolling("candidate")),
		...sideKeys("candidate", (m) => !m.ui.getState().wraps),
		{
			keys: ["enter"],
			label: "the trace of its loop",
			hint: 9,
			hintLabel: "trace",
			enabled: hasTrace,
			run: (m) => {
				const candidate = selectedCandidate(m);
				if (candidate) openTraceOf(m, candidate);
			},
		},
		{
			keys: ["left", "h"],
			shown: "h l",
			label: "previous and next candidate",
			hint: 11,
			hintLabel: "candidate",
			command: "previous candidate",
			run: (m) => moveSample(m, -1),
		},
		{ keys: ["right", "l"], shown: "l", label: "next candidate", run: (m) => moveSample(m, 1) },
		{
			keys: ["n"],
			shown: "n N",
			label: "to hunks and failures",
			hint: 21,
			hintLabel: "hunk, failure",
			command: "next hunk or failure",
			run: (m) => jumpToMark(m, "candidate", 1),
		},
		{ keys: ["N"], label: "previous hunk or failure", run: (m) => jumpToMark(m, "candidate", -1) },
	],
};

export const bestOfNKeys: KeyTable = {
	title: "Best-of-N",
	bindings: [
		{
			keys: ["]"],
			shown: "[ ]",
			label: "tabs: code, diff, tests …",
			hint: 13,
			hintLabel: "tab",
			command: "next tab",
			enabled: hasTabs,
			run: (m) => moveTabs(m, 1),
		},
		{ keys: ["["], label: "previous tab", enabled: hasTabs, run: (m) => moveTabs(m, -1) },
		{
			keys: ["A"],
			label: "all candidates of the run",
			hint: 58,
			hintLabel: "all tasks",
			enabled: hasRun,
			run: toggleWholeRun,
		},
		{ keys: ["s"], label: "sort the candidates", enabled: hasRun, run: pickCandidateSort },
		{ keys: ["S"], label: "reverse the candidates", enabled: hasRun, run: reverseCandidates },
		{
			keys: ["O"],
			label: "rank its candidates, on the Energy screen",
			hint: 60,
			hintLabel: "rank",
			enabled: hasRunId,
			run: rankOpenRun,
		},
		{ keys: ["L"], label: "log of the run", hint: 72, hintLabel: "log", enabled: hasRunId, run: openRunLog },
		{ keys: ["v"], label: "compare with…", hint: 16, hintLabel: "compare", enabled: hasCandidate, run: pickDiffBase },
		{ keys: ["space"], label: "mark for comparison", enabled: hasCandidate, run: toggleCandidateMark },
		{ keys: ["c"], label: "show the code", enabled: hasCandidate, run: openTab("code") },
		{ keys: ["d"], label: "show the diff", enabled: hasCandidate, run: openTab("diff") },
		{
			keys: ["t"],
			label: "show the tests",
			hint: 14,
			hintLabel: "tests",
			enabled: hasCandidate,
			run: openTab("tests"),
		},
		{
			keys: ["w"],
			label: "wrap long lines, or cut them",
			enabled: hasCandidate,
			run: (m) => m.ui.setState((was) => ({ wraps: !was.wraps })),
		},
		{
			keys: ["e"],
			label: "what is shown, in the editor",
			enabled: hasCandidate,
			run: (m) => void openCandidateOutside(m, "editor"),
		},
		{
			keys: ["E"],
			label: "what is shown, in the pager",
			enabled: hasCandidate,
			run: (m) => void openCandidateOutside(m, "pager"),
		},
		{ keys: ["y"], label: "copy…", hint: 42, enabled: hasRun, run: (m) => openCopyMenu(m, runTexts(m)) },
		...replayKeys,
		{
			keys: ["C"],
			label: "charts of the run, or back",
			hint: 44,
			hintLabel: "charts",
			enabled: hasRun,
			run: toggleCharts,
		},
		{
			keys: ["i"],
			label: "numbers of the run",
			hint: 45,
			hintLabel: "numbers",
			enabled: hasRun,
			run: (m) => m.ui.setState({ dialog: { kind: "summary" } }),
		},
		{
			keys: ["x"],
			label: "cancel the run",
			hint: 12,
			enabled: (m) => isGoingOn(m.ui.getState().run),
			run: (m) => askToCancel(m, m.ui.getState().run),
		},
		{
			keys: ["u"],
			label: "resume the run",
			hint: 9,
			hintLabel: "resume",
			enabled: (m) => canResume(m, runIdOf(m)),
			run: (m) => resumeRun(m, runIdOf(m) ?? ""),
		},
		{
			keys: ["r"],
			label: "run again, with changes",
			hint: 50,
			hintLabel: "run again",
			enabled: isRepeatable,
			run: openRunAgainForm,
		},
		{ keys: ["R"], label: "run again as it was", enabled: isRepeatable, run: runAgain },
		{
			keys: ["F"],
			label: "follow the judge, or not",
			enabled: (m) => isGoingOn(m.ui.getState().run),
			run: (m) => m.ui.setState((was) => ({ follows: !was.follows })),
		},
		{ keys: ["tab"], label: "next pane", inPalette: "here", enabled: hasRun, run: (m) => cyclePane(m, 1) },
		{ keys: ["shift-tab"], label: "previous pane", inPalette: "here", enabled: hasRun, run: (m) => cyclePane(m, -1) },
		{ keys: ["esc"], label: "one layer out", inPalette: false, run: (m) => void back(m) },
		{
			keys: ["q"],
			label: "back",
			inPalette: "here",
			hint: 95,
			isPinned: true,
			run: (m) => (hasRun(m) ? void back(m) : goToScreen(m, 1)),
		},
	],
};
