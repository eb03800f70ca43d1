import type { RankedTask } from "../../src/domain/ranking.js";
import { AssayError } from "../../src/lib/errors.js";
import { disagreeing } from "../../src/store/candidate-ranks.js";
import { RERANKABLE } from "../../src/store/ranked-task-table.js";
import { plural } from "../text/format.js";
import { selectedCandidate } from "./candidate-actions.js";
import { rankCandidatesCommand } from "./commands.js";
import {
	changeEnergy,
	changeRanking,
	type EnergyPane,
	energyState,
	energyTables,
	type OpenRanking,
	OVERVIEW_PARTS,
	RANKED_PARTS,
	type RankerFigures,
	rankedTaskOf,
} from "./energy-state.js";
import { logCommand, type Model, messageOf, tell } from "./model.js";
import { goToScreen } from "./navigation.js";
import { openRunAt, type Place } from "./run-actions.js";

/** Best first, of those that need nothing to be run. */
const PREFERRED = ["trees, static", "duplicates", "static validity"];

/** What candidates are ranked by now. */
export function rankerOf(model: Model): string {
	const { chosenRanker } = energyState(model);
	const names = rankersOf(model);
	if (chosenRanker !== null && names.includes(chosenRanker)) return chosenRanker;
	return PREFERRED.find((name) => names.includes(name)) ?? names[0] ?? "";
}

/** Those that rank every task; before all are ranked, those that rank the task under the cursor. */
export function rankersOf(model: Model): readonly string[] {
	const { open } = energyState(model);
	if (open?.report && open.state.kind === "measured")
		return open.report.rankers.map(({ ranker }) => ranker).filter((name) => name !== "oracle");
	return [...(rankedTaskOf(model)?.scores.keys() ?? [])];
}

export function figuresOf(model: Model, ranker: string): RankerFigures | null {
	return energyState(model).open?.report?.rankers.find((figures) => figures.ranker === ranker) ?? null;
}

/** Ranks the candidates of a run, and goes to where they are shown. */
export function rankRun(model: Model, runId: string, taskId: string | null): void {
	const { screen } = model.ui.getState();
	const { open, from } = energyState(model);
	goToScreen(model, 3);
	changeEnergy(model, { pane: taskId === null ? "overview" : "ranking", from: screen === 3 ? from : screen });
	if (open?.request.runId === runId && open.state.kind !== "failed") {
		if (taskId !== null) goToRankedTask(model, taskId);
		return;
	}
	energyTables(model).tasks.clear();
	energyTables(model).candidates.show(null);
	start(model, { runId, execute: false }, taskId);
}

/** Opened by its digit: the run that is open is ranked, where nothing is. */
export function energyOpened(model: Model): void {
	const { run } = model.ui.getState();
	if (energyState(model).open === null && run?.runId != null && run.ended) rankRun(model, run.runId, null);
}

function start(model: Model, request: OpenRanking["request"], taskId: string | null): void {
	const { open } = energyState(model);
	open?.stop();
	const stopped = new AbortController();
	const isSame = open?.request.runId === request.runId;
	changeEnergy(model, {
		open: {
			request,
			state: { kind: "ranking", done: 0, total: null },
			report: isSame ? open.report : null,
			isExecuted: isSame && open.isExecuted,
			stop: () => stopped.abort(),
		},
	});
	void follow(model, request, { stopped: stopped.signal, taskId });
}

async function follow(
	model: Model,
	request: OpenRanking["request"],
	{ stopped, taskId }: { stopped: AbortSignal; taskId: string | null },
): Promise<void> {
	const isStill = () => energyState(model).open?.request === request && !model.signal.aborted;
	let wanted = taskId;
	try {
		const signal = AbortSignal.any([model.signal, stopped]);
		for await (const update of model.workbench.rankCandidates(request, signal)) {
			if (!isStill()) return;
			if (update.kind === "task") {
				takeTask(model, update.task);
				if (update.task.taskId === wanted) {
					goToRankedTask(model, wanted);
					wanted = null;
				}
			} else if (update.kind === "progress") {
				changeRanking(model, { state: { kind: "ranking", done: update.done, total: update.total } });
			} else {
				const { report } = update;
				changeRanking(model, { state: { kind: "measured" }, report, isExecuted: request.execute });
				energyTables(model).rankers.show(report.rankers.map(({ ranker }) => ranker));
				rankedTaskMoved(model);
				tell(model, "note", `${plural(report.tasks, "task")} ranked, by ${rankerOf(model)} until s says otherwise`);
				logCommand(model, rankCandidatesCommand(model, request));
				if (wanted !== null) tell(model, "note", `${wanted} has no candidate that was judged by calls`);
			}
		}
	} catch (error) {
		if (!isStill()) return;
		if (stopped.aborted) {
			changeRanking(model, { state: { kind: "stopped" } });
			return;
		}
		const hint = error instanceof AssayError ? error.hint : null;
		changeRanking(model, { state: { kind: "failed", message: messageOf(error), hint } });
	}
}

function takeTask(model: Model, task: RankedTask): void {
	const { tasks, candidates } = energyTables(model);
	tasks.put(task);
	if (tasks.selected()?.taskId === task.taskId || candidates.task() === null) rankedTaskMoved(model);
}

/** The cursor went to another task, or its scores are others. */
export function rankedTaskMoved(model: Model): void {
	const { tasks, candidates } = energyTables(model);
	const task = tasks.selected();
	const isOther = task?.taskId !== candidates.task()?.taskId;
	const { sort, position } = candidates;
	if (task !== candidates.task()) candidates.show(task);
	candidates.setSort(rankerOf(model));
	// A better ranker that is there now puts another one first.
	if (isOther || (position <= 0 && sort !== candidates.sort)) {
		candidates.goTo(0);
		model.scroll.reset("ranked");
	}
	model.changed();
}

export function rankedCandidateMoved(model: Model): void {
	model.scroll.reset("ranked");
	model.changed();
}

function goToRankedTask(model: Model, taskId: string): void {
	const { tasks } = energyTables(model);
	const row = tasks.rowOf(taskId);
	if (row === null) return;
	if (tasks.positionOf(row) < 0) tasks.setFilter("");
	tasks.select(row);
	rankedTaskMoved(model);
}

export function moveRankedTask(model: Model, by: number): void {
	energyTables(model).tasks.move(by);
	rankedTaskMoved(model);
}

/** Sample, and where its rollout is, of the candidate under the cursor. */
export function selectedRanked(model: Model): { task: RankedTask; at: number; sampleIndex: number } | null {
	const { candidates } = energyTables(model);
	const at = candidates.selectedRow;
	const task = candidates.task();
	const sampleIndex = task?.sampleIndexes[at];
	return task === null || sampleIndex === undefined ? null : { task, at, sampleIndex };
}

export function chooseRanker(model: Model, ranker: string): void {
	changeEnergy(model, { chosenRanker: ranker });
	energyTables(model).candidates.setSort(rankerOf(model));
	rankedCandidateMoved(model);
}

export function moveRanker(model: Model, by: number): void {
	const names = rankersOf(model);
	const next = names.at((names.indexOf(rankerOf(model)) + by) % names.length);
	if (next !== undefined) chooseRanker(model, next);
}

export function pickRanker(model: Model): void {
	const names = rankersOf(model);
	const items = names.map((name) => {
		const auc = figuresOf(model, name)?.auc.value ?? null;
		return {
			label: name,
			detail: auc === null ? "" : `AUC ${auc.toFixed(3)}`,
			onPick: () => chooseRanker(model, name),
		};
	});
	model.scroll.reset("dialog");
	const position = Math.max(0, names.indexOf(rankerOf(model)));
	model.ui.setState({ dialog: { kind: "pick", title: "Rank by", items, position, empty: "nothing is ranked yet" } });
}

export function toggleVerdicts(model: Model): void {
	const showsVerdicts = !energyState(model).showsVerdicts;
	changeEnergy(model, { showsVerdicts });
	tell(model, "note", showsVerdicts ? "verdicts are shown" : "verdicts are hidden: rankings are judged blind");
}

export function toggleRerankable(model: Model): void {
	const { tasks } = energyTables(model);
	tasks.setFilter(tasks.filter === RERANKABLE ? "" : RERANKABLE);
	rankedTaskMoved(model);
}

export function moveOverviewPart(model: Model, by: number): void {
	const at = OVERVIEW_PARTS.indexOf(energyState(model).overview) + by;
	changeEnergy(model, { overview: OVERVIEW_PARTS.at(at % OVERVIEW_PARTS.length) ?? "tasks" });
}

export function moveRankedPart(model: Model, by: number): void {
	const at = RANKED_PARTS.indexOf(energyState(model).part) + by;
	model.scroll.reset("ranked");
	changeEnergy(model, { part: RANKED_PARTS.at(at % RANKED_PARTS.length) ?? "ranks", pane: "ranked" });
}

/** To a candidate that some ranker places quite elsewhere. */
export function goToDisagreement(model: Model, direction: 1 | -1): void {
	const { candidates } = energyTables(model);
	const task = candidates.task();
	const ranker = rankerOf(model);
	if (task === null) return;
	for (let at = candidates.position + direction; at >= 0 && at < candidates.count; at += direction) {
		if (disagreeing(task, ranker, candidates.rowAt(at)).length === 0) continue;
		candidates.goTo(at);
		rankedCandidateMoved(model);
		return;
	}
	tell(model, "note", `no other candidate ${direction === 1 ? "below" : "above"} on which rankers disagree`);
}

export function isRanking(model: Model): boolean {
	return energyState(model).open?.state.kind === "ranking";
}

/** Runs the candidates on what their tasks show, or stops that. */
export function executeOrStop(model: Model): void {
	const { open } = energyState(model);
	if (!open) return;
	if (isRanking(model)) open.stop();
	else start(model, { ...open.request, execute: true }, null);
}

export function rankAgain(model: Model): void {
	const { open } = energyState(model);
	if (open) start(model, { ...open.request }, null);
}

export function openRankedInRun(model: Model): void {
	const { open } = energyState(model);
	const ranked = selectedRanked(model);
	if (!open || !ranked) return;
	const place: Place = { taskId: ranked.task.taskId, sampleIndex: ranked.sampleIndex };
	openRunAt(model, open.request.runId, place);
}

/** What is open in Best-of-N, from where the cursor is. */
export function rankOpenRun(model: Model): void {
	const { run } = model.ui.getState();
	if (run?.runId != null) rankRun(model, run.runId, selectedCandidate(model)?.taskId ?? null);
}

/** A menu of runs that judged something. */
export function pickRunToRank(model: Model): void {
	const { runRows } = model.ui.getState();
	const items = runRows
		.filter(({ sampleCount }) => sampleCount > 0)
		.map(({ runId, backend, sampleCount, taskCount }) => ({
			label: runId,
			detail: `${backend}  ${sampleCount} judged  ${taskCount} tasks`,
			onPick: () => rankRun(model, runId, null),
		}));
	const empty = "no run has judged anything yet: r on the Tasks screen starts one";
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "pick", title: "Rank the candidates of", items, position: 0, empty } });
}

export const focusEnergy = (pane: EnergyPane) => (model: Model) => changeEnergy(model, { pane });
