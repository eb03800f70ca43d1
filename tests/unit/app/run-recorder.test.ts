import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openRunRecorder } from "../../../src/app/run-recorder.js";
import type { RunEvent } from "../../../src/domain/events.js";
import { steppingClock, temporaryFolder } from "./run-fixtures.js";

function recorder(nextSeq = 0) {
	const logPath = join(temporaryFolder(), "logs", "r.log");
	const made = openRunRecorder({ runId: "r", logPath, nextSeq, now: steppingClock(), flushEveryMs: 2 ** 30 });
	const events: RunEvent[] = [];
	made.subscribe((event) => events.push(event));
	return { ...made, events, logPath, text: () => readFileSync(logPath, "utf8") };
}

const STARTED = { type: "candidate.started", taskId: "t", sampleIndex: 0 } as const;
const DELTA = { type: "candidate.delta", taskId: "t", sampleIndex: 0, text: "x" } as const;

test("an ephemeral event reaches listeners with the last number and is not logged", () => {
	const { emit, events, close, text } = recorder(5);
	emit(STARTED);
	emit(DELTA);
	emit(STARTED);
	close();
	expect(events.map(({ seq, type }) => [seq, type])).toEqual([
		[5, "candidate.started"],
		[5, "candidate.delta"],
		[6, "candidate.started"],
	]);
	expect(text().split("\n").filter(Boolean)).toHaveLength(2);
});

test("a flush leaves whole lines only, and everything that was emitted", () => {
	const { emit, flush, text, close } = recorder();
	for (let i = 0; i < 1_000; i++) emit(STARTED);
	expect(text() === "" || text().endsWith("\n")).toBe(true);
	flush();
	expect(
		text()
			.split("\n")
			.filter(Boolean)
			.map((line) => JSON.parse(line).seq),
	).toEqual([...Array(1_000).keys()]);
	close();
});

test("who stops listening gets nothing more", () => {
	const { emit, subscribe, close } = recorder();
	const seen: number[] = [];
	const stop = subscribe(({ seq }) => seen.push(seq));
	emit(STARTED);
	stop();
	emit(STARTED);
	close();
	expect(seen).toEqual([0]);
});

test("no event throws where the log cannot be written; the next look at it and its end do", () => {
	const { emit, events, throwIfFailed, close, logPath } = recorder();
	rmSync(logPath);
	// More than is kept back.
	for (let i = 0; i < 1_000; i++) emit(STARTED);
	emit(DELTA);
	expect(events).toHaveLength(1_001);
	expect(throwIfFailed).toThrow("was removed or replaced");
	expect(close).toThrow("was removed or replaced");
});
