import { resolve } from "node:path";
import { verdictCacheFolder } from "../src/artifacts/layout.js";
import type { RunConfig, RunResult } from "../src/domain/run.js";
import { AssayError } from "../src/lib/errors.js";
import { detectFormat } from "../src/tasks/open-tasks.js";
import type { Verifier } from "../src/verify/verifier.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { JudgeOptions, TaskSelection } from "./cli/options.js";

type Selected = TaskSelection & JudgeOptions & { seed: number };

/** Opens the judge for the length of one command. */
export async function withVerifier<T>(
	context: CommandContext,
	{ workers, sandbox, cache }: JudgeOptions,
	work: (verifier: Verifier) => Promise<T>,
): Promise<T> {
	const { openVerifier } = await import("../src/verify/open-verifier.js");
	const verifier = await openVerifier({
		workers: workers ?? null,
		tier: sandbox ?? null,
		cacheDir: cache ? verdictCacheFolder(context.workspace) : null,
		signal: context.signal,
	});
	try {
		return await work(verifier);
	} finally {
		await verifier.close();
	}
}

/** The part of a run's configuration that `run` and `verify` share. */
export async function configOf(
	tasks: string,
	options: Selected,
	own: Pick<RunConfig, "backend" | "samples" | "n">,
): Promise<Omit<RunConfig, "workers">> {
	const { format, filter, limit, task, sandbox, timeoutMs, memoryMb } = options;
	return {
		tasks: resolve(tasks),
		taskFormat: format ?? (await detectFormat(tasks)),
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

/** Throws for judge errors: their candidates have no score, whatever the other ones have. */
export function exitCodeFor(result: RunResult, check: boolean): ExitCode {
	const judgeErrors = result.statusCounts.judge_error ?? 0;
	if (judgeErrors > 0) {
		throw new AssayError("judge", `${judgeErrors} of ${result.sampleCount} candidates could not be judged`, {
			hint: "they are in no score; their verdicts say why, and assay doctor shows what is wrong with the judge",
		});
	}
	if (!check) return 0;
	const solved = result.tasks.filter(({ accepted }) => accepted > 0).length;
	return solved === result.taskCount ? 0 : 1;
}
