import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openTraceWriter, readStepAt, readTraces, recoverTraces } from "../../../src/artifacts/trace-file.js";
import type { TraceStep } from "../../../src/domain/trace.js";
import { fakeSteps } from "../../views/fake-traces.js";

const folder = mkdtempSync(join(tmpdir(), "assay-trace-file-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const STEPS = fakeSteps("r");

function written() {
	const path = join(folder, `${files++}.jsonl`);
	const writer = openTraceWriter(path);
	const places = STEPS.map((step) => writer.append(step));
	writer.close();
	return { path, places };
}

async function stepsIn(path: string): Promise<TraceStep[]> {
	const steps: TraceStep[] = [];
	for await (const { step } of readTraces(path)) steps.push(step);
	return steps;
}

test("every step is read again from the place that it was written to", async () => {
	const { path, places } = written();
	for (const [index, place] of places.entries()) expect(await readStepAt(path, place)).toEqual(STEPS[index]);
	for await (const { step, place } of readTraces(path)) expect(await readStepAt(path, place)).toEqual(step);
});

test("a place that holds no whole step, or lies beyond the end, is no step", async () => {
	const { path, places } = written();
	const [first, second] = places;
	if (!first || !second) throw new Error("there are two steps");
	expect(await readStepAt(path, { offset: first.offset + 1, bytes: first.bytes })).toBeNull();
	expect(await readStepAt(path, { offset: first.offset, bytes: first.bytes - 1 })).toBeNull();
	expect(await readStepAt(path, { offset: first.offset, bytes: second.offset + second.bytes })).toBeNull();
	expect(await readStepAt(path, { offset: 10_000_000, bytes: 10 })).toBeNull();
	await expect(readStepAt(join(folder, "none.jsonl"), first)).rejects.toThrow("none.jsonl: cannot be read");
});

test("a line that was being written when the program was killed is passed over, and a wrong one is refused", async () => {
	const { path } = written();
	appendFileSync(path, '{"schema":"assay.step.v1","runI');
	expect(await stepsIn(path)).toHaveLength(STEPS.length);
	appendFileSync(path, '"}\n');
	await expect(stepsIn(path)).rejects.toThrow(new RegExp(`:${STEPS.length + 1}: `));
});

test("steps of tries that are not finished are taken out, and the others stay as they are", async () => {
	const { path } = written();
	const kept: TraceStep[] = [];
	await recoverTraces(
		path,
		(taskId, sampleIndex) => taskId === "two_sum" && sampleIndex === 1,
		(step) => kept.push(step),
	);
	const wanted = STEPS.filter(({ taskId, sampleIndex }) => taskId === "two_sum" && sampleIndex === 1);
	expect(kept).toEqual(wanted);
	expect(await stepsIn(path)).toEqual(wanted);
});
