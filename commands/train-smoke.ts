import { smokeTraining } from "../src/app/smoke-training.js";
import type { TrainingMethod } from "../src/domain/choices.js";
import { durationText } from "../src/lib/duration.js";
import { findTrainerPython } from "../src/training/trainer-python.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { JudgeOptions } from "./cli/options.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { configOf, withVerifier } from "./judging.js";
import { modelConfigOf, SHIPPED_MODEL } from "./model-config.js";
import { shipped } from "./shipped.js";

/** Goes the whole way of training in seconds, and says of each stage how it went. */
export async function smoke(context: CommandContext, methods: readonly TrainingMethod[]): Promise<ExitCode> {
	const { signal, stdout, json } = context;
	const python = await findTrainerPython(signal);
	const judging: JudgeOptions = { cache: false, gate: true };
	const started = performance.now();
	const ok = await withVerifier(context, judging, null, (verifier) =>
		smokeTraining({
			methods,
			model: SHIPPED_MODEL,
			tasks: shipped("tasks/tiny"),
			python,
			verifier,
			configOf: async (tasks, model) => {
				const generation = await modelConfigOf(context, "onnx", { model, logprobs: true }, null);
				const own = { backend: "onnx", samples: null, n: 1, generation };
				const config = await configOf(tasks, { ...judging, seed: 1 }, own);
				return { ...config, workers: verifier.concurrency };
			},
			signal,
			onStage: (report) => {
				const { method, stage, note, wallTimeMs } = report;
				const line = `${report.ok ? "ok    " : "failed"} ${method.padEnd(4)} ${stage.padEnd(10)} ${durationText(wallTimeMs).padStart(7)}  ${note}`;
				stdout.write(json ? `${JSON.stringify({ type: "smoke.stage", ...report })}\n` : `${printable(line)}\n`);
			},
		}),
	);
	const wallTimeMs = Math.round(performance.now() - started);
	if (json) await writeJson(stdout, { type: "smoke.result", ok, wallTimeMs });
	else
		await writeLine(stdout, `${ok ? "all stages did what they must" : "a stage failed"}, ${durationText(wallTimeMs)}`);
	return ok ? 0 : 1;
}
