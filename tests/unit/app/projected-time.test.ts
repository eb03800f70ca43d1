import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectedTime } from "../../../src/app/projected-time.js";
import { artifactsRoot, attemptFolder, remoteFiles } from "../../../src/artifacts/layout.js";
import { RemoteRun } from "../../../src/domain/remote-run.js";
import { TrainingJob } from "../../../src/domain/training-job.js";
import { trainingConfig } from "../../../src/training/training-config.js";
import { temporaryFolder } from "./run-fixtures.js";

const jobOf = (name: string, settings: Record<string, number>, method: "sft" | "grpo" = "sft") =>
	TrainingJob.parse({
		...{ schema: "assay.training-job.v1", method, name, model: "/m", data: "/d", heldOut: null },
		...{ run: `/runs/${name}`, judge: null, threads: 1, config: trainingConfig(method, settings, 64) },
	});

/** One that worked for so many seconds on its host, and ended as told. */
function record(workspace: string, job: TrainingJob, seconds: number, code: number, host = "gpu1"): void {
	const root = artifactsRoot(workspace);
	const files = remoteFiles(root, job.name);
	const attempt = attemptFolder(root, job.name, 1);
	mkdirSync(attempt, { recursive: true });
	const createdAt = "2026-11-21T10:00:00.000Z";
	const exit = { code, reason: "exit", endedAt: 1000 + seconds, logBytes: 0 };
	const run = RemoteRun.parse({
		...{ schema: "assay.remote-run.v1", id: job.name, host, folder: "/w/runs/x", workdir: "/w", attempt: 1 },
		...{ createdAt, git: null, inputs: [], limit: null, pricePerHour: 10 },
		last: { state: { state: "ended", exit }, seenAt: createdAt },
	});
	writeFileSync(files.record, JSON.stringify(run));
	writeFileSync(files.job, JSON.stringify(job));
	const events = [
		{ at: 1000, type: "started" },
		{ at: 1000 + seconds, type: "exited", code },
	];
	writeFileSync(join(attempt, "events.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
}

test("a training takes as long a step as one like it did on that host, and nothing is said by others", () => {
	const workspace = temporaryFolder();
	const wanted = jobOf("next", { steps: 300, seed: 7 });
	expect(projectedTime(workspace, wanted, "gpu1")).toBeNull();
	record(workspace, jobOf("failed", { steps: 100 }), 5, 1);
	record(workspace, jobOf("elsewhere", { steps: 100 }), 5, 0, "gpu2");
	record(workspace, jobOf("wider", { steps: 100, batchSize: 512 }), 5, 0);
	expect(projectedTime(workspace, wanted, "gpu1")).toBeNull();
	record(workspace, jobOf("alike", { steps: 100 }), 60, 0);
	expect(projectedTime(workspace, wanted, "gpu1")).toEqual({ ms: 180_000, by: "alike" });
});
