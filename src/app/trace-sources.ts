import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { importTraces } from "../agents/import-traces.js";
import { type TraceReport, TraceTally } from "../agents/trace-report.js";
import { findRun } from "../artifacts/find-run.js";
import { artifactsRoot } from "../artifacts/layout.js";
import { readTraces } from "../artifacts/trace-file.js";
import type { TraceStep } from "../domain/trace.js";
import { AssayError } from "../lib/errors.js";
import { readJsonLines } from "../lib/jsonl.js";

/** The steps of a run, of a file of ours, or of one that Reflexion or LDB published; found by its first line. */
export async function* stepsOf(workspace: string, source: string, signal: AbortSignal): AsyncGenerator<TraceStep> {
	const path = await pathOf(workspace, source);
	if (await isPublished(path)) {
		for await (const steps of importTraces(path)) {
			signal.throwIfAborted();
			yield* steps;
		}
		return;
	}
	for await (const { step } of readTraces(path)) {
		signal.throwIfAborted();
		yield step;
	}
}

export async function traceReport(workspace: string, source: string, signal: AbortSignal): Promise<TraceReport> {
	const tally = new TraceTally();
	for await (const step of stepsOf(workspace, source, signal)) tally.add(step);
	return tally.report();
}

async function pathOf(workspace: string, source: string): Promise<string> {
	if (existsSync(source) && statSync(source).isFile()) return resolve(source);
	const files = await findRun([artifactsRoot(workspace)], source);
	if (existsSync(files.trace)) return files.trace;
	throw new AssayError("usage", `run ${files.runId} has no traces`, { hint: "assay debug writes them" });
}

async function isPublished(path: string): Promise<boolean> {
	for await (const { value } of readJsonLines(path)) {
		return value !== null && typeof value === "object" && !("schema" in value);
	}
	throw new AssayError("usage", `${path}: holds no trace`);
}
