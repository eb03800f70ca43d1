import type { VerdictSummary } from "../domain/events.js";
import type { Reward } from "../domain/run.js";
import { CAUSES, STATUSES } from "../domain/statuses.js";
import { createTextCodes, type TextCodes } from "./text-codes.js";

/** What lists show of a verdict; the rest is in the rollout. */
export type VerdictFacts = Pick<
	VerdictSummary,
	"status" | "cause" | "passed" | "total" | "cpuTimeMs" | "peakMemoryBytes" | "flags" | "cached"
>;

/** One row a candidate; typed columns, so that a million candidates stay small and a copy is quick. */
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
	/** Index into STATUSES; NO_VERDICT until there is one. */
	status: Uint8Array;
	/** Index into CAUSES, and 1 more; 0 for none. */
	cause: Uint8Array;
	passed: Uint32Array;
	total: Uint32Array;
	/** NaN: not measured. */
	cpuMs: Float32Array;
	memoryBytes: Float64Array;
	cached: Uint8Array;
	/** By code in `flagTexts`. */
	flags: Uint16Array;
	/** By code in `backendTexts`. */
	backend: Uint16Array;
	/** Flags of a candidate, joined by commas. */
	flagTexts: TextCodes;
	backendTexts: TextCodes;
	rewards: (readonly Reward[] | null)[];
}

export const NO_VERDICT = 255;

export function createColumns(capacity = 64): CandidateColumns {
	return allocate(capacity, null);
}

/** Adds a queued candidate and returns its row. Amortised O(1). */
export function addCandidate(columns: CandidateColumns, taskOf: number, sampleIndex: number): number {
	const row = columns.length;
	if (row === columns.stage.length) Object.assign(columns, allocate(row * 2, columns));
	columns.taskOf[row] = taskOf;
	columns.sampleIndex[row] = sampleIndex;
	columns.status[row] = NO_VERDICT;
	columns.rewards.push(null);
	columns.length = row + 1;
	return row;
}

export function copyColumns(columns: CandidateColumns): CandidateColumns {
	return { ...allocate(columns.stage.length, columns), rewards: columns.rewards.slice() };
}

export function setVerdict(columns: CandidateColumns, row: number, verdict: VerdictFacts): void {
	columns.status[row] = STATUSES.indexOf(verdict.status);
	columns.cause[row] = verdict.cause === null ? 0 : CAUSES.indexOf(verdict.cause) + 1;
	columns.passed[row] = verdict.passed;
	columns.total[row] = verdict.total;
	columns.cpuMs[row] = verdict.cpuTimeMs ?? Number.NaN;
	columns.memoryBytes[row] = verdict.peakMemoryBytes ?? Number.NaN;
	columns.cached[row] = verdict.cached ? 1 : 0;
	columns.flags[row] = columns.flagTexts.codeOf(verdict.flags.join(","));
}

/** null before there is one. */
export function verdictAt(columns: CandidateColumns, row: number): VerdictFacts | null {
	const status = STATUSES[columns.status[row] ?? NO_VERDICT];
	if (status === undefined) return null;
	const flags = columns.flagTexts.textOf(columns.flags[row] ?? 0);
	return {
		status,
		cause: CAUSES[(columns.cause[row] ?? 0) - 1] ?? null,
		passed: columns.passed[row] ?? 0,
		total: columns.total[row] ?? 0,
		cpuTimeMs: measured(columns.cpuMs[row]),
		peakMemoryBytes: measured(columns.memoryBytes[row]),
		flags: flags === "" ? [] : flags.split(","),
		cached: columns.cached[row] === 1,
	};
}

const measured = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value);

/** Columns of a capacity, with the values of others where they are given; texts and their codes are shared. */
function allocate(capacity: number, from: CandidateColumns | null): CandidateColumns {
	const filled = <Column extends { set(other: Column): void }>(column: Column, other: Column | undefined): Column => {
		if (other) column.set(other);
		return column;
	};
	return {
		length: from?.length ?? 0,
		taskOf: filled(new Int32Array(capacity), from?.taskOf),
		sampleIndex: filled(new Int32Array(capacity), from?.sampleIndex),
		stage: filled(new Uint8Array(capacity), from?.stage),
		generateMs: filled(new Float32Array(capacity), from?.generateMs),
		codeBytes: filled(new Float64Array(capacity), from?.codeBytes),
		rolloutOffset: filled(new Float64Array(capacity), from?.rolloutOffset),
		rolloutBytes: filled(new Float64Array(capacity), from?.rolloutBytes),
		status: filled(new Uint8Array(capacity), from?.status),
		cause: filled(new Uint8Array(capacity), from?.cause),
		passed: filled(new Uint32Array(capacity), from?.passed),
		total: filled(new Uint32Array(capacity), from?.total),
		cpuMs: filled(new Float32Array(capacity), from?.cpuMs),
		memoryBytes: filled(new Float64Array(capacity), from?.memoryBytes),
		cached: filled(new Uint8Array(capacity), from?.cached),
		flags: filled(new Uint16Array(capacity), from?.flags),
		backend: filled(new Uint16Array(capacity), from?.backend),
		flagTexts: from?.flagTexts ?? createTextCodes(),
		backendTexts: from?.backendTexts ?? createTextCodes(),
		rewards: from?.rewards ?? [],
	};
}
