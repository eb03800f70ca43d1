import { resolve } from "node:path";
import { fileInputs } from "../src/app/file-inputs.js";
import { type LoopRecord, openLoop, startLoop } from "../src/app/loop-record.js";
import { type LoopResult, runLoop } from "../src/app/run-loop.js";
import { newRunId } from "../src/artifacts/run-id.js";
import { prepareWorkspace } from "../src/artifacts/workspace.js";
import type { LoopEvent, LoopScore } from "../src/domain/loop.js";
import type { RunConfig } from "../src/domain/run.js";
import { countOf } from "../src/lib/count.js";
import { AssayError } from "../src/lib/errors.js";
import { version } from "../src/lib/version.js";
import { openTasks } from "../src/tasks/open-tasks.js";
import { findTrainerPython } from "../src/training/trainer-python.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { LoopCommandOptions } from "./cli/options.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { durationText } from "./cli/progress.js";
import { configOf, givenOrPlanned, withVerifier } from "./judging.js";
import { modelConfigOf, SHIPPED_MODEL } from "./model-config.js";
import { createRunOutput } from "./run-output.js";

/** Expert iteration: N makes N+1, each measured on tasks that none has learnt from. */
export async function loop(
	context: CommandContext,
	tasks: string | undefined,
	options: LoopCommandOptions,
): Promise<ExitCode> {
	const { workspace, signal, stdout, stderr, json, quiet } = context;
	prepareWorkspace(workspace);
	const python = await findTrainerPython();
	const record =
		options.resume === undefined ? await plan(context, tasks, options) : openLoop(workspace, options.resume);
	const output = createRunOutput({ ...context, json: false });
	const ask = record.plan.config.generation;
	if (ask === null) throw new AssayError("usage", "a loop needs a model to train");
	const judging = { ...options, cache: true, gate: true };
	try {
		const result = await withVerifier(context, judging, null, (verifier) =>
			runLoop({
				workspace,
				record,
				inputs: fileInputs,
				verifier,
				python,
				configFor: (model) => ({ ...ask, model }),
				version,
				signal,
				onEvent: (event) => {
					output.end();
					if (json) stdout.write(`${JSON.stringify(event)}\n`);
					else if (!quiet) for (const line of eventLines(event)) stderr.write(`${printable(line)}\n`);
				},
				onRunEvent: output.onEvent,
			}),
		);
		if (json) await writeJson(stdout, { type: "loop.result", ...result });
		else for (const line of resultLines(result)) await writeLine(stdout, printable(line));
		return 0;
	} catch (error) {
		if (signal.aborted && !quiet) stderr.write(`what is done is kept: assay loop --resume ${record.plan.loopId}\n`);
		throw error;
	} finally {
		output.end();
		record.close();
	}
}

/** Settings that the command line may change. */
const TRAINING = { learningRate: 3e-4, epochs: 8 };

async function plan(
	context: CommandContext,
	tasks: string | undefined,
	options: LoopCommandOptions,
): Promise<LoopRecord> {
	const path = resolve(givenOrPlanned("tasks", tasks, null));
	const model = resolve(options.model ?? SHIPPED_MODEL);
	const generation = await modelConfigOf(context, "onnx", { ...options, model, logprobs: true }, null);
	const own = { backend: "onnx", samples: null, n: options.n, generation, stopOnAccepted: null, debug: null };
	const config: RunConfig = {
		...(await configOf(path, { ...options, cache: true, gate: true }, own)),
		taskIds: null,
		workers: 1,
	};
	const [trainIds, heldOutIds]: [string[], string[]] = [[], []];
	for await (const task of openTasks(path, { signal: context.signal })) {
		if (task.kind !== "function") continue;
		if (task.split === options.split) trainIds.push(task.id);
		else if (task.split !== null && options.heldOut.split(",").includes(task.split)) heldOutIds.push(task.id);
	}
	for (const [ids, split] of [
		[trainIds, options.split],
		[heldOutIds, options.heldOut],
	] as const) {
		if (ids.length === 0) {
			throw new AssayError("usage", `${path}: no function task is in split ${split}`, {
				hint: "assay tasks split divides a task set; --split and --held-out name the parts",
			});
		}
	}
	return startLoop(context.workspace, {
		schema: "assay.loop.v1",
		loopId: options.name ?? newRunId("loop", new Date(), Math.random),
		createdAt: new Date().toISOString(),
		tasks: path,
		model,
		iterations: options.iterations,
		n: options.n,
		evaluationN: options.evaluationN ?? options.n,
		trainIds,
		heldOutIds,
		seed: options.seed,
		method: "sft",
		perTask: options.perTask === 0 ? null : options.perTask,
		from: options.from,
		replay: options.replay,
		settings: { ...TRAINING, ...options.set },
		threads: 1,
		config,
		patience: options.patience === 0 ? null : options.patience,
		version,
	});
}

function* eventLines(event: LoopEvent): Generator<string> {
	switch (event.type) {
		case "loop.planned":
			yield `loop ${event.loopId}: ${countOf(event.iterations, "iteration")}`;
			return;
		case "stage.finished":
			yield `${event.iteration}  ${event.stage.padEnd(9)} ${durationText(event.wallTimeMs).padStart(10)}  ${event.note}`;
			return;
		case "loop.finished":
			yield `ended: ${event.reason}`;
			return;
		default:
			return;
	}
}

function* resultLines({ loopId, scores, changes, best }: LoopResult): Generator<string> {
	yield "";
	yield "iteration  pass@1   95 % interval     distinct  against the one before";
	for (const score of scores) {
		const change = changes.find(({ iteration, against }) => iteration === score.iteration && against === iteration - 1);
		yield `${String(score.iteration).padStart(9)}  ${score.passAt1.value.toFixed(3).padStart(6)}   ${intervalText(score)}   ${score.distinctShare === null ? "       -" : `${(score.distinctShare * 100).toFixed(1).padStart(6)} %`}  ${change === undefined ? "" : changeText(change)}`;
	}
	const total = changes.findLast(({ against }) => against === 0);
	if (total !== undefined) yield `from 0 to ${total.iteration}: ${changeText(total)}`;
	yield `best on the held-out tasks: iteration ${best}${best === 0 ? "" : ` (artifacts/checkpoints/${loopId}-${best})`}`;
}

function intervalText({ passAt1: { low, high } }: LoopScore): string {
	return low === null || high === null ? "      -        " : `${low.toFixed(3)} … ${high.toFixed(3)}`;
}

function changeText(change: LoopResult["changes"][number]): string {
	const { difference, low, high, p, conclusion, up, down } = change;
	const size = difference === null ? "-" : `${difference < 0 ? "−" : "+"}${Math.abs(difference).toFixed(3)}`;
	const interval = low === null || high === null ? "" : ` [${low.toFixed(3)}, ${high.toFixed(3)}]`;
	const test = p === null ? "" : ` p = ${p < 0.0001 ? p.toExponential(1) : p.toFixed(4)}`;
	return `${size}${interval}${test} ${conclusion.replace("_", " ")}, ${up} tasks up, ${down} down`;
}
