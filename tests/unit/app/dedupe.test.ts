import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileInputs } from "../../../src/app/file-inputs.js";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { type RunFiles, runFiles } from "../../../src/artifacts/layout.js";
import { readRollouts } from "../../../src/artifacts/rollout-file.js";
import type { Rollout, RunConfig } from "../../../src/domain/run.js";
import { openVerifier } from "../../../src/verify/open-verifier.js";
import type { Verifier } from "../../../src/verify/verifier.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, sample, surroundings, temporaryFolder } from "./run-fixtures.js";

const CODET = join(import.meta.dirname, "../../../../shared/data");
const HUMANEVAL = join(CODET, "humaneval/HumanEval.jsonl.gz");
const SAMPLES = join(CODET, "codet/samples.jsonl");

const RIGHT = "# accepted\ndef f():\n    total = 1\n    return total\n";
const TWIN = "# accepted\n# and a remark\ndef f():\n    '''One.'''\n    total = 1\n\n    return total\n";
const RENAMED = RIGHT.replaceAll("total", "result");
const WRONG = "# wrong_answer\ndef f():\n    return 2\n";

function samplesOf(taskId: string, codes: readonly string[]) {
	return codes.map((completion, i) => ({ ...sample(taskId, i, "accepted"), completion }));
}

async function run(over: Partial<RunConfig>, given: { workspace?: string; resume?: string } = {}) {
	const around = surroundings(given.workspace ?? temporaryFolder());
	const verifier = fakeVerifier({ concurrency: 1 });
	const samples = samplesOf("a", [RIGHT, TWIN, WRONG, RENAMED, WRONG]);
	const result = await runBestOfN({
		...around,
		verifier,
		inputs: memoryInputs([functionTask("a")], { samples }),
		config: runConfig({ n: 5, samples: "/samples.jsonl", ...over }),
		resume: given.resume ?? null,
	});
	return { result, verifier, files: runFiles(join(around.workspace, "artifacts"), result.runId), ...around };
}

async function rolloutsOf(files: RunFiles): Promise<Rollout[]> {
	const rollouts: Rollout[] = [];
	for await (const { rollout } of readRollouts(files.rollouts)) rollouts.push(rollout);
	return rollouts.sort((a, b) => a.candidate.sampleIndex - b.candidate.sampleIndex);
}

test("equal programs are judged once; each sample keeps its record and points at the judged one", async () => {
	const { result, verifier, files } = await run({ dedupe: "tree" });
	expect(verifier.judged).toEqual(["a/0", "a/2", "a/3"]);
	const rollouts = await rolloutsOf(files);
	expect(rollouts.map(({ sameAs }) => sameAs)).toEqual([null, 0, null, null, 2]);
	expect(rollouts[1]).toMatchObject({ candidate: { code: TWIN }, verdict: { sampleIndex: 1, status: "accepted" } });
	expect(rollouts[1]?.verdict.codeSha256).not.toBe(rollouts[0]?.verdict.codeSha256);
	expect(result.statusCounts).toEqual({ accepted: 3, wrong_answer: 2 });
	expect(result.duplicates).toEqual({ sameness: "tree", count: 2, distinctShare: 3 / 5 });
	expect(result.tasks).toMatchObject([{ n: 5, accepted: 3, distinct: 3 }]);
});

test("local names do not matter where that is asked for, and without --dedupe every candidate is judged", async () => {
	expect((await run({ dedupe: "names" })).verifier.judged).toEqual(["a/0", "a/2"]);
	const { verifier, result } = await run({});
	expect(verifier.judged).toHaveLength(5);
	expect(result.duplicates).toBeNull();
});

test("a resumed run remembers the programs that its earlier start judged", async () => {
	const { files, workspace, result } = await run({ dedupe: "names" });
	for (const path of [files.manifest, files.result, files.report]) rmSync(path);
	const lines = readFileSync(files.rollouts, "utf8").split("\n");
	writeFileSync(files.rollouts, `${lines.slice(0, 1).join("\n")}\n`);
	const again = await run({ dedupe: "names" }, { workspace, resume: result.runId });
	expect(again.verifier.judged).toEqual(["a/2"]);
	expect(again.result.duplicates).toEqual(result.duplicates);
	expect((await rolloutsOf(files)).map(({ sameAs }) => sameAs)).toEqual([null, 0, null, 0, 2]);
});

test("agreement asks equal programs once; the others have the same answers, also after a start that was killed", async () => {
	const over = { dedupe: "names", select: "agreement" } as const;
	const { verifier: asked, files, workspace, result } = await run(over);
	expect(asked.observed).toEqual(["a/0", "a/2"]);
	const answers = (await rolloutsOf(files)).map(({ behaviour }) => behaviour?.sha256);
	expect(answers).toEqual([0, 0, 2, 0, 2].map((sample) => answers[sample]));
	expect(result.picked?.tasks).toEqual([{ taskId: "a", samples: [0, 1, 3] }]);
	for (const path of [files.manifest, files.result, files.report]) rmSync(path);
	const lines = readFileSync(files.rollouts, "utf8").split("\n");
	writeFileSync(files.rollouts, `${lines[0]}\n`);
	const again = await run(over, { workspace, resume: result.runId });
	expect(again.verifier.observed).toEqual(["a/2"]);
	expect((await rolloutsOf(files)).map(({ behaviour }) => behaviour?.sha256)).toEqual(answers);
});

let verifier: Verifier | null = null;

beforeAll(async () => {
	if (!existsSync(SAMPLES)) return;
	const { signal } = new AbortController();
	verifier = await openVerifier({ workers: null, tier: null, cacheDir: null, signal });
}, 60_000);
afterAll(async () => await verifier?.close());

test.skipIf(!existsSync(SAMPLES)).each(["tree", "names"] as const)(
	"no verdict of real samples changes when equal ones (%s) are judged once",
	async (dedupe) => {
		if (verifier === null) throw new Error("no judge");
		const statuses = [];
		const taskIds = [0, 12, 22, 28, 34, 40, 48, 52, 58, 60].map((number) => `HumanEval/${number}`);
		const own = { tasks: HUMANEVAL, taskFormat: "humaneval", samples: SAMPLES, n: 40, taskIds, cache: false };
		for (const over of [{ dedupe: null }, { dedupe }]) {
			const around = surroundings(temporaryFolder());
			const config = runConfig({ ...own, ...over });
			const result = await runBestOfN({ ...around, verifier, inputs: fileInputs, config, resume: null });
			const rollouts = await rolloutsOf(runFiles(join(around.workspace, "artifacts"), result.runId));
			statuses.push(
				rollouts.map(({ candidate, verdict: { status, cause, passed } }) =>
					[candidate.taskId, candidate.sampleIndex, status, cause, passed].join(" "),
				),
			);
			if (over.dedupe !== null) expect(result.duplicates?.count).toBeGreaterThan(50);
		}
		const [each = [], once = []] = statuses.map((list) => list.toSorted());
		expect(each).toHaveLength(400);
		expect(once).toEqual(each);
	},
	180_000,
);
