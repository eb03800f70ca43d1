import { isTraining } from "../src/app/follow-trainings.js";
import { listRuns, type RecordedRun, showRun } from "../src/app/recorded-runs.js";
import { artifactsRoot } from "../src/artifacts/layout.js";
import type { RunRow } from "../src/domain/run-row.js";
import { sizeText } from "../src/lib/file-size.js";
import { ageText } from "../src/lib/point-in-time.js";
import { filterRuns, NO_FILTER, sortRuns } from "../src/store/select-runs.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { RunsOptions } from "./cli/options.js";
import { type Column, printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import { passLines, statusLines } from "./run-output.js";
import { show as showTraining, tellTrainings, trainingRowsOf } from "./trainings.js";

function columnsAt(now: number): readonly Column<RunRow>[] {
	return [
		{ title: "RUN", text: (row) => row.runId },
		{ title: "OUTCOME", text: (row) => row.outcome },
		{ title: "BACKEND", text: (row) => row.backend },
		{ title: "TASKS", text: (row) => String(row.taskCount), align: "right" },
		{ title: "N", text: (row) => (row.n === null ? "-" : String(row.n)), align: "right" },
		{ title: "JUDGED", text: (row) => String(row.sampleCount), align: "right" },
		{ title: "ACCEPTED", text: (row) => String(row.statusCounts.accepted ?? 0), align: "right" },
		{ title: "PASS@1", text: ({ passAt1 }) => passAt1?.value.toFixed(3) ?? "-", align: "right" },
		{ title: "95 % INTERVAL", text: intervalText },
		{ title: "TIER", text: (row) => row.tier ?? "-" },
		{ title: "AGE", text: (row) => ageText(row.startedAt, now), align: "right" },
		{ title: "SIZE", text: (row) => sizeText(row.bytes), align: "right" },
		{ title: "EXPERIMENT", text: (row) => row.experiment ?? "-" },
		{ title: "PARENT", text: (row) => row.parent ?? "-" },
	];
}

function intervalText({ passAt1 }: RunRow): string {
	if (passAt1 === null || passAt1.interval === null) return "-";
	const { low, high } = passAt1.interval;
	return `${low.toFixed(3)} to ${high.toFixed(3)}`;
}

/** Recorded runs of the workspace, live ones first, then the newest, or as `--sort` says. */
export async function list(context: CommandContext, options: RunsOptions): Promise<ExitCode> {
	const { rows, damaged } = await listRuns([artifactsRoot(context.workspace)]);
	for (const { runId, problem } of damaged) {
		await writeLine(context.stderr, printable(`warning: ${runId} left out: ${problem}`));
	}
	const { kind = [], outcome = [], backend = [], experiment = [], since = null, sort, reverse = false } = options;
	const lists = { kinds: kind, outcomes: outcome, backends: backend, experiments: experiment };
	const filtered = filterRuns(rows, { ...NO_FILTER, ...lists, since });
	const sorted = sortRuns(filtered, sort, reverse).slice(0, options.limit);
	if (context.json) for (const row of sorted) await writeJson(context.stdout, row);
	else for await (const line of tableLines(columnsAt(Date.now()), sorted)) await writeLine(context.stdout, line);
	const isOnlyRuns = [outcome, backend, experiment].some((given) => given.length > 0) || since !== null;
	const left = options.limit === undefined ? Number.POSITIVE_INFINITY : options.limit - sorted.length;
	const trainings = isOnlyRuns || left === 0 ? 0 : await listTrainings(context, kind, left);
	if (sorted.length + trainings === 0 && !context.quiet && !context.json) {
		const why = rows.length === 0 ? "no run is recorded here" : `none of ${rows.length} runs is like that`;
		await writeLine(context.stderr, why);
	}
	return 0;
}

/** Loops and trainings come after the runs, unless only other kinds are asked for. Gives how many there were. */
async function listTrainings(context: CommandContext, kinds: readonly string[], most: number): Promise<number> {
	const rows = trainingRowsOf(context.workspace).filter((row) => kinds.length === 0 || kinds.includes(row.kind));
	const shown = rows.slice(0, most);
	if (context.json) for (const row of shown) await writeJson(context.stdout, { runId: row.id, ...row });
	else if (shown.length > 0) {
		await writeLine(context.stdout, "");
		await tellTrainings(context, shown);
	}
	return shown.length;
}

/** What one run was to do, how far it came, and where its files are. */
export async function show(context: CommandContext, run: string): Promise<ExitCode> {
	if (isTraining(context.workspace, run)) return await showTraining(context, "training", run);
	const recorded = await showRun(context.workspace, run);
	if (context.json) await writeJson(context.stdout, recorded);
	else for (const line of runLines(recorded)) await writeLine(context.stdout, printable(line));
	return 0;
}

function* runLines({
	plan,
	outcome,
	message,
	sampleCount,
	statusCounts,
	passAtK,
	files,
	bookmarks,
	resume,
}: RecordedRun) {
	const { config } = plan;
	const more = config.widen === null ? "" : `, up to ${config.widen.nMax} where groups are ${config.widen.groups}`;
	const of = config.n === null ? (config.samples ?? "") : `${config.n} a task${more}, backend ${config.backend}`;
	const facts: [string, string][] = [
		["outcome", message === null || resume !== null ? outcome : `${outcome}: ${message}`],
		["command", `assay ${plan.command}, version ${plan.version}`],
		["started", plan.createdAt],
		["tasks", `${plan.taskCount} from ${config.tasks} (${config.taskFormat})`],
		["candidates", `${sampleCount}${config.widen === null ? ` of ${plan.candidateCount}` : ""} judged; ${of}`],
		["seed", String(config.seed)],
	];
	if (config.experiment !== null) facts.push(["experiment", config.experiment]);
	if (bookmarks.length > 0) facts.push(["bookmarks", `events ${bookmarks.join(", ")}`]);
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
