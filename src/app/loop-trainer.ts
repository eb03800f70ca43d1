import type { LoopPlan } from "../domain/loop.js";
import type { RemoteEvent } from "../domain/remote-run.js";
import { AssayError } from "../lib/errors.js";
import { findHosts } from "../remote/hosts-file.js";
import type { Keyring } from "../remote/keyring.js";
import type { Questions } from "../remote/questions.js";
import { findTrainerPython } from "../training/trainer-python.js";
import { hostOpener } from "./open-host.js";
import { planTraining, type TrainCheckpointOptions, trainCheckpoint } from "./train-checkpoint.js";

/** Trains the checkpoint of an iteration, or goes on with it, and gives its folder. */
export type LoopTrainer = (options: Omit<TrainCheckpointOptions, "python" | "onText">) => Promise<string>;

/** Where a loop trains: on this machine, or on a host, over links that ask a person once. */
export async function loopTrainer(options: {
	workspace: string;
	plan: LoopPlan;
	questions: Questions;
	/** What others have opened already. */
	keyring?: Keyring;
	/** What the environment variables that trainings get hold. */
	environment: NodeJS.ProcessEnv;
	onRemoteEvent: (event: RemoteEvent) => void;
	signal: AbortSignal;
}): Promise<LoopTrainer> {
	const { workspace, plan, questions, keyring, environment, onRemoteEvent } = options;
	if (plan.remote === null) {
		const python = await findTrainerPython(options.signal);
		return (of) => trainCheckpoint({ ...of, python });
	}
	const { env, deadlineSeconds, budgetUsd, graceSeconds } = plan.remote;
	const hosts = findHosts(workspace, plan.remote.host);
	const openTo = hostOpener(workspace, questions, keyring);
	const limits = { deadlineSeconds, budgetUsd, graceSeconds, secrets: secretsOf(env, environment) };
	const { trainOnHost } = await import("./train-on-host.js");
	return async ({ onEvent, signal, ...of }) =>
		await trainOnHost({
			...{ workspace, hosts, openTo, signal, ...limits },
			job: planTraining(of),
			// It may be hours since the loop began, and nobody is there.
			isPrompt: false,
			onEvent: onRemoteEvent,
			onMeasured: (events) => {
				for (const event of events) onEvent?.(event);
			},
		});
}

/** Throws `usage` for a name that has no value. */
export function secretsOf(names: readonly string[], environment: NodeJS.ProcessEnv): Record<string, string> {
	return Object.fromEntries(
		names.map((name) => {
			const value = environment[name];
			if (value === undefined || !/^[A-Za-z_]\w*$/.test(name)) {
				throw new AssayError("usage", `--env ${name}: there is no such environment variable`);
			}
			return [name, value];
		}),
	);
}
