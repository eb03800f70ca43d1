import { openCopyMenu } from "../model/copy-actions.js";
import {
	chooseRanker,
	fittedProblem,
	focusEnergy,
	goToDisagreement,
	moveOverviewPart,
	moveRankedPart,
	moveRankedTask,
	moveRanker,
	openRankedInRun,
	pickRanker,
	rankedCandidateMoved,
	rankedTaskMoved,
	selectedRanked,
	toggleRerankable,
	toggleVerdicts,
	worldProblem,
} from "../model/energy-actions.js";
import { moveOnMap, pickOtherQuestion } from "../model/energy-map.js";
import { allowSeenTasks, executeOrStop, isRanking, pickRunToRank, rankAgain } from "../model/energy-ranking.js";
import { changeEnergy, type EnergyPane, energyState, energyTables } from "../model/energy-state.js";
import { energyTexts } from "../model/energy-texts.js";
import type { Model } from "../model/model.js";
import { goToScreen } from "../model/navigation.js";
import {
	type KeyBinding,
	type KeyTable,
	leaveKeys,
	moveKeys,
	paneScrolling,
	panKeys,
	type Scrolling,
	tableKeys,
	tableScrolling,
} from "./binding.js";

const hasRanking = (m: Model) => energyState(m).open !== null;
const hasTask = (m: Model) => energyTables(m).tasks.selected() !== null;
const hasRefused = (m: Model) => energyState(m).open?.world?.problem != null || fittedProblem(m) !== null;
const hasCandidate = (m: Model) => selectedRanked(m) !== null;
const inRankers = (m: Model) => energyState(m).overview === "rankers";
/** Texts in the pane of all tasks, which are scrolled. */
const inText = (m: Model) => ["reliability", "goals"].includes(energyState(m).overview);
const onMap = (m: Model) => energyState(m).part === "map" && hasCandidate(m);
const overviewTable = (m: Model) => (inRankers(m) ? energyTables(m).rankers : energyTables(m).tasks);

function overviewMoved(m: Model): void {
	if (inRankers(m)) m.changed();
	else rankedTaskMoved(m);
}

const overviewRows = tableScrolling(overviewTable, overviewMoved);
const overviewText = paneScrolling("overview");
const overviewMoves: Scrolling = {
	by: (m, rows) => (inText(m) ? overviewText : overviewRows).by(m, rows),
	page: (m) => (inText(m) ? overviewText : overviewRows).page(m),
	toStart: (m) => (inText(m) ? overviewText : overviewRows).toStart(m),
	toEnd: (m) => (inText(m) ? overviewText : overviewRows).toEnd(m),
};

const NEXT: Record<EnergyPane, EnergyPane> = { overview: "ranking", ranking: "ranked", ranked: "overview" };
const PREVIOUS: Record<EnergyPane, EnergyPane> = { overview: "ranked", ranking: "overview", ranked: "ranking" };
const toPane = (panes: Record<EnergyPane, EnergyPane>) => (m: Model) =>
	changeEnergy(m, { pane: panes[energyState(m).pane] });

function openOverviewRow(m: Model): void {
	const ranker = energyTables(m).rankers.selected();
	if (!inRankers(m)) focusEnergy("ranking")(m);
	else if (ranker !== null && ranker !== "oracle") chooseRanker(m, ranker);
}

/** One layer out; false where there is none left. */
function back(m: Model): boolean {
	const { pane, from } = energyState(m);
	const { tasks, candidates } = energyTables(m);
	if (m.ui.getState().zoomed) m.ui.setState({ zoomed: false });
	else if (pane === "ranked") focusEnergy("ranking")(m);
	else if (pane === "ranking" && candidates.filter !== "") candidates.setFilter("");
	else if (pane === "ranking") focusEnergy("overview")(m);
	else if (tasks.filter !== "") {
		tasks.setFilter("");
		rankedTaskMoved(m);
	} else if (from !== 1 && from !== 3) {
		changeEnergy(m, { from: 1 });
		goToScreen(m, from);
	} else goToScreen(m, 1);
	m.changed();
	return true;
}

export const energyOverviewKeys: KeyTable = {
	title: "Ranked tasks",
	bindings: [
		...moveKeys("row", overviewMoves),
		...panKeys(overviewTable, overviewMoved),
		{
			keys: ["enter"],
			label: "the candidates of the task; or rank by this",
			hintLabel: (m) => (inRankers(m) ? "rank by this" : "candidates"),
			hint: 10,
			enabled: hasTask,
			run: openOverviewRow,
		},
		{ keys: ["l", "right"], label: "to the candidates", enabled: hasTask, run: focusEnergy("ranking") },
		{
			keys: ["]"],
			shown: "[ ]",
			label: "tasks, rankers, choices, reliability, goals",
			command: "next part of the ranking",
			hintLabel: "part",
			hint: 12,
			enabled: hasRanking,
			run: (m) => moveOverviewPart(m, 1),
		},
		{ keys: ["["], label: "previous part of the ranking", enabled: hasRanking, run: (m) => moveOverviewPart(m, -1) },
	],
};

const tabs: KeyBinding[] = [
	{
		keys: ["]"],
		shown: "[ ]",
		label: "ranks, diff, surprising lines, map, other question, similar edits",
		command: "next tab of the candidate",
		hintLabel: "tab",
		hint: 14,
		enabled: hasCandidate,
		run: (m) => moveRankedPart(m, 1),
	},
	{ keys: ["["], label: "previous tab of the candidate", enabled: hasCandidate, run: (m) => moveRankedPart(m, -1) },
];

export const energyRankingKeys: KeyTable = {
	title: "Ranked candidates",
	bindings: [
		...tableKeys("candidate", (m) => energyTables(m).candidates, rankedCandidateMoved),
		{
			keys: ["enter", "l", "right"],
			label: "the candidate: its ranks, its diff",
			hintLabel: "open",
			hint: 10,
			enabled: hasCandidate,
			run: focusEnergy("ranked"),
		},
		{
			keys: ["h", "left"],
			label: "back to the tasks",
			hintLabel: "back",
			hint: 35,
			run: focusEnergy("overview"),
		},
		...tabs,
	],
};

const inSwap = (m: Model) => energyState(m).part === "swap";
const textMoves = paneScrolling("ranked");
const candidateMoves = tableScrolling((m) => energyTables(m).candidates, rankedCandidateMoved);

/** To the nearest candidate on that side of the map, through the candidates of a list, through a text. */
const rankedMoves: Scrolling = {
	by(m, rows) {
		if (onMap(m)) moveOnMap(m, { x: 0, y: -rows });
		else (inSwap(m) ? candidateMoves : textMoves).by(m, rows);
	},
	page: (m) => (onMap(m) ? 1 : textMoves.page(m)),
	toStart: (m) => (onMap(m) || inSwap(m) ? candidateMoves : textMoves).toStart(m),
	toEnd: (m) => (onMap(m) || inSwap(m) ? candidateMoves : textMoves).toEnd(m),
};

export const rankedCandidateKeys: KeyTable = {
	title: "Ranked candidate",
	bindings: [
		...moveKeys("scroll, or candidate", rankedMoves),
		{
			keys: ["enter"],
			label: "open it in Best-of-N, verdict and all",
			hintLabel: "in Best-of-N",
			hint: 10,
			enabled: hasCandidate,
			run: openRankedInRun,
		},
		{
			keys: ["h", "left"],
			label: "back to the candidates; on the map to the left",
			hintLabel: (m) => (onMap(m) ? "left" : "back"),
			hint: 35,
			run: (m) => (onMap(m) ? moveOnMap(m, { x: -1, y: 0 }) : focusEnergy("ranking")(m)),
		},
		{
			keys: ["l", "right"],
			label: "on the map to the right",
			inPalette: false,
			enabled: onMap,
			run: (m) => moveOnMap(m, { x: 1, y: 0 }),
		},
		...tabs,
	],
};

export const energyKeys: KeyTable = {
	title: "Energy",
	bindings: [
		{
			keys: ["v"],
			label: "show verdicts, or hide them",
			hintLabel: (m) => (energyState(m).showsVerdicts ? "hide verdicts" : "verdicts"),
			hint: 11,
			enabled: hasRanking,
			run: toggleVerdicts,
		},
		{ keys: ["s"], label: "rank by…", hint: 13, enabled: hasTask, run: pickRanker },
		{
			keys: [">"],
			shown: "< >",
			label: "rank by the next, the one before",
			command: "rank by the next ranker",
			enabled: hasTask,
			run: (m) => moveRanker(m, 1),
		},
		{ keys: ["<"], label: "rank by the one before", enabled: hasTask, run: (m) => moveRanker(m, -1) },
		{
			keys: ["L"],
			shown: "H L",
			label: "previous and next task",
			command: "next ranked task",
			hintLabel: "task",
			hint: 16,
			enabled: hasTask,
			run: (m) => moveRankedTask(m, 1),
		},
		{ keys: ["H"], label: "previous ranked task", enabled: hasTask, run: (m) => moveRankedTask(m, -1) },
		{
			keys: ["n"],
			shown: "n N",
			label: "to candidates on which rankers disagree",
			command: "next disagreement",
			hintLabel: "disagreement",
			hint: 18,
			enabled: hasCandidate,
			run: (m) => goToDisagreement(m, 1),
		},
		{ keys: ["N"], label: "previous disagreement", enabled: hasCandidate, run: (m) => goToDisagreement(m, -1) },
		{
			keys: ["u"],
			label: "only rerankable tasks, or all",
			hintLabel: "rerankable",
			hint: 40,
			enabled: hasRanking,
			run: toggleRerankable,
		},
		{
			keys: ["x"],
			label: "run the candidates on what tasks show; or stop",
			command: "run the candidates, to rank by what they answer",
			hintLabel: (m) => (isRanking(m) ? "stop" : "run them"),
			hint: 15,
			enabled: (m) => energyState(m).open?.recorded === null,
			run: executeOrStop,
		},
		{
			keys: ["O"],
			label: "rank the candidates of a run, or open a recorded ranking…",
			hintLabel: "rank a run",
			hint: 20,
			run: pickRunToRank,
		},
		{
			keys: ["a"],
			label: "tasks too that taught the world model or the fitted trees, marked",
			hintLabel: "seen tasks too",
			hint: 12,
			enabled: (m) => hasRefused(m) && !energyState(m).open?.request.allowSeen,
			run: allowSeenTasks,
		},
		{
			keys: ["c"],
			label: "ask another task's question of the same programs…",
			hintLabel: "other question",
			hint: 19,
			enabled: (m) => hasTask(m) && worldProblem(m) === null,
			run: pickOtherQuestion,
		},
		{ keys: ["R"], label: "rank again, or read the file again", enabled: hasRanking, run: rankAgain },
		{ keys: ["w"], label: "wrap long lines, or cut them", enabled: hasCandidate, run: toggleWrap },
		{ keys: ["y"], label: "copy…", hint: 75, enabled: hasRanking, run: (m) => openCopyMenu(m, energyTexts(m)) },
		{ keys: ["tab"], label: "next pane", inPalette: "here", enabled: hasTask, run: toPane(NEXT) },
		{ keys: ["shift-tab"], label: "previous pane", inPalette: "here", enabled: hasTask, run: toPane(PREVIOUS) },
		...leaveKeys(back),
	],
};

function toggleWrap(m: Model): void {
	m.ui.setState((was) => ({ wraps: !was.wraps }));
}
