import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { importTraces } from "../agents/import-traces.js";
import { type TraceReport, TraceTally } from "../agents/trace-report.js";
import { findRun } from "../artifacts/find-run.js";
import { artifactsRoot } from "../artifacts/layout.js";
import { readStepAt, readTraces, type StepPlace } from "../artifacts/trace-file.js";
import { bySample } from "../domain/run.js";
import { outlineOf, type StepAddress, type StepRecord, type TraceStep } from "../domain/trace.js";
import { AssayError } from "../lib/errors.js";
import { readJsonLines } from "../lib/jsonl.js";

/** The steps of a run, of a file of ours, or of one that Reflexion or LDB published; found by its first line. */
export async function* stepsOf(workspace: string, source: string, signal: AbortSignal): AsyncGenerator<TraceStep> {
	for await (const { step } of placedSteps(await pathOf([artifactsRoot(workspace)], source), signal)) yield step;
}

/** The same, try by try: by task, sample and step, where tries of a run went on side by side. */
export async function* stepsInOrder(workspace: string, source: string, signal: AbortSignal): AsyncGenerator<TraceStep> {
	const path = await pathOf([artifactsRoot(workspace)], source);
	const found: (StepAddress & { place: StepPlace })[] = [];
	for await (const { step, place } of placedSteps(path, signal)) {
		const { taskId, sampleIndex, step: number } = step;
		if (place === null) yield step;
		else found.push({ taskId, sampleIndex, step: number, place });
	}
	found.sort((a, b) => bySample(a, b) || a.step - b.step);
	for (const { place } of found) {
		const step = await readStepAt(path, place);
		if (step !== null) yield step;
	}
}

/** The same in short, each with its place in the file. */
export async function* listSteps(
	roots: readonly string[],
	source: string,
	signal: AbortSignal,
): AsyncGenerator<StepRecord> {
	for await (const { step, place } of placedSteps(await pathOf(roots, source), signal)) {
		const { taskId, sampleIndex, at } = step;
		yield { taskId, sampleIndex, at, outline: outlineOf(step), trace: place };
	}
}

/** All of one step: from its place where it still is there, otherwise found by reading the file. */
export async function readStep(
	roots: readonly string[],
	source: string,
	address: StepAddress,
	place: StepRecord["trace"],
	signal: AbortSignal,
): Promise<TraceStep> {
	const path = await pathOf(roots, source);
	const placed = place && (await readStepAt(path, place));
	if (placed && isAt(placed, address)) return placed;
	for await (const { step } of placedSteps(path, signal)) if (isAt(step, address)) return step;
	throw new AssayError("usage", `${path}: has no step ${address.step} of ${address.taskId} #${address.sampleIndex}`);
}

export interface TraceFile {
	path: string;
	name: string;
	bytes: number;
	/** Milliseconds since 1970. */
	changedAtMs: number;
}

/** Files among the workspace's traces that belong to no run of it, newest first. */
export function traceFiles(workspace: string, runIds: ReadonlySet<string>): TraceFile[] {
	const folder = join(artifactsRoot(workspace), "traces");
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter((name) => /\.jsonl(\.gz)?$/.test(name) && !runIds.has(name.replace(/\.jsonl$/, "")))
		.map((name) => {
			const path = join(folder, name);
			const { size, mtimeMs } = statSync(path);
			return { path, name, bytes: size, changedAtMs: mtimeMs };
		})
		.sort((a, b) => b.changedAtMs - a.changedAtMs);
}

function isAt(step: TraceStep, { taskId, sampleIndex, step: number }: StepAddress): boolean {
	return step.taskId === taskId && step.sampleIndex === sampleIndex && step.step === number;
}

async function* placedSteps(
	path: string,
	signal: AbortSignal,
): AsyncGenerator<{ step: TraceStep; place: StepRecord["trace"] }> {
	if (await isPublished(path)) {
		for await (const steps of importTraces(path)) {
			signal.throwIfAborted();
			for (const step of steps) yield { step, place: null };
		}
		return;
	}
	for await (const placed of readTraces(path)) {
		signal.throwIfAborted();
		yield placed;
	}
}

export async function traceReport(workspace: string, source: string, signal: AbortSignal): Promise<TraceReport> {
	const tally = new TraceTally();
	for await (const step of stepsOf(workspace, source, signal)) tally.add(step);
	return tally.report();
}

async function pathOf(roots: readonly string[], source: string): Promise<string> {
	if (existsSync(source) && statSync(source).isFile()) return resolve(source);
	const files = await findRun(roots, source);
	if (existsSync(files.trace)) return files.trace;
	throw new AssayError("usage", `run ${files.runId} has no traces`, { hint: "assay debug writes them" });
}

async function isPublished(path: string): Promise<boolean> {
	for await (const { value } of readJsonLines(path)) {
		return value !== null && typeof value === "object" && !("schema" in value);
	}
	throw new AssayError("usage", `${path}: holds no trace`);
}
