import { importTraces } from "../src/agents/import-traces.js";
import { stepsOf, traceReport } from "../src/app/trace-sources.js";
import type { TraceStep } from "../src/domain/trace.js";
import { openAtomicWriter } from "../src/lib/atomic-writer.js";
import { countOf } from "../src/lib/count.js";
import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { TraceShowOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import { reportLines, stepLines } from "./trace-text.js";

interface TraceRow {
	taskId: string;
	sampleIndex: number;
	outcome: string;
	revisions: number;
	tests: number;
	reason: string;
	claimed: boolean;
}

/** One line a trace. Steps of a trace may lie between those of others, as they ended. */
export async function list(context: CommandContext, source: string): Promise<ExitCode> {
	const rows = new Map<string, TraceRow>();
	for await (const step of stepsOf(context.workspace, source, context.signal)) note(rows, step);
	if (context.json) {
		for (const row of rows.values()) await writeJson(context.stdout, row);
		return 0;
	}
	const columns = [
		{ title: "task", text: (row: TraceRow) => row.taskId, maxWidth: 40 },
		{ title: "try", text: (row: TraceRow) => `${row.sampleIndex}`, align: "right" as const },
		{ title: "outcome", text: (row: TraceRow) => `${row.outcome}${row.claimed ? " (claimed)" : ""}` },
		{ title: "revisions", text: (row: TraceRow) => `${row.revisions}`, align: "right" as const },
		{ title: "test runs", text: (row: TraceRow) => `${row.tests}`, align: "right" as const },
		{ title: "ended for", text: (row: TraceRow) => row.reason },
	];
	for await (const line of tableLines(columns, rows.values())) await writeLine(context.stdout, line);
	return 0;
}

/** The steps, in the order in which they ended. */
export async function show(context: CommandContext, source: string, options: TraceShowOptions): Promise<ExitCode> {
	let shown = 0;
	for await (const step of stepsOf(context.workspace, source, context.signal)) {
		if (options.task !== undefined && step.taskId !== options.task) continue;
		if (options.try !== undefined && step.sampleIndex !== options.try) continue;
		shown++;
		if (context.json) await writeJson(context.stdout, step);
		else for (const line of stepLines(step)) await writeLine(context.stdout, printable(line, "\t"));
	}
	if (shown === 0 && (options.task !== undefined || options.try !== undefined)) {
		const wanted = [
			...(options.task === undefined ? [] : [options.task]),
			...(options.try === undefined ? [] : [`#${options.try}`]),
		];
		throw new AssayError("usage", `${source}: no trace of ${wanted.join(" ")}`, {
			hint: `assay traces list ${source}`,
		});
	}
	return 0;
}

export async function report(context: CommandContext, source: string): Promise<ExitCode> {
	const found = await traceReport(context.workspace, source, context.signal);
	if (context.json) await writeJson(context.stdout, found);
	else for (const line of reportLines(found)) await writeLine(context.stdout, printable(line));
	return 0;
}

export async function importPublished(context: CommandContext, file: string, out: string): Promise<ExitCode> {
	const writer = await openAtomicWriter(outFile(out) ?? out);
	let traces = 0;
	try {
		for await (const steps of importTraces(file)) {
			context.signal.throwIfAborted();
			traces++;
			for (const step of steps) await writer.write(`${JSON.stringify(step)}\n`);
		}
		await writer.commit();
	} catch (error) {
		await writer.discard();
		throw error;
	}
	if (!context.quiet) await writeLine(context.stderr, `${countOf(traces, "trace")} written to ${out}`);
	return 0;
}

function note(rows: Map<string, TraceRow>, step: TraceStep): void {
	const { taskId, sampleIndex } = step;
	const key = JSON.stringify([taskId, sampleIndex]);
	const row = rows.get(key) ?? {
		taskId,
		sampleIndex,
		outcome: "not judged",
		revisions: 0,
		tests: 0,
		reason: "-",
		claimed: false,
	};
	rows.set(key, row);
	if (step.kind === "generation" && step.purpose === "revise") row.revisions++;
	if (step.kind === "tests") row.tests++;
	if (step.kind === "submit") row.reason = step.reason;
	if (step.kind === "verdict" && step.which === "final") {
		row.outcome = step.status;
		row.claimed = step.claimed;
	}
}
