import { checkpointNamed, listCheckpoints } from "../src/app/checkpoints.js";
import { registerCheckpoint } from "../src/app/register-checkpoint.js";
import { artifactsRoot } from "../src/artifacts/layout.js";
import type { Checkpoint, CheckpointRun } from "../src/domain/checkpoint.js";
import { countOf } from "../src/lib/count.js";
import { ageText } from "../src/lib/point-in-time.js";
import { madeAt } from "../src/store/checkpoint-table.js";
import { type CheckpointLine, checkpointLines, mainRun } from "../src/store/checkpoint-tree.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { type Column, printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import type { RegisterCommandOptions } from "./cli/training-options.js";
import { shipped } from "./shipped.js";

function columnsAt(now: number): readonly Column<CheckpointLine>[] {
	const of = (text: (checkpoint: Checkpoint) => string | null) => (line: CheckpointLine) =>
		text(line.checkpoint) ?? "-";
	return [
		{ title: "CHECKPOINT", text: ({ prefix, checkpoint }) => prefix + checkpoint.name },
		{ title: "METHOD", text: of(({ training }) => training?.method ?? null) },
		{ title: "DATA", text: of(({ training }) => training?.data ?? null), maxWidth: 40 },
		{ title: "STEPS", text: of(({ training }) => training?.steps?.toString() ?? null), align: "right" },
		{ title: "COST", text: of(costText), align: "right" },
		{
			title: "PASS@1",
			text: of((checkpoint) => mainRun(checkpoint)?.passAt1?.value.toFixed(3) ?? null),
			align: "right",
		},
		{ title: "95 % INTERVAL", text: of((checkpoint) => intervalText(mainRun(checkpoint))) },
		{ title: "RUNS", text: of(({ runs }) => String(runs.length)), align: "right" },
		{ title: "AGE", text: of((checkpoint) => ageOf(checkpoint, now)), align: "right" },
		{ title: "STATE", text: of(({ missing, kind }) => (missing ? "missing" : kind)) },
	];
}

/** The family tree of what was evaluated, or can be. */
export async function list(context: CommandContext): Promise<ExitCode> {
	const checkpoints = await read(context);
	if (context.json) for (const checkpoint of checkpoints) await writeJson(context.stdout, checkpoint);
	else {
		const lines = tableLines(columnsAt(Date.now()), checkpointLines(checkpoints));
		for await (const line of lines) await writeLine(context.stdout, line);
	}
	return 0;
}

/** One checkpoint: how it was made, and every run in which it was evaluated. */
export async function show(context: CommandContext, reference: string): Promise<ExitCode> {
	const checkpoint = checkpointNamed(await read(context), reference);
	if (context.json) await writeJson(context.stdout, checkpoint);
	else for (const line of linesOf(checkpoint)) await writeLine(context.stdout, printable(line));
	return 0;
}

/** Writes the training manifest of a checkpoint that another program trained. */
export async function register(
	context: CommandContext,
	folder: string,
	options: RegisterCommandOptions,
): Promise<ExitCode> {
	const { trainedOn, parent, method, steps, seed = null, cost = null, trainer, replace = false } = options;
	const { signal, stdout } = context;
	const given = { folder, trainedOn, method, steps, seed, trainer, replace, signal };
	const manifest = await registerCheckpoint({ ...given, parent: parent === "none" ? null : parent, costUsd: cost });
	const { name, data, files } = manifest;
	if (context.json) await writeJson(stdout, manifest);
	else {
		const what = `${countOf(data.examples, "example")}, ${countOf(data.tasks, "task id")}, ${countOf(files.length, "file")}`;
		await writeLine(
			stdout,
			printable(`${name}: ${what}; \`--checkpoint ${folder}\` of eval and compare looks them up`),
		);
	}
	return 0;
}

async function read({ workspace }: CommandContext): Promise<Checkpoint[]> {
	return await listCheckpoints({
		roots: [artifactsRoot(workspace), shipped("runs")],
		shippedModel: shipped("models/tiny-coder"),
	});
}

function* linesOf({ id, name, kind, parent, generation, missing, training, runs }: Checkpoint): Generator<string> {
	yield name;
	const facts: [string, string][] = [
		[kind, `${id}${missing ? " (missing)" : ""}`],
		["generation", parent === null ? "0, nothing is known of a parent" : `${generation}, trained from ${parent}`],
	];
	if (training !== null) {
		facts.push(
			["method", `${training.method}${training.steps === null ? "" : `, ${training.steps} steps`}`],
			["data", training.data],
		);
	}
	for (const [title, text] of facts) yield `  ${title.padEnd(12)}${text}`;
	yield "";
	if (runs.length === 0) yield "not evaluated in this workspace";
	for (const run of runs) {
		const score = run.passAt1 === null ? "nothing judged" : `pass@1 ${run.passAt1.value.toFixed(3)}`;
		const interval = intervalText(run);
		const shape = `${run.taskCount} tasks, ${run.n === null ? "samples of a file" : `N ${run.n}`}, ${run.outcome}`;
		yield `${run.runId}  ${score}${interval === null ? "" : ` (${interval})`}  ${shape}`;
	}
}

function costText({ training, runs }: Checkpoint): string | null {
	const known = [training?.costUsd ?? null, ...runs.map(({ costUsd }) => costUsd)].filter((cost) => cost !== null);
	return known.length === 0 ? null : `$${known.reduce((sum, cost) => sum + cost, 0).toFixed(2)}`;
}

function intervalText(run: CheckpointRun | null): string | null {
	const interval = run?.passAt1?.interval ?? null;
	return interval === null ? null : `${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}`;
}

function ageOf(checkpoint: Checkpoint, now: number): string | null {
	const at = madeAt(checkpoint);
	return at === null ? null : ageText(at, now);
}
