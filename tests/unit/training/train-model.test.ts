import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TrainingJob } from "../../../src/domain/training-job.js";
import { trainModel } from "../../../src/training/train-model.js";
import { trainingConfig } from "../../../src/training/training-config.js";
import { temporaryFolder } from "../app/run-fixtures.js";

/** What becomes of a job when the interpreter that trains does this. */
function trained(script: string, named: string | null = null) {
	const folder = temporaryFolder();
	const python = join(folder, "python");
	writeFileSync(python, `#!/bin/sh\n${script}\n`);
	chmodSync(python, 0o755);
	const job: TrainingJob = {
		...{ schema: "assay.training-job.v1", method: "sft", name: "t", model: "/m", data: "/d", heldOut: null },
		...{ run: join(folder, "run"), judge: null, threads: 1, library: "auto", engine: "builtin", processes: 1 },
		...{ device: "auto", config: trainingConfig("sft", {}, 64) },
	};
	const { signal } = new AbortController();
	return { job, ended: trainModel({ job, checkpoint: join(folder, "checkpoint"), python: named ?? python, signal }) };
}

describe("a trainer that ends without a model", () => {
	test("was killed: the signal is named, and what it said last", async () => {
		await expect(trained("echo step 3 >&2; kill -KILL $$").ended).rejects.toMatchObject({
			code: "host",
			message: "training was killed (SIGKILL); before that it said: step 3",
			hint: expect.stringMatching(/memory that ran out.*everything it said is in .*out\.log$/),
		});
		await expect(trained("kill -TERM $$").ended).rejects.toMatchObject({
			message: "training was killed (SIGTERM)",
			hint: expect.not.stringContaining("memory"),
		});
	});

	test("failed: its last line is the reason", async () => {
		await expect(trained("echo no room >&2; exit 1").ended).rejects.toMatchObject({
			message: "training ended with status 1: no room",
		});
		await expect(trained("exit 1").ended).rejects.toMatchObject({
			message: "training ended with status 1 and said nothing",
		});
	});

	test("refused its job: nothing of it is left, unless it had begun before", async () => {
		const metrics = `"$(dirname "$3")/metrics.jsonl"`;
		const { job, ended } = trained(`: >> ${metrics}; echo the model is no model >&2; exit 2`);
		await expect(ended).rejects.toMatchObject({
			code: "usage",
			message: "training cannot start: the model is no model",
		});
		expect(existsSync(job.run)).toBe(false);
		const later = trained(`echo {} >> ${metrics}; echo the model is gone >&2; exit 2`);
		await expect(later.ended).rejects.toMatchObject({ code: "usage" });
		expect(existsSync(join(later.job.run, "job.json"))).toBe(true);
	});

	test("does not run at all: nothing of its job is left", async () => {
		const { job, ended } = trained("", join("no", "such", "python"));
		await expect(ended).rejects.toMatchObject({ code: "prerequisite" });
		expect(existsSync(job.run)).toBe(false);
	});
});

test("in a workspace that was moved a training that is done is known, and one that is not is not gone on with", async () => {
	const { job, ended } = trained("exit 1");
	await expect(ended).rejects.toMatchObject({ code: "host" });
	writeFileSync(join(job.run, "job.json"), JSON.stringify({ ...job, run: "/elsewhere/run" }));
	const checkpoint = join(job.run, "checkpoint");
	const again = () => trainModel({ job, checkpoint, python: "/no/python", signal: new AbortController().signal });
	await expect(again()).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("other settings") });
	mkdirSync(checkpoint);
	writeFileSync(join(checkpoint, "training.json"), "{}");
	await expect(again()).resolves.toBeUndefined();
});
