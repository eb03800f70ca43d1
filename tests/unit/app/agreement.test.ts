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

async function behaviourOf(code: string, task = TASK) {
	const candidate = programCandidate(task.id, 0, "test", code);
	return await verifier.observe(task, candidate, new AbortController().signal);
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
	expect(result.picked).toEqual({ selector: "agreement", value: 1, tasks: [{ taskId: "a", samples: [4, 5] }] });
	const { rollouts } = runFiles(join(around.workspace, "artifacts"), result.runId);
	for await (const { rollout } of readRollouts(rollouts)) expect(rollout.behaviour).not.toBeNull();
});
