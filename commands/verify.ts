import { resolve } from "node:path";
import { REFERENCE, type VerdictLines, verifySamples } from "../src/app/verify-samples.js";
import { DEFAULT_SEED } from "../src/domain/choices.js";
import type { RunPlan, RunResult } from "../src/domain/run.js";
import { type AtomicWriter, openAtomicWriter } from "../src/lib/atomic-writer.js";
import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { VerifyOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { write, writeJson } from "./cli/print.js";
import { configOf, endOf, givenOrPlanned, plannedRun, surroundingsOf, withVerifier } from "./judging.js";
import { createRunOutput } from "./run-output.js";

/** Judges samples that are there already; `samples` is a path, or the word `reference`. */
export async function verify(
	context: CommandContext,
	tasks: string | undefined,
	samples: string | undefined,
	options: VerifyOptions,
): Promise<ExitCode> {
	const planned = await plannedRun(context, "verify", options.resume);
	const plan = "plan" in planned ? planned.plan : null;
	const out = options.out ?? plan?.out ?? null;
	const result = "result" in planned ? planned.result : await judge(context, { tasks, samples }, options, plan, out);
	if (context.json) await writeJson(context.stdout, verifyFinished(result));
	const stream = context.json || isStdout(out) ? context.stderr : context.stdout;
	return await endOf(context, stream, result, options.check === true);
}

async function judge(
	context: CommandContext,
	given: { tasks: string | undefined; samples: string | undefined },
	options: VerifyOptions,
	plan: RunPlan | null,
	out: string | null,
): Promise<RunResult> {
	const tasks = givenOrPlanned("tasks", given.tasks, plan?.config.tasks);
	const samples = givenOrPlanned("samples", given.samples, plan?.config.samples);
	const isReference = samples === REFERENCE;
	const path = isReference ? REFERENCE : resolve(samples);
	// Nothing here is random; a configuration has a seed all the same.
	const seeded = { ...options, seed: DEFAULT_SEED };
	const backend = isReference ? REFERENCE : "samples";
	const own = { backend, samples: path, n: null, generation: null };
	const config = { ...(await configOf(tasks, seeded, own)), samples: path };
	const lines = out === null ? null : openLines(context, out);
	const output = createRunOutput(context);
	try {
		return await withVerifier(context, options, plan, (verifier) =>
			verifySamples({ ...surroundingsOf(context, options, plan, { config, verifier, output }), lines }),
		);
	} finally {
		output.end();
		await lines?.discard();
	}
}

function verifyFinished(result: RunResult) {
	const { runId, outcome, sampleCount, statusCounts, passAtK, timings, sandbox, cachedCount, inGuestCount } = result;
	return {
		type: "verify.finished",
		runId,
		outcome,
		samples: sampleCount,
		statusCounts,
		passAtK,
		wallTimeMs: timings.wallTimeMs,
		samplesPerSecond: timings.samplesPerSecond,
		cachedCount,
		inGuestCount,
		sandbox: sandbox.tier,
	};
}

function isStdout(out: string | null): boolean {
	return out === "-" || out === "/dev/stdout";
}

type OpenLines = VerdictLines & { discard(): Promise<void> };

function openLines(context: CommandContext, out: string): OpenLines {
	const nothing = () => Promise.resolve();
	if (isStdout(out)) {
		if (context.json) {
			throw new AssayError("usage", `--out ${out}: with --json stdout carries the events`, {
				hint: "give --out a file",
			});
		}
		return {
			name: "-",
			streamed: true,
			write: (line) => write(context.stdout, line),
			commit: nothing,
			discard: nothing,
		};
	}
	const path = outFile(out) ?? out;
	let writer: Promise<AtomicWriter> | null = null;
	const opened = (): Promise<AtomicWriter> => {
		writer ??= openAtomicWriter(path);
		return writer;
	};
	return {
		name: path,
		streamed: false,
		write: async (line) => await (await opened()).write(line),
		commit: async () => await (await opened()).commit(),
		discard: async () => await (await writer)?.discard(),
	};
}
