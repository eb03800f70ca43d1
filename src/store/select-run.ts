import type { Selector } from "../domain/choices.js";
import type { PassAtK } from "../domain/run.js";
import { STATUSES } from "../domain/statuses.js";
import type { Status } from "../domain/verdict.js";
import { type VerdictFacts, verdictAt } from "./candidate-columns.js";
import { PASS_KS, RATE_WINDOW, type RunState, type TaskProgress } from "./run-state.js";
import { type Stage, stageOf } from "./stage.js";

export interface CandidateView {
	row: number;
	taskId: string;
	sampleIndex: number;
	stage: Stage;
	verdict: VerdictFacts | null;
	rollout: { offset: number; bytes: number } | null;
	backend: string;
	generateMs: number;
	codeBytes: number;
	/** The rule that picks it of its task's candidates, and how many it does not tell apart; null: it does not pick it. */
	picked: { selector: Selector; of: number } | null;
}

/** null for a sample that has not been announced yet. */
export function selectCandidate(state: RunState, taskId: string, sampleIndex: number): CandidateView | null {
	const index = state.taskIndex.get(taskId);
	const row = index === undefined ? undefined : state.tasks[index]?.rows[sampleIndex];
	return row === undefined ? null : selectRow(state, row);
}

/** By its row in the columns; null for a row that is not there. */
export function selectRow(state: RunState, row: number): CandidateView | null {
	const columns = state.candidates;
	if (row < 0 || row >= columns.length) return null;
	const bytes = columns.rolloutBytes[row] ?? 0;
	const task = state.tasks[columns.taskOf[row] ?? 0];
	const sampleIndex = columns.sampleIndex[row] ?? 0;
	const picked = task?.picked ?? null;
	const isPicked = picked?.samples.includes(sampleIndex) === true;
	return {
		row,
		taskId: task?.taskId ?? "",
		sampleIndex,
		stage: stageOf(columns.stage[row] ?? 0),
		verdict: verdictAt(columns, row),
		rollout: bytes > 0 ? { offset: columns.rolloutOffset[row] ?? 0, bytes } : null,
		backend: columns.backendTexts.textOf(columns.backend[row] ?? 0),
		generateMs: columns.generateMs[row] ?? 0,
		codeBytes: columns.codeBytes[row] ?? 0,
		picked: picked !== null && isPicked ? { selector: picked.selector, of: picked.samples.length } : null,
	};
}

export function selectTask(state: RunState, index: number): TaskProgress | null {
	return state.tasks[index] ?? null;
}

/** Verdicts a second over the last ones, by the events' own times; null before two verdicts. */
export function selectRate(state: RunState): number | null {
	if (state.finished?.samplesPerSecond != null) return state.finished.samplesPerSecond;
	const count = Math.min(state.judged - state.rateFrom, RATE_WINDOW);
	if (count < 2) return null;
	const last = state.verdictTimes[(state.judged - 1) % RATE_WINDOW] ?? 0;
	const first = state.verdictTimes[(state.judged - count) % RATE_WINDOW] ?? 0;
	return last > first ? ((count - 1) * 1000) / (last - first) : null;
}

export function selectTotal(state: RunState): number | null {
	return state.plannedCandidates;
}

/** null when it cannot be told, or there is nothing left. */
export function selectEtaMs(state: RunState): number | null {
	const rate = selectRate(state);
	const total = selectTotal(state);
	if (rate === null || rate <= 0 || total === null || state.phase !== "running") return null;
	const left = total - state.judged - state.resumed;
	return left > 0 ? (left * 1000) / rate : null;
}

export function selectPassAtK(state: RunState): PassAtK[] {
	return PASS_KS.flatMap((k, i) => {
		const tasks = state.passTasks[i] ?? 0;
		return tasks === 0 ? [] : [{ k, tasks, value: (state.passSums[i] ?? 0) / tasks }];
	});
}

/** Statuses that occur, best first. */
export function selectStatusCounts(state: RunState): { status: Status; count: number }[] {
	return STATUSES.map((status, i) => ({ status, count: state.statusCounts[i] ?? 0 }))
		.filter((entry) => entry.count > 0)
		.reverse();
}

/** The run ended and left candidates without a verdict. */
export function selectIsStopped(state: RunState): boolean {
	return state.phase === "cancelled" || state.phase === "failed" || state.phase === "completed";
}

export function selectIsActive(state: RunState): boolean {
	return state.phase === "planned" || state.phase === "running";
}
