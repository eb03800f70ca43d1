import { resolve } from "node:path";
import { fileInputs } from "../src/app/file-inputs.js";
import { evaluateOnRun, evaluateOnTransitions } from "../src/app/world-eval.js";
import type { WorldEval } from "../src/domain/choices.js";
import { detectFormat } from "../src/tasks/open-tasks.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { createProgress, type Progress } from "./cli/progress.js";
import type { WorldEvalOptions } from "./cli/world-options.js";
import { evaluationLines } from "./world-eval-report.js";
import { openWorld } from "./world-model.js";

/** One of the evaluations of a world model. */
export async function evaluateWorld(
	context: CommandContext,
	what: WorldEval,
	source: string,
	options: WorldEvalOptions,
): Promise<ExitCode> {
	const model = await openWorld(context, options.model);
	let progress: Progress | null = null;
	const common = {
		model,
		allowSeen: options.allowSeen === true,
		seed: options.seed,
		signal: context.signal,
		onProgress: (done: number, total: number): void => {
			const unit = what === "rerank" || what === "calibration" ? "tasks" : "transitions";
			progress ??= createProgress(context, { label: what, unit, total });
			progress.update(done);
		},
	};
	try {
		const evaluation =
			what === "rerank" || what === "calibration"
				? await evaluateOnRun(what, {
						...common,
						workspace: context.workspace,
						run: source,
						tasks:
							options.tasks === undefined
								? null
								: { path: resolve(options.tasks), format: await detectFormat(options.tasks) },
						inputs: fileInputs,
						verifier: null,
						modelTests: null,
						folds: 5,
						k: options.k,
					})
				: await evaluateOnTransitions(what, {
						...common,
						folder: source,
						split: options.split,
						limit: options.limit,
						maxCandidates: options.maxCandidates,
						maxHardNegatives: options.hardNegatives,
					});
		(progress as Progress | null)?.end();
		progress = null;
		if (context.json) await writeJson(context.stdout, evaluation);
		else for (const line of evaluationLines(evaluation)) await writeLine(context.stdout, printable(line));
		const isFit = evaluation.seen.length === 0 && evaluation.report.gates.every(({ passed }) => passed);
		return options.check === true && !isFit ? 1 : 0;
	} finally {
		(progress as Progress | null)?.end();
		await model.close();
	}
}
