import type { VerdictSummary } from "../domain/events.js";
import type { Reward } from "../domain/run.js";

/** One row a candidate; typed columns, so that tens of thousands of candidates stay small and a copy is quick. */
export interface CandidateColumns {
	length: number;
	taskOf: Int32Array;
	sampleIndex: Int32Array;
	stage: Uint8Array;
	generateMs: Float32Array;
	codeBytes: Float64Array;
	rolloutOffset: Float64Array;
	/** 0 until there is a rollout. */
	rolloutBytes: Float64Array;
	verdict: (VerdictSummary | null)[];
	rewards: (readonly Reward[] | null)[];
	backend: string[];
}

export function createColumns(capacity = 64): CandidateColumns {
	return {
		length: 0,
		taskOf: new Int32Array(capacity),
		sampleIndex: new Int32Array(capacity),
		stage: new Uint8Array(capacity),
		generateMs: new Float32Array(capacity),
		codeBytes: new Float64Array(capacity),
		rolloutOffset: new Float64Array(capacity),
		rolloutBytes: new Float64Array(capacity),
		verdict: [],
		rewards: [],
		backend: [],
	};
}

/** Adds a queued candidate and returns its row. Amortised O(1). */
export function addCandidate(columns: CandidateColumns, taskOf: number, sampleIndex: number): number {
	const row = columns.length;
	if (row === columns.stage.length) grow(columns, row * 2);
	columns.taskOf[row] = taskOf;
	columns.sampleIndex[row] = sampleIndex;
	columns.verdict.push(null);
	columns.rewards.push(null);
	columns.backend.push("");
	columns.length = row + 1;
	return row;
}

export function copyColumns(columns: CandidateColumns): CandidateColumns {
	return {
		length: columns.length,
		taskOf: columns.taskOf.slice(),
		sampleIndex: columns.sampleIndex.slice(),
		stage: columns.stage.slice(),
		generateMs: columns.generateMs.slice(),
		codeBytes: columns.codeBytes.slice(),
		rolloutOffset: columns.rolloutOffset.slice(),
		rolloutBytes: columns.rolloutBytes.slice(),
		verdict: columns.verdict.slice(),
		rewards: columns.rewards.slice(),
		backend: columns.backend.slice(),
	};
}

function grow(columns: CandidateColumns, capacity: number): void {
	const wider = createColumns(capacity);
	wider.taskOf.set(columns.taskOf);
	wider.sampleIndex.set(columns.sampleIndex);
	wider.stage.set(columns.stage);
	wider.generateMs.set(columns.generateMs);
	wider.codeBytes.set(columns.codeBytes);
	wider.rolloutOffset.set(columns.rolloutOffset);
	wider.rolloutBytes.set(columns.rolloutBytes);
	columns.taskOf = wider.taskOf;
	columns.sampleIndex = wider.sampleIndex;
	columns.stage = wider.stage;
	columns.generateMs = wider.generateMs;
	columns.codeBytes = wider.codeBytes;
	columns.rolloutOffset = wider.rolloutOffset;
	columns.rolloutBytes = wider.rolloutBytes;
}
