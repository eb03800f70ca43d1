import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { runFiles } from "../../../src/artifacts/layout.js";
import { readRollouts } from "../../../src/artifacts/rollout-file.js";
import { programCandidate } from "../../../src/domain/run.js";
import { openVerifier } from "../../../src/verify/open-verifier.js";
import type { Verifier } from "../../../src/verify/verifier.js";
import { functionTask, memoryInputs, runConfig, sample, surroundings, temporaryFolder } from "./run-fixtures.js";

const TASK = functionTask("a", {
	entryPoint: "total",
	prompt: 'def total(xs: list[int]) -> int:\n    """The sum.\n    >>> total([1, 2, 3])\n    6\n    """\n',
	tests: [{ kind: "program", id: "hidden-1", visibility: "hidden", code: "assert total([4, 5]) == 9" }],
});
const SUM = "def total(xs):\n    return sum(xs)\n";
const LOOP = "def total(xs):\n    n = 0\n    for x in xs:\n        n += x\n    return float(n)\n";
const WRONG = "def total(xs):\n    return 6\n";
const RAISES = "def total(xs):\n    raise ValueError\n";
const NOTHING = "def total(xs):\n    pass\n";
const HANGS = "def total(xs):\n    while len(xs) != 3: pass\n    return sum(xs)\n";

let verifier: Verifier;

beforeAll(async () => {
	verifier = await openVerifier({ workers: 2, tier: null, cacheDir: null, signal: new AbortController().signal });
}, 60_000);
afterAll(async () => await verifier.close());

async function observe(code: string, task = TASK, assertions: readonly string[] = []) {
	const candidate = programCandidate(task.id, 0, "test", code);
	return await verifier.observe(task, candidate, { assertions, signal: new AbortController().signal });
}

async function behaviourOf(code: string, task = TASK) {
	return (await observe(code, task))?.behaviour ?? null;
}

test("programs that answer alike behave alike, whatever their text", async () => {
	const [sum, loop, wrong] = [await behaviourOf(SUM), await behaviourOf(LOOP), await behaviourOf(WRONG)];
	expect(sum).toMatchObject({ inputs: 40, answered: 40 });
	expect(loop).toEqual(sum);
	expect(wrong?.sha256).not.toBe(sum?.sha256);
});

test("errors, None and what comes too late are no answers", async () => {
	expect(await behaviourOf(RAISES)).toMatchObject({ inputs: 40, answered: 0 });
	expect(await behaviourOf(NOTHING)).toMatchObject({ inputs: 40, answered: 0 });
	expect((await behaviourOf(HANGS))?.answered).toBeLessThan(40);
	expect(await behaviourOf("def total(:\n")).toMatchObject({ inputs: 0, answered: 0 });
});

test("calls that the text shows with what they give are examples, and each answer is held to them", async () => {
	expect((await behaviourOf(SUM))?.examples).toEqual({ passed: 1, total: 1 });
	expect((await behaviourOf(RAISES))?.examples).toEqual({ passed: 0, total: 1 });
	expect((await behaviourOf(NOTHING, { ...TASK, prompt: "total of a list" }))?.examples).toBeNull();
	const prose = "total([1, 2]) returns 3, total([]) == 0. total([2, 2]) => 2 + 2 = 4\nand total(4) is an error";
	expect((await behaviourOf(SUM, { ...TASK, prompt: prose }))?.examples).toEqual({ passed: 3, total: 3 });
});

test("arguments and answers that the text calls input and output are examples, by parameter or in their order", async () => {
	const signature = "def total(xs, start):\n";
	const code = `${signature}    return sum(xs) + start\n`;
	const examplesOf = async (...lines: string[]) => {
		const prompt = `${signature}    """The sum.\n${lines.map((line) => `    ${line}\n`).join("")}    """\n`;
		return (await behaviourOf(code, { ...TASK, prompt }))?.examples ?? null;
	};
	const labelled = ["Example 1:", "  Input: xs = [1, 2], start = 4", "  Output: 7 # 1 + 2 + 4"];
	expect(await examplesOf(...labelled, "Input: start = 1, xs = []", "Output: 2")).toEqual({ passed: 1, total: 2 });
	expect(await examplesOf("Input: [1, 2], 3", "Output: 6")).toEqual({ passed: 1, total: 1 });
	const spoken = "For xs = [1], start = 2, the sum is odd and the output should be 3.";
	expect(await examplesOf(spoken, "For start = 0, xs = [2] the result is 5")).toEqual({ passed: 1, total: 2 });
	for (const said of ["Input: [1, 2]", "Input: xs = [1], stop = 2", "Input: xs = [n], start = 2"])
		expect(await examplesOf(said, "Output: 3")).toBeNull();
	expect(await examplesOf("For xs = [1] the output should be 3", ">>> total([2], 2)", "4")).toEqual({
		passed: 1,
		total: 1,
	});
});

test("assertions of others are held against a candidate and never run", async () => {
	const assertions = [
		"assert total([1, 2]) == 3",
		"assert total([1, 2]) == 4, 'no'",
		"assert not total([]) and total([1]) in (1, 2)",
		"assert total('x') == 1",
		"assert total(__import__('os').getpid()) == 1",
		"assert len([total([1])]) == 1",
		"assert True",
		"total([1]) ==",
	];
	const holding = [true, false, true, false, false, false, false, false];
	expect((await observe(SUM, TASK, assertions))?.holds).toEqual(holding);
	expect((await observe(RAISES, TASK, assertions))?.holds).toEqual(holding.map(() => false));
	expect((await observe(SUM, TASK, assertions.slice(0, 1)))?.holds).toEqual([true]);
});

test("hidden tests have no part in the inputs", async () => {
	const other = { ...TASK, tests: TASK.tests.map((of) => ({ ...of, code: "assert total([77]) == 77" })) };
	expect((await behaviourOf(SUM, other as typeof TASK))?.suiteSha256).toBe((await behaviourOf(SUM))?.suiteSha256);
});

test("public tests give inputs, and a task that shows no call gets some by its types", async () => {
	const shown = { kind: "call" as const, id: "public-1", visibility: "public" as const, args: [[9, 9]], returns: 18 };
	expect((await behaviourOf(SUM, { ...TASK, prompt: "Sum.", tests: [shown] }))?.answered).toBe(40);
	const bare = { ...TASK, prompt: "def total(xs: list[int]) -> int:\n" };
	expect((await behaviourOf(SUM, bare))?.answered).toBe(40);
});

test("a run picks what agrees with the examples, and among these the answers that most give", async () => {
	const codes = [WRONG, WRONG, WRONG, RAISES, SUM, LOOP];
	const around = surroundings(temporaryFolder());
	const run = async (select: "examples" | "examples+agreement", texts: string[]) =>
		await runBestOfN({
			...around,
			verifier,
			inputs: memoryInputs([TASK], {
				samples: texts.map((completion, i) => ({ ...sample("a", i, "accepted"), completion })),
			}),
			config: runConfig({ n: texts.length, samples: "/samples.jsonl", select }),
			resume: null,
		});
	// WRONG always says 6, which is what the only example wants.
	expect((await run("examples", codes)).picked?.tasks).toEqual([{ taskId: "a", samples: [0, 1, 2, 4, 5] }]);
	expect((await run("examples+agreement", [WRONG, RAISES, RAISES, SUM, LOOP])).picked?.tasks).toEqual([
		{ taskId: "a", samples: [3, 4] },
	]);
});

test("a run picks the answers that most candidates give, though errors are more", async () => {
	const codes = [RAISES, RAISES, NOTHING, WRONG, SUM, LOOP, NOTHING, NOTHING];
	const around = surroundings(temporaryFolder());
	const result = await runBestOfN({
		...around,
		verifier,
		inputs: memoryInputs([TASK], {
			samples: codes.map((completion, i) => ({ ...sample("a", i, "accepted"), completion })),
		}),
		config: runConfig({ n: codes.length, samples: "/samples.jsonl", select: "agreement" }),
		resume: null,
	});
	expect(result.picked).toMatchObject({ selector: "agreement", value: 1, tasks: [{ taskId: "a", samples: [4, 5] }] });
	const { rollouts } = runFiles(join(around.workspace, "artifacts"), result.runId);
	for await (const { rollout } of readRollouts(rollouts)) expect(rollout.behaviour).not.toBeNull();
});
