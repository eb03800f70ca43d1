import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { checkRun } from "../src/app/check-run.js";
import { fileInputs } from "../src/app/file-inputs.js";
import { runBestOfN } from "../src/app/run-best-of-n.js";
import { recordedRun } from "../src/app/run-open.js";
import { verdictCacheFolder } from "../src/artifacts/layout.js";
import { prepareWorkspace } from "../src/artifacts/workspace.js";
import { PLAIN_RUN, type RunConfig, type RunPlan, type RunResult } from "../src/domain/run.js";
import { AssayError } from "../src/lib/errors.js";
import { version } from "../src/lib/version.js";
import { detectFormat } from "../src/tasks/open-tasks.js";
import type { Verifier } from "../src/verify/verifier.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { ExperimentOption, JudgeOptions, TaskSelection } from "./cli/options.js";
import { writeLine } from "./cli/print.js";
import { checkLine, createRunOutput, type RunOutput, writeSummary } from "./run-output.js";

type Selected = TaskSelection & JudgeOptions & ExperimentOption & { seed: number };

/**
 * Opens the judge for the length of one command. A resumed run gets the judge that it was planned with, as far as the
 * command line does not name another.
 */
export async function withVerifier<T>(
	context: CommandContext,
	{ workers, sandbox, cache }: JudgeOptions,
	planned: RunPlan | null,
	work: (verifier: Verifier) => Promise<T>,
): Promise<T> {
	prepareWorkspace(context.workspace);
	const { openVerifier } = await import("../src/verify/open-verifier.js");
	const verifier = await openVerifier({
		workers: workers ?? null,
		tier: sandbox ?? planned?.config.sandbox ?? null,
		cacheDir: cache && planned?.config.cache !== false ? verdictCacheFolder(context.workspace) : null,
		signal: context.signal,
	});
	try {
		return await work(verifier);
	} finally {
		await verifier.close();
	}
}

/** Makes and judges candidates under this configuration, and says how it goes. */
export async function generateAndJudge(
	context: CommandContext,
	options: JudgeOptions,
	plan: RunPlan | null,
	config: Omit<RunConfig, "workers">,
): Promise<RunResult> {
	const output = createRunOutput(context);
	return await withVerifier(context, options, plan, (verifier) =>
		runBestOfN({ ...surroundingsOf(context, options, plan, { config, verifier, output }), env: process.env }),
	).finally(output.end);
}

/** What a run is judged with, wherever its candidates come from. */
export function surroundingsOf<C extends Omit<RunConfig, "workers">>(
	{ workspace, signal }: CommandContext,
	{ sandbox }: JudgeOptions,
	plan: RunPlan | null,
	{ config, verifier, output }: { config: C; verifier: Verifier; output: RunOutput },
) {
	return {
		workspace,
		inputs: fileInputs,
		config: { ...config, workers: verifier.concurrency },
		verifier,
		signal,
		version,
		resume: plan?.runId ?? null,
		anyTier: sandbox !== undefined,
		onEvent: output.onEvent,
	};
}

/** The plan of the run that is to be finished; null: a new run. Says so and gives the result where nothing is left to do. */
export async function plannedRun(
	context: CommandContext,
	command: RunPlan["command"],
	resume: string | undefined,
): Promise<{ plan: RunPlan | null } | { result: RunResult }> {
	if (resume === undefined) return { plan: null };
	const recorded = await recordedRun(context.workspace, resume);
	const recordedBy = recorded.kind === "complete" ? recorded.result.command : recorded.plan.command;
	if (recordedBy !== command) {
		throw new AssayError("usage", `run ${resume} was started by \`assay ${recordedBy}\`, not by \`assay ${command}\``);
	}
	if (recorded.kind === "unfinished") return { plan: recorded.plan };
	if (!context.quiet) await writeLine(context.stderr, `${recorded.result.runId} is complete: nothing is left to do`);
	return { result: recorded.result };
}

/** A run that is resumed knows where its tasks and samples were; one that is new must be told. */
export function givenOrPlanned(name: string, given: string | undefined, planned: string | null | undefined): string {
	const path = given ?? planned ?? null;
	if (path === null) {
		throw new AssayError("usage", `missing argument: ${name}`, { hint: "only with --resume can it be left out" });
	}
	return path;
}

/** The part of a run's configuration that `run` and `verify` share. */
export async function configOf(
	tasks: string,
	options: Selected,
	own: Pick<RunConfig, "backend" | "samples" | "n" | "generation"> & Partial<Pick<RunConfig, keyof typeof PLAIN_RUN>>,
): Promise<Omit<RunConfig, "workers">> {
	const { format, filter, limit, task, sandbox, timeout, timeoutMs = timeout, memoryMb, experiment } = options;
	return {
		tasks: resolve(tasks),
		taskFormat: format ?? (await detectFormat(tasks)),
		...PLAIN_RUN,
		experiment: experiment ?? null,
		...own,
		seed: options.seed,
		filter: filter ?? null,
		taskIds: task ?? null,
		limit: limit ?? null,
		sandbox: sandbox ?? null,
		cache: options.cache,
		gate: options.gate,
		limits: { cpuTimeMs: timeoutMs ?? null, memoryBytes: memoryMb === undefined ? null : memoryMb * 2 ** 20 },
	};
}

/**
 * Prints the table and gives the exit code. Throws for judge errors: their candidates have no score, whatever the others
 * have.
 */
export async function endOf(
	context: CommandContext,
	stream: Writable,
	result: RunResult,
	check: boolean,
): Promise<ExitCode> {
	const checked = checkRun(result);
	if (!context.quiet) {
		await writeSummary(stream, result);
		if (check) await writeLine(stream, checkLine(checked));
	}
	if (result.outcome === "failed") throw new AssayError("host", result.message ?? "the run did not come to its end");
	if (result.outcome === "cancelled") throw new AssayError("interrupted", result.message ?? "what is done is kept");
	const judgeErrors = result.statusCounts.judge_error ?? 0;
	if (judgeErrors > 0) {
		throw new AssayError("judge", `${judgeErrors} of ${result.sampleCount} candidates could not be judged`, {
			hint: "they are in no score; their verdicts say why, and assay doctor shows what is wrong with the judge",
		});
	}
	return check && !checked.met ? 1 : 0;
}
