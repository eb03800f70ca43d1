import type { Selector } from "../domain/choices.js";
import type { RunEvent } from "../domain/events.js";
import type { PassAtK, RunConfig, SandboxInfo, WidenReason } from "../domain/run.js";
import { STATUSES } from "../domain/statuses.js";
import { type CandidateColumns, copyColumns, createColumns } from "./candidate-columns.js";
import { copyGeneration, createGeneration, type RunGeneration } from "./run-generation.js";
import { copyTrends, createTrends, type RunTrends } from "./run-trends.js";
import { STAGES } from "./stage.js";
import { copyTraceBook, createTraceBook, type TraceBook } from "./traces.js";

/** The k for which pass@k is kept up to date. */
export const PASS_KS = [1, 5, 10] as const;
/** Verdicts over which the rate is taken. */
export const RATE_WINDOW = 128;

export interface TaskProgress {
	taskId: string;
	title: string;
	expected: number;
	/** Candidate rows by sample index; -1 where the sample is not known yet. */
	rows: number[];
	/** Judged, without judge errors. */
	n: number;
	accepted: number;
	judgeErrors: number;
	/** Candidates beyond the first n, counted apart as no estimate is of them; null: the task gets none. */
	beyond: { why: WidenReason; expected: number; n: number; accepted: number } | null;
	finished: boolean;
	/** What the run's rule picks of its candidates; null: nothing, or not yet. */
	picked: { selector: Selector; samples: readonly number[] } | null;
}

type RunPhase = "empty" | "planned" | "running" | "completed" | "cancelled" | "failed";
type Alert = Extract<RunEvent, { type: "alert.raised" }>;

/**
 * All that the screens know of a run. `reduce` changes it in place and raises `version`; whoever keeps a part of it
 * compares versions, never identities.
 */
export interface RunState {
	version: number;
	runId: string | null;
	phase: RunPhase;
	message: string | null;
	command: "run" | "verify" | "debug" | null;
	config: RunConfig | null;
	sandbox: SandboxInfo | null;
	taskCount: number;
	/** Announced by the plan; null when it was not known. */
	plannedCandidates: number | null;
	/** Judged before the first event that is here. */
	resumed: number;
	/** Judged before the last start: the rate is taken from there on. */
	rateFrom: number;
	lastSeq: number;
	/** Logged events that never arrived. */
	missedEvents: number;
	startedAtMs: number | null;
	lastAtMs: number | null;
	tasks: TaskProgress[];
	taskIndex: Map<string, number>;
	candidates: CandidateColumns;
	/** By index into STATUSES. */
	statusCounts: Uint32Array;
	/** By index into STAGES. */
	stageCounts: Uint32Array;
	judged: number;
	cached: number;
	inGuest: number;
	/** Candidates with the verdict of an equal one. */
	duplicates: number;
	/** Sums of the per-task estimates, by index into PASS_KS; the mean is sum / tasks. */
	passSums: Float64Array;
	passTasks: Uint32Array;
	/** Ring of the times of the last verdicts. */
	verdictTimes: Float64Array;
	trends: RunTrends;
	generation: RunGeneration;
	finished: { passAtK: readonly PassAtK[]; wallTimeMs: number; samplesPerSecond: number | null } | null;
	alerts: Map<string, Alert>;
	/** Of self-debug loops. */
	traces: TraceBook;
}

export function createRunState(): RunState {
	return {
		version: 0,
		runId: null,
		phase: "empty",
		message: null,
		command: null,
		config: null,
		sandbox: null,
		taskCount: 0,
		plannedCandidates: null,
		resumed: 0,
		rateFrom: 0,
		lastSeq: -1,
		missedEvents: 0,
		startedAtMs: null,
		lastAtMs: null,
		tasks: [],
		taskIndex: new Map(),
		candidates: createColumns(),
		statusCounts: new Uint32Array(STATUSES.length),
		stageCounts: new Uint32Array(STAGES.length),
		judged: 0,
		cached: 0,
		inGuest: 0,
		duplicates: 0,
		passSums: new Float64Array(PASS_KS.length),
		passTasks: new Uint32Array(PASS_KS.length),
		verdictTimes: new Float64Array(RATE_WINDOW),
		trends: createTrends(),
		generation: createGeneration(),
		finished: null,
		alerts: new Map(),
		traces: createTraceBook(),
	};
}

/** A copy that shares nothing mutable with the original: what a replay keeps to go back to. */
export function copyRunState(state: RunState): RunState {
	return {
		...state,
		tasks: state.tasks.map((task) => ({
			...task,
			rows: task.rows.slice(),
			beyond: task.beyond && { ...task.beyond },
		})),
		taskIndex: new Map(state.taskIndex),
		candidates: copyColumns(state.candidates),
		statusCounts: state.statusCounts.slice(),
		stageCounts: state.stageCounts.slice(),
		passSums: state.passSums.slice(),
		passTasks: state.passTasks.slice(),
		verdictTimes: state.verdictTimes.slice(),
		trends: copyTrends(state.trends),
		generation: copyGeneration(state.generation),
		alerts: new Map(state.alerts),
		traces: copyTraceBook(state.traces),
	};
}
