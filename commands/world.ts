import { resolve } from "node:path";
import { buildWorld } from "../src/app/build-world.js";
import { fileInputs } from "../src/app/file-inputs.js";
import type { TransitionManifest } from "../src/domain/transition.js";
import { countOf } from "../src/lib/count.js";
import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { createProgress, type Progress } from "./cli/progress.js";
import type { WorldBuildOptions } from "./cli/world-options.js";
import { withVerifier } from "./judging.js";

/** Transitions for training a world model. */
export async function buildTransitions(context: CommandContext, options: WorldBuildOptions): Promise<ExitCode> {
	const { tasks = [], runs = [], samples = [], traces = [], git = [], exclude = [] } = options;
	if (tasks.length + runs.length + traces.length + git.length === 0) {
		throw new AssayError("usage", "nothing to build from", {
			hint: "--tasks, --runs, --traces and --git say what from; see assay world build --help",
		});
	}
	const folder = resolve(options.out);
	let shown: { stage: string; line: Progress } | null = null;
	const onProgress = (stage: string, done: number, total: number | null): void => {
		if (shown?.stage !== stage) {
			shown?.line.end();
			shown = { stage, line: createProgress(context, { label: stage, unit: "transitions", total }) };
		}
		shown.line.update(done);
	};
	const judge = { ...options, cache: false, gate: true };
	const manifest = await withVerifier(context, judge, null, (verifier) =>
		buildWorld({
			workspace: context.workspace,
			tasks: tasks.map((path) => resolve(path)),
			runs,
			samples: samples.map((path) => resolve(path)),
			traces,
			git: git.map((path) => resolve(path)),
			license: options.license ?? null,
			exclude,
			excludeIds: options.excludeIds ?? null,
			mutants: options.mutants,
			fractions: options.splits,
			anyLicense: options.anyLicense === true,
			seed: options.seed,
			folder,
			replace: options.force === true,
			command: "assay world build",
			inputs: fileInputs,
			verifier,
			signal: context.signal,
			onProgress,
		}),
	).finally(() => (shown as { line: Progress } | null)?.line.end());
	if (context.json) await writeJson(context.stdout, { folder, ...manifest });
	else for (const line of summary(folder, manifest)) await writeLine(context.stdout, printable(line));
	return 0;
}

function* summary(folder: string, { transitions, groups, counts }: TransitionManifest): Generator<string> {
	yield `${countOf(transitions, "transition")} of ${countOf(groups.length, "task")} in ${folder}`;
	const words = (of: Record<string, number>): string =>
		Object.entries(of)
			.map(([name, count]) => `${name} ${count}`)
			.join(", ");
	yield `by source: ${words(counts.bySource)}`;
	yield `by split: ${words(counts.bySplit)}`;
	yield `by label: ${words(counts.byLabel)}`;
	if (Object.keys(counts.dropped).length > 0) yield `left out: ${words(counts.dropped)}`;
}
