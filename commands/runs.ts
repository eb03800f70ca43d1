import { type RecordedRun, type RunEntry, readRunEntries, showRun } from "../src/app/recorded-runs.js";
import { artifactsRoot } from "../src/artifacts/layout.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { RunsOptions } from "./cli/options.js";
import { type Column, printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import { passLines, statusLines } from "./run-output.js";

type Row = Extract<RunEntry, { row: object }>["row"];

const COLUMNS: readonly Column<Row>[] = [
	{ title: "RUN", text: (row) => row.runId },
	{ title: "OUTCOME", text: (row) => row.outcome },
	{ title: "BACKEND", text: (row) => row.backend },
	{ title: "TASKS", text: (row) => String(row.taskCount), align: "right" },
	{ title: "JUDGED", text: (row) => String(row.sampleCount), align: "right" },
	{ title: "ACCEPTED", text: (row) => String(row.statusCounts.accepted ?? 0), align: "right" },
	{ title: "STARTED", text: (row) => row.startedAt.replace(/\.\d+Z$/, "Z") },
];

/** Recorded runs of the workspace, newest first. */
export async function list(context: CommandContext, options: RunsOptions): Promise<ExitCode> {
	const rows = rowsOf(context, options.limit ?? Number.POSITIVE_INFINITY);
	if (context.json) for await (const row of rows) await writeJson(context.stdout, row);
	else for await (const line of tableLines(COLUMNS, rows)) await writeLine(context.stdout, line);
	return 0;
}

async function* rowsOf(context: CommandContext, limit: number): AsyncGenerator<Row> {
	let count = 0;
	for await (const entry of readRunEntries([artifactsRoot(context.workspace)])) {
		context.signal.throwIfAborted();
		if (entry.kind === "damaged") {
			await writeLine(context.stderr, printable(`warning: ${entry.runId} left out: ${entry.problem}`));
			continue;
		}
		yield entry.row;
		if (++count >= limit) break;
	}
	if (count === 0 && !context.quiet && !context.json) await writeLine(context.stderr, "no run is recorded here");
}

/** What one run was to do, how far it came, and where its files are. */
export async function show(context: CommandContext, run: string): Promise<ExitCode> {
	const recorded = await showRun(context.workspace, run);
	if (context.json) await writeJson(context.stdout, recorded);
	else for (const line of runLines(recorded)) await writeLine(context.stdout, printable(line));
	return 0;
}

function* runLines({ plan, outcome, message, sampleCount, statusCounts, passAtK, files, resume }: RecordedRun) {
	const { config } = plan;
	const of = config.n === null ? (config.samples ?? "") : `${config.n} a task, backend ${config.backend}`;
	const facts: [string, string][] = [
		["outcome", message === null || resume !== null ? outcome : `${outcome}: ${message}`],
		["command", `assay ${plan.command}, version ${plan.version}`],
		["started", plan.createdAt],
		["tasks", `${plan.taskCount} from ${config.tasks} (${config.taskFormat})`],
		["candidates", `${sampleCount} of ${plan.candidateCount} judged; ${of}`],
		["seed", String(config.seed)],
	];
	yield plan.runId;
	for (const [name, value] of facts) yield `  ${name.padEnd(12)}${value}`;
	yield "";
	yield* statusLines(statusCounts);
	yield "";
	yield* passLines(passAtK);
	yield "";
	for (const { path, bytes } of files) yield `${String(bytes).padStart(12)}  ${path}`;
	if (resume !== null) yield `resume with: ${resume}`;
}
