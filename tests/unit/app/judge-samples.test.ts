import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compareRuns } from "../../../src/app/compare-runs.js";
import { fileInputs } from "../../../src/app/file-inputs.js";
import { judgeSamples, runOfSamples } from "../../../src/app/judge-samples.js";
import { fakeVerifier } from "./fake-verifier.js";
import { runConfig, surroundings, temporaryFolder } from "./run-fixtures.js";

const IDS = Array.from({ length: 12 }, (_, i) => `t${i}`);

function prepared() {
	const workspace = temporaryFolder();
	const tasks = join(workspace, "tasks");
	mkdirSync(tasks);
	for (const id of IDS) writeTask(tasks, id, "1");
	const samples = (name: string, status: (i: number) => string) => {
		const path = join(workspace, name);
		const lines = IDS.map((task_id, i) => JSON.stringify({ task_id, completion: `# ${status(i)}\ndef f(): ...\n` }));
		writeFileSync(path, `${lines.join("\n")}\n`);
		return path;
	};
	const options = (path: string) => ({
		...surroundings(workspace),
		random: Math.random,
		verifier: fakeVerifier(),
		inputs: fileInputs,
		config: { ...runConfig({ backend: "samples", n: null, tasks, taskFormat: "yaml" }), samples: path },
	});
	return { workspace, tasks, samples, options };
}

function writeTask(folder: string, id: string, expected: string): void {
	writeFileSync(
		join(folder, `${id}.yaml`),
		`schema: assay.task.v1\nkind: function\nid: ${id}\ntitle: ${id}\nprompt: p\nentryPoint: f\ntests:\n  hidden:\n    - {kind: program, code: "assert f() == ${expected}"}\nsource: {origin: own, license: MIT}\n`,
	);
}

test("two files of plain samples are judged once, compared under their own names, and found again", async () => {
	const { workspace, samples, options } = prepared();
	const [a, b] = [samples("a.jsonl", () => "wrong_answer"), samples("b.jsonl", () => "accepted")];
	expect(await runOfSamples(options(a))).toBeNull();
	const runs = [await judgeSamples(options(a)), await judgeSamples(options(b))];
	expect([await runOfSamples(options(a)), await runOfSamples(options(b))]).toEqual(runs);
	const sources = runs.map((run, i) => ({ run, name: ["a", "b"][i] ?? "" }));
	const { signal } = new AbortController();
	const compared = await compareRuns({ workspace, sources, k: 1, seed: 1, resamples: 1000, allowed: [], signal });
	expect(compared.pairs[0]).toMatchObject({ first: "a", other: "b", conclusion: "better", tasksUp: 12 });
	expect(compared.sets.map(({ name }) => name)).toEqual(["a", "b"]);
});

test("samples are judged again where their bytes, the tests or the limits have changed", async () => {
	const { tasks, samples, options } = prepared();
	const path = samples("a.jsonl", () => "accepted");
	const run = await judgeSamples(options(path));
	const limited = options(path);
	limited.config.limits = { cpuTimeMs: 5, memoryBytes: null };
	expect(await runOfSamples(limited)).toBeNull();
	writeTask(tasks, "t3", "2");
	expect(await runOfSamples(options(path))).toBeNull();
	writeTask(tasks, "t3", "1");
	expect(await runOfSamples(options(path))).toBe(run);
	samples("a.jsonl", (i) => (i === 4 ? "wrong_answer" : "accepted"));
	expect(await runOfSamples(options(path))).toBeNull();
});

test("plain samples without tasks to judge them by are refused with what helps", async () => {
	const { workspace, samples } = prepared();
	const { signal } = new AbortController();
	const sources = [samples("a.jsonl", () => "accepted")];
	await expect(
		compareRuns({ workspace, sources, k: 1, seed: 1, resamples: 1000, allowed: [], signal }),
	).rejects.toMatchObject({
		message: expect.stringContaining("nobody has judged"),
		hint: expect.stringContaining("--judge"),
	});
});
