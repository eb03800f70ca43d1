import { strategiesFor } from "../src/agents/strategies.js";
import { traceReport } from "../src/app/trace-sources.js";
import { STRATEGIES } from "../src/domain/choices.js";
import type { GenerationConfig } from "../src/domain/generation.js";
import type { RunConfig, RunPlan } from "../src/domain/run.js";
import type { Strategy } from "../src/domain/trace.js";
import { writeFileAtomic } from "../src/lib/atomic-file.js";
import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { DebugOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { configOf, endOf, generateAndJudge, givenOrPlanned, plannedRun } from "./judging.js";
import { modelConfigOf } from "./model-config.js";
import { reportLines } from "./trace-text.js";

/** Self-debug loops over tasks: a run whose candidates are what the loops hand in. */
export async function debug(
	context: CommandContext,
	tasks: string | undefined,
	options: DebugOptions,
): Promise<ExitCode> {
	const out = outFile(options.out);
	const planned = await plannedRun(context, "debug", options.resume);
	const result =
		"result" in planned
			? planned.result
			: await generateAndJudge(
					context,
					options,
					planned.plan,
					await debugConfig(context, tasks, options, planned.plan),
				);
	if (out !== null) writeFileAtomic(out, `${JSON.stringify(result, null, "\t")}\n`);
	const report = await traceReport(context.workspace, result.runId, context.signal);
	const stream = context.json ? context.stderr : context.stdout;
	if (context.json) await writeJson(context.stdout, { type: "debug.finished", runId: result.runId, report });
	const code = await endOf(context, stream, result, options.check === true);
	if (!context.quiet) for (const line of reportLines(report)) await writeLine(stream, printable(line));
	return code;
}

async function debugConfig(
	context: CommandContext,
	tasks: string | undefined,
	options: DebugOptions,
	plan: RunPlan | null,
): Promise<Omit<RunConfig, "workers">> {
	const { backend, n, maxRevisions, branch, budgetTokens, budgetSeconds } = options;
	const generation = await modelConfigOf(context, backend, options, plan);
	const budget = {
		maxTokens: budgetTokens ?? null,
		maxWallMs: budgetSeconds === undefined ? null : budgetSeconds * 1000,
	};
	const strategy = strategyFor(options.strategy, generation);
	const own = {
		backend,
		samples: null,
		n,
		generation,
		debug: { strategy, maxRevisions, branch, ...budget },
	};
	return await configOf(givenOrPlanned("tasks", tasks, plan?.config.tasks), options, own);
}

function strategyFor(wanted: Strategy | undefined, generation: GenerationConfig | null): Strategy {
	const possible = generation === null ? STRATEGIES : strategiesFor(generation);
	if (wanted === undefined) return possible.includes("feedback") ? "feedback" : "retry";
	if (possible.includes(wanted)) return wanted;
	throw new AssayError("usage", `strategy ${wanted} needs a model with a chat template: this one only continues text`, {
		hint: "--strategy retry asks it again",
	});
}
