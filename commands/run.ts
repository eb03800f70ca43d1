import { resolve } from "node:path";
import type { RunConfig, RunPlan, RunResult } from "../src/domain/run.js";
import { writeFileAtomic } from "../src/lib/atomic-file.js";
import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { RunOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { configOf, endOf, generateAndJudge, givenOrPlanned, plannedRun } from "./judging.js";
import { modelConfigOf } from "./model-config.js";
import { previewRequests } from "./run-preview.js";

/** Generates candidates, judges them, records the run. */
export async function run(context: CommandContext, tasks: string | undefined, options: RunOptions): Promise<ExitCode> {
	if (options.samples !== undefined && options.backend !== "static") {
		throw new AssayError("usage", `--samples is for the static backend, not for ${options.backend}`);
	}
	const out = outFile(options.out);
	if (options.dryRun === true) return await previewRequests(context, await newConfig(context, tasks, options, null));
	const planned = await plannedRun(context, "run", options.resume);
	const result = "result" in planned ? planned.result : await judge(context, tasks, options, planned.plan);
	if (out !== null) writeFileAtomic(out, `${JSON.stringify(result, null, "\t")}\n`);
	return await endOf(context, context.json ? context.stderr : context.stdout, result, options.check === true);
}

async function judge(
	context: CommandContext,
	tasks: string | undefined,
	options: RunOptions,
	plan: RunPlan | null,
): Promise<RunResult> {
	return await generateAndJudge(context, options, plan, await newConfig(context, tasks, options, plan));
}

async function newConfig(
	context: CommandContext,
	tasks: string | undefined,
	options: RunOptions,
	plan: RunPlan | null,
): Promise<Omit<RunConfig, "workers">> {
	const { backend, n, stopOn = null } = options;
	const samples = options.samples === undefined ? null : resolve(options.samples);
	const generation = await modelConfigOf(context, backend, options, plan);
	const own = { backend, samples, n, generation, stopOnAccepted: stopOn, debug: null };
	return await configOf(givenOrPlanned("tasks", tasks, plan?.config.tasks), options, own);
}
