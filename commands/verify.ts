import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { fileInputs } from "../src/app/file-inputs.js";
import { plannedOut } from "../src/app/run-open.js";
import { REFERENCE, type VerdictLines, verifySamples } from "../src/app/verify-samples.js";
import type { RunResult } from "../src/domain/run.js";
import { openAtomicWriter } from "../src/lib/atomic-writer.js";
import { AssayError } from "../src/lib/errors.js";
import { version } from "../src/lib/version.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { VerifyOptions } from "./cli/options.js";
import { write, writeJson } from "./cli/print.js";
import { configOf, exitCodeFor, withVerifier } from "./judging.js";
import { createRunOutput, writeSummary } from "./run-output.js";

/** Judges samples that are there already; `samples` is a path, or the word `reference`. */
export async function verify(
	context: CommandContext,
	tasks: string,
	samples: string,
	options: VerifyOptions,
): Promise<ExitCode> {
	const isReference = samples === REFERENCE;
	const path = isReference ? REFERENCE : resolve(samples);
	const config = await configOf(tasks, options, {
		backend: isReference ? REFERENCE : "samples",
		samples: path,
		n: null,
	});
	const out =
		options.out ?? (options.resume === undefined ? null : await plannedOut(context.workspace, options.resume));
	const lines = out === null ? null : await openLines(context, out);
	const output = createRunOutput(context);
	let result: RunResult;
	try {
		result = await withVerifier(context, options, (verifier) =>
			verifySamples({
				workspace: context.workspace,
				inputs: fileInputs,
				config: { ...config, samples: path, workers: verifier.concurrency },
				verifier,
				signal: context.signal,
				version,
				resume: options.resume ?? null,
				anyTier: options.sandbox !== undefined,
				onEvent: output.onEvent,
				lines,
			}),
		);
	} finally {
		output.end();
		await lines?.discard();
	}
	if (context.json) await writeJson(context.stdout, verifyFinished(result));
	const forPeople = context.json || lines?.name === "-" ? context.stderr : context.stdout;
	if (!context.quiet) await writeSummary(forPeople, result);
	return exitCodeFor(result, options.check === true);
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

type OpenLines = VerdictLines & { discard(): Promise<void> };

async function openLines(context: CommandContext, out: string): Promise<OpenLines> {
	const nothing = () => Promise.resolve();
	if (out === "-" || out === "/dev/stdout") {
		if (context.json) {
			throw new AssayError("usage", `--out ${out}: with --json stdout carries the events`, {
				hint: "give --out a file",
			});
		}
		return { name: "-", write: (line) => write(context.stdout, line), commit: nothing, discard: nothing };
	}
	const path = resolve(out);
	const found = await stat(path).catch(() => null);
	if (found?.isDirectory()) throw new AssayError("usage", `--out ${out}: is a folder`);
	if (found !== null && !found.isFile()) {
		throw new AssayError("usage", `--out ${out}: is no ordinary file`, { hint: "--out - writes to stdout" });
	}
	const writer = await openAtomicWriter(path);
	return { name: path, write: writer.write, commit: writer.commit, discard: writer.discard };
}
