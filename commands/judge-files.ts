import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileInputs } from "../src/app/file-inputs.js";
import { judgeSamples, runOfSamples } from "../src/app/judge-samples.js";
import type { NamedRun } from "../src/app/result-source.js";
import { DEFAULT_SEED } from "../src/domain/choices.js";
import type { RunConfig } from "../src/domain/run.js";
import { version } from "../src/lib/version.js";
import { isPlainSamples } from "../src/tasks/samples.js";
import type { CommandContext } from "./cli/context.js";
import { writeLine } from "./cli/print.js";
import { configOf, withVerifier } from "./judging.js";
import { createRunOutput } from "./run-output.js";

/** Puts runs in the place of plain samples: those that have judged them already, or new ones. Other sources stay. */
export async function judgeFiles(
	context: CommandContext,
	sources: readonly string[],
	tasks: string,
): Promise<(string | NamedRun)[]> {
	const { workspace, signal } = context;
	const judge = { cache: true, gate: true };
	const own = { backend: "samples", n: null, generation: null, stopOnAccepted: null, debug: null };
	const named = new Map<string, NamedRun>();
	const left: { source: string; config: RunConfig & { samples: string } }[] = [];
	for (const source of new Set(sources)) {
		if (!existsSync(source) || !(await isPlainSamples(source))) continue;
		const samples = resolve(source);
		const config = await configOf(tasks, { ...judge, seed: DEFAULT_SEED }, { ...own, samples });
		const asked = { ...config, samples, workers: 1 };
		const run = await runOfSamples({ workspace, inputs: fileInputs, config: asked, signal });
		if (run === null) left.push({ source, config: asked });
		else named.set(source, { run, name: nameOf(source) });
	}
	if (left.length > 0) {
		await withVerifier(context, judge, null, async (verifier) => {
			for (const [i, { source, config }] of left.entries()) {
				if (!context.quiet) await writeLine(context.stderr, `judging ${nameOf(source)} (${i + 1} of ${left.length})`);
				const output = createRunOutput({ ...context, json: false, quiet: true });
				const run = await judgeSamples({
					workspace,
					inputs: fileInputs,
					config: { ...config, workers: verifier.concurrency },
					verifier,
					signal,
					version,
					onEvent: output.onEvent,
				}).finally(output.end);
				named.set(source, { run, name: nameOf(source) });
			}
		});
	}
	return sources.map((source) => named.get(source) ?? source);
}

function nameOf(source: string): string {
	return basename(source).replace(/\.jsonl(\.gz)?$/, "");
}
