import { resolve } from "node:path";
import { fileInputs } from "../src/app/file-inputs.js";
import { openLoop, startLoop } from "../src/app/loop-record.js";
import { type LoopTrainer, loopTrainer, secretsOf } from "../src/app/loop-trainer.js";
import { planLoop } from "../src/app/plan-loop.js";
import { limitOf } from "../src/app/remote-limit.js";
import { runLoop } from "../src/app/run-loop.js";
import { goOnCommand } from "../src/artifacts/run-plan.js";
import { prepareWorkspace } from "../src/artifacts/workspace.js";
import type { LoopEvent, LoopPlan } from "../src/domain/loop.js";
import { countOf } from "../src/lib/count.js";
import { durationText } from "../src/lib/duration.js";
import { AssayError } from "../src/lib/errors.js";
import { version } from "../src/lib/version.js";
import { withWayOn } from "../src/lib/write-failure.js";
import { findHosts } from "../src/remote/hosts-file.js";
import { planFacts } from "../src/store/training-plan.js";
import { givenSettings } from "../src/training/given-settings.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { hostQuestions } from "./cli/host-questions.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { LoopCommandOptions } from "./cli/training-options.js";
import { configOf, givenOrPlanned, withVerifier } from "./judging.js";
import { alarmLines, resultLines } from "./loop-output.js";
import { modelConfigOf, SHIPPED_MODEL } from "./model-config.js";
import { remoteOutput } from "./remote-output.js";
import { createRunOutput } from "./run-output.js";

/** Expert iteration: N makes N+1, each measured on tasks that none has learnt from. */
export async function loop(
	context: CommandContext,
	tasks: string | undefined,
	options: LoopCommandOptions,
): Promise<ExitCode> {
	const { workspace, signal, stdout, stderr, json, quiet } = context;
	const planned = options.resume === undefined ? await plan(context, tasks, options) : null;
	if (planned !== null && options.dryRun === true) return await showPlan(context, planned);
	prepareWorkspace(workspace);
	const output = createRunOutput({ ...context, json: false });
	const trainerOf = async (of: LoopPlan): Promise<LoopTrainer> =>
		await loopTrainer({
			...{ workspace, plan: of, questions: hostQuestions(context), environment: process.env, signal },
			onRemoteEvent(event) {
				output.end();
				remoteOutput(context, 0).onEvent(event);
			},
		});
	// A loop that cannot train is not begun, and takes no name.
	const ready = planned === null ? null : await trainerOf(planned);
	const record = planned === null ? openLoop(workspace, options.resume ?? "latest") : startLoop(workspace, planned);
	const ask = record.plan.config.generation;
	if (ask === null) throw new AssayError("usage", "a loop needs a model to train");
	const judging = { ...options, cache: true, gate: true };
	try {
		const trainer = ready ?? (await trainerOf(record.plan));
		const result = await withVerifier(context, judging, null, (verifier) =>
			runLoop({
				workspace,
				record,
				inputs: fileInputs,
				verifier,
				trainer,
				configFor: (model) => ({ ...ask, model }),
				version,
				signal,
				onEvent: (event) => {
					output.end();
					if (json) stdout.write(`${JSON.stringify(event)}\n`);
					else if (!quiet) for (const line of eventLines(event)) stderr.write(`${printable(line)}\n`);
				},
				onAlarm: (alarm) => {
					output.end();
					if (json) stdout.write(`${JSON.stringify({ type: "alarm.raised", alarm })}\n`);
					else for (const line of alarmLines(alarm)) stderr.write(`${printable(line)}\n`);
				},
				onRunEvent: output.onEvent,
			}),
		);
		if (json) await writeJson(stdout, { type: "loop.result", ...result });
		else for (const line of ["", ...resultLines(result)]) await writeLine(stdout, printable(line));
		return 0;
	} catch (error) {
		const { loopId, remote } = record.plan;
		const goOn = goOnCommand("loop", loopId, workspace);
		if (!signal.aborted) throw withWayOn(error, goOn);
		output.end();
		const alsoThere = remote === null ? "" : `; a training goes on at ${remote.host}`;
		if (!quiet) stderr.write(`what is done is kept${alsoThere}; to go on: ${goOn}\n`);
		throw error;
	} finally {
		output.end();
		record.close();
	}
}

/** Throws `usage` for a host, a budget or a variable that cannot be. */
function remoteOf(workspace: string, options: LoopCommandOptions): LoopPlan["remote"] {
	const { host: name, deadline = null, budget = null, grace, env = [] } = options;
	if (name === undefined) return null;
	const hosts = findHosts(workspace, name);
	const limits = { deadlineSeconds: deadline, budgetUsd: budget };
	limitOf(hosts, limits);
	secretsOf(env, process.env);
	return { host: hosts.map((host) => host.name).join(","), ...limits, graceSeconds: grace, env };
}

async function showPlan({ stdout, json }: CommandContext, planned: LoopPlan): Promise<ExitCode> {
	if (json) await writeJson(stdout, planned);
	else for (const [name, text] of planFacts(planned)) await writeLine(stdout, printable(`${name.padEnd(12)} ${text}`));
	return 0;
}

async function plan(
	context: CommandContext,
	tasks: string | undefined,
	options: LoopCommandOptions,
): Promise<LoopPlan> {
	const path = resolve(givenOrPlanned("tasks", tasks, null));
	const model = resolve(options.model ?? SHIPPED_MODEL);
	const generation = await modelConfigOf(context, "onnx", { ...options, model, logprobs: true }, null);
	const own = { backend: "onnx", samples: null, n: options.n, generation, stopOnAccepted: null, debug: null };
	const config = await configOf(path, { ...options, cache: true, gate: true }, own);
	const order = {
		tasks: path,
		model,
		iterations: options.iterations,
		n: options.n,
		evaluationN: options.evaluationN ?? null,
		split: options.split,
		heldOut: options.heldOut.split(","),
		seed: options.seed,
		perTask: options.perTask === 0 ? null : options.perTask,
		from: options.from,
		replay: options.replay,
		curriculum: options.curriculum,
		patience: options.patience === 0 ? null : options.patience,
		stopOn: options.stopOn,
		settings: await givenSettings(options.config ?? null, options.set),
		remote: remoteOf(context.workspace, options),
		name: options.name ?? null,
		config: { ...config, taskIds: null, workers: 1 },
	};
	return await planLoop(order, context.signal);
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
