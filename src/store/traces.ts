import type { EndReason, StepOutline, StepRecord } from "../domain/trace.js";
import type { Status } from "../domain/verdict.js";

export type StepOf<Kind extends StepOutline["kind"]> = Extract<StepOutline, { kind: Kind }>;

export interface StepEntry {
	outline: StepOutline;
	/** Milliseconds since 1970; null: the source does not say. */
	atMs: number | null;
	place: StepRecord["trace"];
}

/** One try at a task, as far as its steps are known. */
export interface Trace {
	taskId: string;
	sampleIndex: number;
	/** By their numbers. */
	steps: StepEntry[];
	revisions: number;
	testRuns: number;
	/** Prompt and completion; null: the source does not say. */
	tokens: number | null;
	/** Why the loop ended; null while it goes on. */
	reason: EndReason | null;
	/** What all tests said of the first proposal, and of what was handed in. */
	first: Status | null;
	outcome: Status | null;
	/** The outcome is what a file says; no judge of ours looked at it. */
	claimed: boolean;
}

/** Changed in place; `version` grows with every step. */
export interface TraceBook {
	version: number;
	traces: Trace[];
	/** By `keyOfTrace`. */
	index: Map<string, number>;
}

export function createTraceBook(): TraceBook {
	return { version: 0, traces: [], index: new Map() };
}

export function copyTraceBook({ version, traces, index }: TraceBook): TraceBook {
	return { version, traces: traces.map((trace) => ({ ...trace, steps: trace.steps.slice() })), index: new Map(index) };
}

/** A try began. Where an earlier start left one unfinished, its trace begins anew. */
export function beginTrace(book: TraceBook, { taskId, sampleIndex }: Pick<Trace, "taskId" | "sampleIndex">): void {
	book.version++;
	Object.assign(traceOf(book, taskId, sampleIndex), emptyTrace(taskId, sampleIndex));
}

/**
 * A first step begins its trace anew: an interrupted try is done again from its start. Any other has to be the next one;
 * what a damaged file says out of order is passed over.
 */
export function addStep(book: TraceBook, { taskId, sampleIndex, at, outline, trace: place }: StepRecord): void {
	const trace = traceOf(book, taskId, sampleIndex);
	if (outline.step !== 0 && outline.step !== trace.steps.length) return;
	book.version++;
	if (outline.step === 0) Object.assign(trace, emptyTrace(taskId, sampleIndex));
	const atMs = at === null ? Number.NaN : Date.parse(at);
	trace.steps[outline.step] = { outline, atMs: Number.isNaN(atMs) ? null : atMs, place };
	switch (outline.kind) {
		case "generation":
			if (outline.purpose === "revise") trace.revisions++;
			if (outline.usage !== null)
				trace.tokens = (trace.tokens ?? 0) + outline.usage.promptTokens + outline.usage.completionTokens;
			return;
		case "tests":
			trace.testRuns++;
			return;
		case "submit":
			trace.reason = outline.reason;
			return;
		case "verdict":
			if (outline.which === "first") trace.first = outline.status;
			else Object.assign(trace, { outcome: outline.status, claimed: outline.claimed });
	}
}

function traceOf(book: TraceBook, taskId: string, sampleIndex: number): Trace {
	const key = keyOfTrace({ taskId, sampleIndex });
	const known = book.traces[book.index.get(key) ?? -1];
	if (known !== undefined) return known;
	const trace = emptyTrace(taskId, sampleIndex);
	book.index.set(key, book.traces.length);
	book.traces.push(trace);
	return trace;
}

function emptyTrace(taskId: string, sampleIndex: number): Trace {
	return {
		taskId,
		sampleIndex,
		steps: [],
		revisions: 0,
		testRuns: 0,
		tokens: null,
		reason: null,
		first: null,
		outcome: null,
		claimed: false,
	};
}

export function keyOfTrace({ taskId, sampleIndex }: Pick<Trace, "taskId" | "sampleIndex">): string {
	return JSON.stringify([taskId, sampleIndex]);
}
