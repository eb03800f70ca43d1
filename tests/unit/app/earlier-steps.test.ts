import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readEvents } from "../../../src/app/read-events.js";
import { runFiles } from "../../../src/artifacts/layout.js";
import { openTraceWriter } from "../../../src/artifacts/trace-file.js";
import type { RunEvent } from "../../../src/domain/events.js";
import { outlineOf } from "../../../src/domain/trace.js";
import { fakeSteps } from "../../views/fake-traces.js";
import { temporaryFolder } from "./run-fixtures.js";

const RUN = "20261120-101500-self-debug-old1";
const STEPS = fakeSteps(RUN).slice(0, 3);

/** A run whose log tells of its steps as logs did before they had outlines. */
function earlierRun() {
	const files = runFiles(join(temporaryFolder(), "artifacts"), RUN);
	for (const path of [files.log, files.trace]) mkdirSync(dirname(path), { recursive: true });
	const traces = openTraceWriter(files.trace);
	const lines = STEPS.map((step, seq) => {
		const { taskId, sampleIndex, step: number, parent, kind } = step;
		const words = { step: number, parent, kind, summary: "propose", tests: null };
		const at = "2026-11-20T10:15:00.000Z";
		const trace = traces.append(step);
		return JSON.stringify({ seq, at, runId: RUN, type: "step.recorded", taskId, sampleIndex, ...words, trace });
	});
	traces.close();
	writeFileSync(files.log, `${lines.join("\n")}\n`);
	return files;
}

async function read(log: string): Promise<RunEvent[]> {
	const events: RunEvent[] = [];
	for await (const event of readEvents(log)) events.push(event);
	return events;
}

test("a log from before steps had outlines opens: they are made from the trace file", async () => {
	const events = await read(earlierRun().log);
	expect(events.map((event) => (event.type === "step.recorded" ? event.outline : null))).toEqual(STEPS.map(outlineOf));
});

test("where the trace file is another one by now, one line says so", async () => {
	const { log, trace } = earlierRun();
	writeFileSync(trace, `${JSON.stringify(STEPS[2])}\n`);
	await expect(read(log)).rejects.toThrow(`${log}:1: tells of a step that ${trace} does not hold at this place`);
	rmSync(trace);
	await expect(read(log)).rejects.toThrow(`${trace}: cannot be read`);
});
