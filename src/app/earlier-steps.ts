import { basename, dirname } from "node:path";
import { z } from "zod";
import { runFiles } from "../artifacts/layout.js";
import { readStepAt } from "../artifacts/trace-file.js";
import { type RunEvent, StepRecorded } from "../domain/events.js";
import { outlineOf } from "../domain/trace.js";
import { AssayError } from "../lib/errors.js";
import { parseAt } from "../lib/schema.js";

/** As the first loops logged their steps: in a few words, where there is an outline now. */
const EarlierStep = StepRecorded.omit({ outline: true }).extend({
	step: z.int(),
	parent: z.unknown(),
	kind: z.unknown(),
	summary: z.unknown(),
	tests: z.unknown(),
});

export function isEarlierStep(value: unknown): boolean {
	return typeof value === "object" && value !== null && "summary" in value && !("outline" in value);
}

/** The event as it is logged today, with its outline from the trace file. */
export async function upgradedStep(value: unknown, logPath: string, line: number): Promise<RunEvent> {
	const earlier = parseAt(EarlierStep, value, `${logPath}:${line}`);
	const { seq, at, runId, type, taskId, sampleIndex, trace } = earlier;
	const path = runFiles(dirname(dirname(logPath)), basename(logPath, ".log")).trace;
	const step = await readStepAt(path, trace);
	if (step?.taskId === taskId && step.sampleIndex === sampleIndex && step.step === earlier.step) {
		return { seq, at, runId, type, taskId, sampleIndex, outline: outlineOf(step), trace };
	}
	throw new AssayError("usage", `${logPath}:${line}: tells of a step that ${path} does not hold at this place`, {
		hint: "assay traces list reads the traces by themselves",
	});
}
