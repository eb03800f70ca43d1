import { copyFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Gathered, gatherOutcomes } from "../../../src/app/gather-outcomes.js";
import { gatherInThread } from "../../../src/app/gather-thread.js";
import { temporaryFolder } from "./run-fixtures.js";

const recorded = fileURLToPath(
	new URL("../../../fixtures/runs/rollouts/20261121-033709-best-of-n-f8tm.jsonl", import.meta.url),
);

function request(path: string) {
	return { path, vouchedFor: false, leftOut: new Set(["binary_search"]), withPlaces: true };
}

function watch(signal = new AbortController().signal) {
	const seen = { bytes: 0 };
	return {
		seen,
		signal,
		onBytes: (bytes: number) => {
			seen.bytes += bytes;
		},
	};
}

/** The recorded candidates again and again, under other numbers. */
function largeFile(): string {
	const path = join(temporaryFolder(), "rollouts.jsonl");
	const lines = readFileSync(recorded, "utf8").trimEnd().split("\n");
	const text = Array.from({ length: 40 }, (_, round) =>
		lines.map((line) =>
			line.replaceAll(/"sampleIndex":(\d+)/g, (_all, index) => `"sampleIndex":${round * 100 + Number(index)}`),
		),
	);
	writeFileSync(path, `${text.flat().join("\n")}\n`);
	return path;
}

test("a file that is read on a thread of its own gives the same", async () => {
	const path = largeFile();
	const here = await gatherOutcomes(request(path), watch());
	const { seen, ...apart } = watch();
	const there: Gathered = await gatherInThread(request(path), apart);
	expect(there).toEqual(here);
	expect(there.sampleCount).toBeGreaterThan(1000);
	expect(there.leftOutCount).toBeGreaterThan(40);
	expect(there.places.size).toBe(there.tasks.size + 1);
	expect(seen.bytes).toBeGreaterThan(100_000);
});

test("what is wrong with a file is told with file and line by either thread", async () => {
	const path = join(temporaryFolder(), "cut.jsonl");
	copyFileSync(recorded, path);
	truncateSync(path, readFileSync(path).length - 10);
	const lines = readFileSync(recorded, "utf8").trimEnd().split("\n").length;
	for (const gather of [gatherOutcomes, gatherInThread]) {
		await expect(gather(request(path), watch())).rejects.toMatchObject({
			code: "usage",
			message: `${path}:${lines}: the last line is cut`,
		});
	}
});

test("a thread that reads is ended when nobody wants its file any more", async () => {
	const controller = new AbortController();
	const reading = gatherInThread(request(largeFile()), watch(controller.signal));
	controller.abort(new Error("changed my mind"));
	await expect(reading).rejects.toThrow("changed my mind");
	await expect(gatherInThread(request(recorded), watch(controller.signal))).rejects.toThrow("changed my mind");
});
