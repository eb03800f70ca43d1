import { describe, expect, test } from "vitest";
import type { StepOutline, StepRecord } from "../../../src/domain/trace.js";
import { contextOf, treeOf, turnOf, turnsOf } from "../../../src/store/trace-tree.js";
import {
	addStep,
	beginTrace,
	copyTraceBook,
	createTraceBook,
	keyOfTrace,
	type Trace,
} from "../../../src/store/traces.js";
import { fakeSteps, recordOf } from "../../views/fake-traces.js";

const RECORDS = fakeSteps("r").map(recordOf);
const BRANCHED = { taskId: "two_sum", sampleIndex: 1 };

function bookOf(records: readonly StepRecord[]) {
	const book = createTraceBook();
	for (const record of records) addStep(book, record);
	return book;
}

function traceOf(records: readonly StepRecord[], key: { taskId: string; sampleIndex: number } = BRANCHED): Trace {
	const book = bookOf(records);
	const trace = book.traces[book.index.get(keyOfTrace(key)) ?? -1];
	if (!trace) throw new Error("there is no such trace");
	return trace;
}

describe("a book of traces", () => {
	test("counts revisions, test runs and tokens, and knows how each trace ended", () => {
		expect(bookOf(RECORDS).traces).toMatchObject([
			{ taskId: "two_sum", sampleIndex: 0, revisions: 1, testRuns: 2, reason: "passed", outcome: "accepted" },
			{ ...BRANCHED, revisions: 3, testRuns: 4, reason: "passed", first: "wrong_answer", outcome: "accepted" },
			{ taskId: "fizzbuzz", sampleIndex: 0, revisions: 0, reason: "revisions", outcome: "wrong_answer" },
		]);
		// Prompts of 160 tokens and 80 more for each step before; 60 for each completion.
		expect(traceOf(RECORDS).tokens).toBe(160 + 320 + 480 + 640 + 4 * 60);
	});

	test("a try that begins has a trace before its first step, and one that begins anew loses what it had", () => {
		const book = createTraceBook();
		beginTrace(book, BRANCHED);
		expect(book.traces).toMatchObject([{ ...BRANCHED, steps: [], reason: null, outcome: null }]);
		for (const record of RECORDS) addStep(book, record);
		expect(book.traces[0]?.steps).toHaveLength(11);
		const { version } = book;
		beginTrace(book, BRANCHED);
		expect(book.traces[0]).toMatchObject({ steps: [], revisions: 0, tokens: null, outcome: null });
		expect(book.version).toBeGreaterThan(version);
	});

	test("a first step begins its trace anew, and steps out of order are passed over", () => {
		const own = RECORDS.filter(({ taskId, sampleIndex }) => taskId === "two_sum" && sampleIndex === 0);
		const [first, second] = own;
		if (!first || !second) throw new Error("there are two steps");
		expect(traceOf([first, second, first], BRANCHED_0).steps).toHaveLength(1);
		const gap = own.filter((_, step) => step !== 1);
		expect(traceOf(gap, BRANCHED_0).steps).toHaveLength(1);
		expect(traceOf([...own, ...own.slice(1)], BRANCHED_0)).toMatchObject({ revisions: 1, testRuns: 2 });
	});

	test("a copy does not grow with the original", () => {
		const book = bookOf(RECORDS.slice(0, 2));
		const copy = copyTraceBook(book);
		for (const record of RECORDS.slice(2)) addStep(book, record);
		expect([copy.traces.length, copy.traces[0]?.steps.length, copy.index.size]).toEqual([1, 2, 1]);
	});
});

const BRANCHED_0 = { taskId: "two_sum", sampleIndex: 0 };

describe("the tree of a trace", () => {
	test("has each program's tests below it, branches where one was revised twice, and the end last", () => {
		expect(treeOf(traceOf(RECORDS)).map(({ step, branch }) => `${step} ${branch}`)).toEqual([
			"0 ",
			"1 │ ",
			"2 ├ ",
			"3 │ ",
			"4 └ ",
			"5   ",
			"6   ",
			"7   ",
			"8 ",
			"9 ",
			"10 ",
		]);
		expect(
			treeOf(traceOf(RECORDS, BRANCHED_0))
				.map(({ branch }) => branch)
				.join(""),
		).toBe("");
	});

	test("is drawn of a trace without an end, and of one without any step", () => {
		expect(treeOf(traceOf(RECORDS.slice(0, 3), BRANCHED_0)).map(({ step }) => step)).toEqual([0, 1, 2]);
		const book = createTraceBook();
		beginTrace(book, BRANCHED);
		const [empty] = book.traces;
		expect(empty && treeOf(empty)).toEqual([]);
		expect(empty && contextOf(empty, 0)).toBeNull();
	});

	test("a parent that a damaged file puts after its child ends no search in a circle", () => {
		const trace = traceOf(RECORDS);
		trace.steps = trace.steps.map((entry, step) =>
			step === 3 ? { ...entry, outline: { ...entry.outline, parent: 7 } } : entry,
		);
		expect(treeOf(trace)).toHaveLength(11);
		expect(contextOf(trace, 3)?.program?.outline.step).toBe(2);
	});
});

describe("what a step has to do with", () => {
	const context = (step: number) => {
		const found = contextOf(traceOf(RECORDS), step);
		const number = (entry: { outline: StepOutline } | null | undefined) => entry?.outline.step ?? null;
		return [found?.program, found?.tests, found?.base, found?.baseTests].map(number);
	};

	test("is its program, that one's tests, and those of the program before it", () => {
		expect(context(6)).toEqual([6, 7, 4, 5]);
		expect(context(7)).toEqual([6, 7, 4, 5]);
		expect(context(4)).toEqual([4, 5, 0, 1]);
		expect(context(0)).toEqual([0, 1, null, null]);
		expect(contextOf(traceOf(RECORDS), 8)?.verdicts.map(({ outline }) => outline.step)).toEqual([10]);
	});

	test("a program is compared with the last one that there was, over answers without a program and thoughts", () => {
		const trace = traceOf(RECORDS, BRANCHED_0);
		const lost: StepOutline = {
			...{ kind: "generation", step: 2, parent: 0, wallTimeMs: null },
			...{ purpose: "reflect", failure: null, usage: null, hasCode: false },
		};
		trace.steps.splice(2, 0, { outline: lost, atMs: null, place: null });
		trace.steps = trace.steps.slice(0, 4).map((entry, step) => {
			const { outline } = entry;
			return step === 3 && outline.kind === "generation"
				? { ...entry, outline: { ...outline, step, parent: 2 } }
				: entry;
		});
		expect(contextOf(trace, 3)?.base?.outline.step).toBe(0);
	});
});

describe("a test turns", () => {
	const turn = (step: number) => {
		const trace = traceOf(RECORDS);
		const outline = trace.steps[step]?.outline;
		return outline?.kind === "tests" ? turnOf(trace, outline) : undefined;
	};

	test("for better, for worse, or some of each", () => {
		expect([1, 3, 5, 7].map(turn)).toEqual([null, "worse", "mixed", "better"]);
		expect(turnsOf(traceOf(RECORDS))).toEqual([3, 5, 7]);
	});

	test("not where nobody knows how the tests went", () => {
		const trace = traceOf(RECORDS);
		trace.steps = trace.steps.map((entry) =>
			entry.outline.kind === "tests" ? { ...entry, outline: { ...entry.outline, status: null } } : entry,
		);
		expect(turnsOf(trace)).toEqual([]);
	});
});
