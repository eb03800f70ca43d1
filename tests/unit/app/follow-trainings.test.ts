import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { followTrainings, readTrainings } from "../../../src/app/follow-trainings.js";
import { artifactsRoot, loopFiles, trainingFiles } from "../../../src/artifacts/layout.js";
import { trainingConfig } from "../../../src/training/training-config.js";
import { temporaryFolder } from "./run-fixtures.js";

const step = (at: number) =>
	`${JSON.stringify({ v: 1, t: "train.step", at: 1000 + at, step: at, m: { loss: 1 / at } })}\n`;

/** A training as another process leaves it while it works. */
function startedElsewhere(workspace: string): { metrics: string } {
	const files = trainingFiles(artifactsRoot(workspace), "other");
	mkdirSync(files.folder, { recursive: true });
	const job = {
		...{ schema: "assay.training-job.v1", method: "sft", name: "other", model: "/m", data: "/d", heldOut: null },
		...{ run: files.folder, judge: null, threads: 1, device: "auto", config: trainingConfig("sft", {}, 64) },
	};
	writeFileSync(files.job, JSON.stringify(job));
	writeFileSync(files.metrics, step(1));
	return files;
}

test("a training of another process is followed step by step, over lines that are no events", async () => {
	const workspace = temporaryFolder();
	const { metrics } = startedElsewhere(workspace);
	const stop = new AbortController();
	const seen: number[] = [];
	for await (const news of followTrainings(workspace, stop.signal, { everyMs: 5 })) {
		if (news?.update.kind !== "measured") continue;
		const { update } = news;
		seen.push(...update.events.map((event) => event.step ?? -1));
		if (seen.length === 1)
			appendFileSync(metrics, `{"v":1,"t":"tra\n\u0000garbage\n[]\n${step(2)}${step(3).slice(0, 20)}`);
		if (seen.length === 2) appendFileSync(metrics, step(3).slice(20));
		if (seen.length === 3) stop.abort();
	}
	expect(seen).toEqual([1, 2, 3]);
});

test("that all there was has been told is told, once, where there is nothing, too", async () => {
	const stop = new AbortController();
	for await (const news of followTrainings(temporaryFolder(), stop.signal, { everyMs: 5 })) {
		expect(news).toBeNull();
		stop.abort();
	}
	expect(stop.signal.aborted).toBe(true);
});

test("a loop whose plan cannot be read is told, and takes no other away", () => {
	const workspace = temporaryFolder();
	startedElsewhere(workspace);
	const { folder, plan } = loopFiles(artifactsRoot(workspace), "damaged");
	mkdirSync(folder, { recursive: true });
	writeFileSync(plan, '{"schema":"assay.loop.v1"');
	const news = [...readTrainings(workspace)];
	const of = (id: string) => news.filter(({ ref }) => ref.id === id).map(({ update }) => update.kind);
	expect(of("damaged")).toEqual(["unreadable"]);
	expect(of("other")).toContain("measured");
	expect(news.find(({ ref }) => ref.id === "damaged")?.update).toMatchObject({
		text: expect.stringContaining(join("damaged", "loop.json")),
	});
});
