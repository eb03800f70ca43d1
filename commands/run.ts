import { resolve } from "node:path";
import { fileInputs } from "../src/app/file-inputs.js";
import { remainingTasks } from "../src/app/remaining-tasks.js";
import { selectByOf } from "../src/app/start-config.js";
import type { RunConfig, RunPlan } from "../src/domain/run.js";
import { writeFileAtomic } from "../src/lib/atomic-file.js";
import { countOf } from "../src/lib/count.js";
import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { RunOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { printable, writeLine } from "./cli/print.js";
import { configOf, endOf, generateAndJudge, givenOrPlanned, plannedRun } from "./judging.js";
import { modelConfigOf } from "./model-config.js";
import { previewRequests } from "./run-preview.js";
import { SHIPPED_TREES, SHIPPED_WORLD_MODEL } from "./shipped.js";

type NewConfig = Omit<RunConfig, "workers">;

/** Generates candidates, judges them, records the run. */
export async function run(context: CommandContext, tasks: string | undefined, options: RunOptions): Promise<ExitCode> {
	if (typeof options.samples === "string" && options.backend !== "static") {
		throw new AssayError("usage", `--samples FILE is for the static backend, not for ${options.backend}`);
	}
	const out = outFile(options.out);
	if (options.dryRun === true) return await previewRequests(context, await newConfig(context, tasks, options, null));
	const planned = await plannedRun(context, "run", options.resume);
	let result = "result" in planned ? planned.result : null;
	if (!("result" in planned)) {
		const config = await remainingConfig(context, await newConfig(context, tasks, options, planned.plan), options);
		if (config === null) return 0;
		result = await generateAndJudge(context, options, planned.plan, config);
	}
	if (result === null) return 0;
	if (out !== null) writeFileAtomic(out, `${JSON.stringify(result, null, "\t")}\n`);
	return await endOf(context, context.json ? context.stderr : context.stdout, result, options.check === true);
}

/** With `--skip-existing`, of the tasks that the experiment still lacks; null: it lacks none. */
async function remainingConfig(
	context: CommandContext,
	config: NewConfig,
	{ skipExisting, resume }: RunOptions,
): Promise<NewConfig | null> {
	if (skipExisting !== true || resume !== undefined) return config;
	const { experiment } = config;
	if (experiment === null) {
		throw new AssayError("usage", "--skip-existing looks at the runs of an experiment", {
			hint: "add --experiment NAME",
		});
	}
	const { workspace, signal } = context;
	const { taskIds, doneCount, runIds, otherRunIds } = await remainingTasks(
		workspace,
		{ ...config, workers: 1, experiment },
		fileInputs,
		signal,
	);
	const lines: string[] = [];
	if (doneCount > 0) {
		const rest = taskIds.length === 0 ? ": nothing is left to do" : `, ${countOf(taskIds.length, "task")} to do`;
		lines.push(
			`${countOf(doneCount, "task")} left out: experiment ${experiment} has them in ${namesOf(runIds)}${rest}`,
		);
	}
	if (otherRunIds.length > 0)
		lines.push(`not counted, made by another model, template or sampling: ${namesOf(otherRunIds)}`);
	if (!context.quiet) for (const line of lines) await writeLine(context.stderr, printable(line));
	return taskIds.length === 0 ? null : doneCount === 0 ? config : { ...config, taskIds };
}

async function newConfig(
	context: CommandContext,
	tasks: string | undefined,
	options: RunOptions,
	plan: RunPlan | null,
): Promise<NewConfig> {
	const { backend, stopOn = null, dedupe = null, select = null } = options;
	const samples = typeof options.samples === "string" ? resolve(options.samples) : null;
	const n = typeof options.samples === "number" ? options.samples : options.n;
	const widen = options.resume === undefined ? widenOf(options, n) : (plan?.config.widen ?? null);
	const generation = await modelConfigOf(context, backend, options, plan);
	const { worldModel = SHIPPED_WORLD_MODEL, fitted = SHIPPED_TREES, allowSeen = false } = options;
	const selectBy = selectByOf(select, { worldModel, fittedRankers: fitted }, allowSeen);
	const own = { backend, samples, n, generation, stopOnAccepted: stopOn, dedupe, select, selectBy, widen };
	return await configOf(givenOrPlanned("tasks", tasks, plan?.config.tasks), options, own);
}

function namesOf(runIds: readonly string[]): string {
	const [first = "", ...more] = runIds;
	return more.length === 0 ? first : `${first} and ${countOf(more.length, "more run")}`;
}

function widenOf({ nMax, widen, stopOn }: RunOptions, n: number): RunConfig["widen"] {
	if (nMax === undefined) return null;
	if (nMax <= n)
		throw new AssayError("usage", `--n-max ${nMax} is no more than the ${n} of every task`, { hint: "raise it" });
	if (stopOn !== undefined) {
		throw new AssayError(
			"usage",
			"--stop-on and --n-max exclude each other: a task that stops has no first n to go by",
		);
	}
	return { nMax, groups: widen };
}
