import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { compareRecordedTrainings } from "../../../src/app/compare-trainings.js";
import { artifactsRoot, trainingFiles } from "../../../src/artifacts/layout.js";
import type { TrainingJob } from "../../../src/domain/training-job.js";
import { trainingConfig } from "../../../src/training/training-config.js";

const root = mkdtempSync(join(tmpdir(), "assay-compare-trainings-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function record(name: string, events: [string, number | null, object, number][], evaluations: object[]): void {
	const files = trainingFiles(artifactsRoot(root), name);
	const job: TrainingJob = {
		schema: "assay.training-job.v1",
		method: "grpo",
		name,
		model: "/m",
		data: "/gone",
		heldOut: "/gone",
		run: files.folder,
		judge: { folder: "/j", reward: "binary", tier: null, workers: null },
		threads: 1,
		library: "auto",
		engine: "builtin",
		processes: 1,
		device: "cpu",
		config: trainingConfig("grpo", { steps: 3 }, 0),
	};
	mkdirSync(dirname(files.job), { recursive: true });
	writeFileSync(files.job, JSON.stringify(job));
	const lines = events.map(([t, step, m, at]) => `${JSON.stringify({ v: 1, t, step, m, at })}\n`);
	writeFileSync(files.metrics, `${lines.join("")}{"v":1,"t":"train.st`);
	writeFileSync(files.evaluations, evaluations.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

const step = { num_tokens: 100, attempts: 64 };

test("steps done again after a kill count once, the time they took counts, and the pause between does not", async () => {
	record(
		"killed",
		[
			["train.started", null, {}, 100],
			["train.step", 1, step, 110],
			["train.step", 2, step, 120],
			["train.started", null, {}, 9000],
			["train.step", 2, step, 9010],
			["train.step", 3, { ...step, num_tokens: 50 }, 9020],
			["train.finished", 3, {}, 9021],
		],
		[0, 2, 3].map((at) => ({ v: 1, step: at, tasks: [{ taskId: "t/0", rewards: [at / 3] }] })),
	);
	record(
		"calm",
		[
			["train.started", null, {}, 5],
			["train.step", 1, step, 6],
		],
		[],
	);
	const { trainings } = await compareRecordedTrainings(root, ["killed", "calm"]);
	expect(trainings[0]).toMatchObject({
		isFinished: true,
		budget: { steps: 3, tokens: 250, judgedSamples: 192, wallTimeMs: 41_000 },
		before: { step: 0, reward: { value: 0 } },
		after: { step: 3, reward: { value: 1 }, pass: { value: 1 } },
	});
	expect(trainings[1]).toMatchObject({ isFinished: false, budget: { steps: 1, wallTimeMs: 1000 }, before: null });
});

test("a name that is no training, or one that is given twice, is refused", async () => {
	await expect(compareRecordedTrainings(root, ["killed", "nobody"])).rejects.toThrow("no training is called nobody");
	await expect(compareRecordedTrainings(root, ["calm", "calm"])).rejects.toThrow("named twice");
});
