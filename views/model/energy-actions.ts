import type { RankedTask } from "../../src/domain/ranking.js";
import { claiming, disagreeing } from "../../src/store/candidate-ranks.js";
import { RERANKABLE } from "../../src/store/ranked-task-table.js";
import {
	changeEnergy,
	type EnergyPane,
	energyState,
	energyTables,
	OVERVIEW_PARTS,
	RANKED_PARTS,
	type RankerFigures,
	rankedTaskOf,
} from "./energy-state.js";
import { type Model, tell } from "./model.js";
import { isGoingOn, openRunAt, type Place } from "./run-actions.js";

/** Best first, of those that need nothing to be run. */
const PREFERRED = ["trees, static", "pass probability", "duplicates", "static validity"];
/** Those that are there with the candidate: while more of them come, the order must not change with each that is fitted. */
const PREFERRED_LIVE = PREFERRED.slice(2);

/** What candidates are ranked by now. */
export function rankerOf(model: Model): string {
	const { chosenRanker } = energyState(model);
	const names = rankersOf(model);
	if (chosenRanker !== null && names.includes(chosenRanker)) return chosenRanker;
	const runId = energyState(model).open?.request.runId;
	const isLive = model.ui.getState().liveRuns.some((run) => run.runId === runId && isGoingOn(run));
	return (isLive ? PREFERRED_LIVE : PREFERRED).find((name) => names.includes(name)) ?? names[0] ?? "";
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

/** The cursor went to another task, or its scores are others. */
export function rankedTaskMoved(model: Model): void {
	const { tasks, candidates } = energyTables(model);
	const task = tasks.selected();
	const isOther = task?.taskId !== candidates.task()?.taskId;
	const { sort, position } = candidates;
	if (task !== candidates.task()) candidates.show(task);
	candidates.setSort(rankerOf(model));
	// A better ranker that is there now puts another one first.
	if (isOther || (position <= 0 && sort !== candidates.sort)) goToFirst(model);
	model.changed();
}

/** An order that takes more than a moment puts another one first when it is done. */
function goToFirst(model: Model): void {
	const { candidates } = energyTables(model);
	candidates.goTo(0);
	model.scroll.reset("ranked");
	if (!candidates.isPartial) return;
	const [task, row] = [candidates.task(), candidates.selectedRow];
	model.timers.soon(() => {
		if (candidates.task() === task && candidates.selectedRow === row) goToFirst(model);
		model.changed();
	});
}

export function rankedCandidateMoved(model: Model): void {
	model.scroll.reset("ranked");
	model.changed();
}

export function goToRankedTask(model: Model, taskId: string): void {
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

export interface RankedCandidate {
	task: RankedTask;
	/** Its place in the task's columns. */
	at: number;
	sampleIndex: number;
}

/** Why there are no energies, and how to get them; null: there are. */
export function worldProblem(model: Model): string | null {
	const { open } = energyState(model);
	if (open?.recorded) return "not in a recorded ranking: O ranks its run again, with a world model";
	const world = open?.world ?? null;
	if (world === null) return "the world model is being looked for";
	if (world.path === null) return "no world model: assay open --world-model FOLDER ranks by its energies too";
	return world.problem === null ? null : `no energies by the world model: ${world.problem}`;
}

/** Why there are no pass probabilities of fitted trees in spite of a file with some; null: they are there, or there is none. */
export function fittedProblem(model: Model): string | null {
	const problem = energyState(model).open?.fitted?.problem ?? null;
	return problem === null ? null : `no pass probability: ${problem}`;
}

/** The task taught the world model, or the fitted trees: what they say of it counts for nothing. */
export function isSeen(model: Model, taskId: string): boolean {
	const report = energyState(model).open?.report ?? null;
	return [report?.model, report?.fitted].some((by) => by?.seen.some((task) => task.taskId === taskId) === true);
}

/** The ranker was taught by this task: what it says of it counts for nothing. */
export function isSeenBy(model: Model, ranker: string, taskId: string): boolean {
	return figuresOf(model, ranker)?.seen === true && isSeen(model, taskId);
}

/** Those that claim something and are not `ranker`, the strongest first as soon as that is known. */
export function othersOf(model: Model, ranker: string): string[] {
	const strength = (name: string) => figuresOf(model, name)?.auc.value ?? 0;
	return claiming(rankersOf(model))
		.filter((name) => name !== ranker)
		.sort((a, b) => strength(b) - strength(a));
}

/** The candidate under the cursor. */
export function selectedRanked(model: Model): RankedCandidate | null {
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
		const figures = figuresOf(model, name);
		const auc = figures?.auc.value ?? null;
		return {
			label: name,
			detail: auc === null ? "" : `AUC ${auc.toFixed(3)}${figures?.seen === true ? " seen" : ""}`,
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
	model.scroll.reset("overview");
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

export function openRankedInRun(model: Model): void {
	const { open } = energyState(model);
	const ranked = selectedRanked(model);
	if (!open || !ranked) return;
	if (open.recorded?.hasPrograms === false) {
		tell(model, "note", `${open.request.runId} is not in this workspace: the ranking alone is recorded`);
		return;
	}
	const place: Place = { taskId: ranked.task.taskId, sampleIndex: ranked.sampleIndex };
	openRunAt(model, open.request.runId, place);
}

export const focusEnergy = (pane: EnergyPane) => (model: Model) => changeEnergy(model, { pane });
