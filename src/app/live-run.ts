import { isEphemeral } from "../domain/ephemeral.js";
import type { RunEvent } from "../domain/events.js";
import type { RunConfig } from "../domain/run.js";
import { version } from "../lib/version.js";
import type { Verifier } from "../verify/verifier.js";
import { runBestOfN } from "./run-best-of-n.js";
import type { RunInputs } from "./run-inputs.js";
import type { RunHandle } from "./workbench.js";

export interface LiveRunOptions {
	workspace: string;
	inputs: RunInputs;
	/** For the key of a model's server. */
	env: Readonly<Record<string, string | undefined>>;
	/** Ends the run with the program. */
	signal: AbortSignal;
	prepare(): Promise<{ config: RunConfig; verifier: Verifier }>;
	/** Sources of candidates that have no verdict yet, by `pendingKey`; this run adds and removes its own. */
	pending: Map<string, string | null>;
}

export function pendingKey(runId: string, taskId: string, sampleIndex: number): string {
	return JSON.stringify([runId, taskId, sampleIndex]);
}

/** Starts best-of-N and returns at once. A listener that comes late gets the logged events so far first. */
export function startLiveRun({ workspace, inputs, env, signal, prepare, pending }: LiveRunOptions): RunHandle {
	const cancel = new AbortController();
	const listeners = new Set<(event: RunEvent) => void>();
	const history: RunEvent[] = [];
	const ownPending = new Set<string>();
	const started = Promise.withResolvers<string>();
	let runId = "";

	const onEvent = (event: RunEvent): void => {
		if (runId === "") {
			runId = event.runId;
			started.resolve(runId);
		}
		if (!isEphemeral(event.type)) history.push(event);
		if (event.type === "verdict.recorded") {
			const key = pendingKey(runId, event.taskId, event.sampleIndex);
			pending.delete(key);
			ownPending.delete(key);
		}
		for (const listener of [...listeners]) listener(event);
	};

	const work = async () => {
		const { config, verifier } = await prepare();
		return await runBestOfN({
			workspace,
			inputs,
			env,
			config,
			verifier,
			version,
			onEvent,
			resume: null,
			signal: AbortSignal.any([signal, cancel.signal]),
			onCandidate: ({ taskId, sampleIndex, code }) => {
				const key = pendingKey(runId, taskId, sampleIndex);
				pending.set(key, code);
				ownPending.add(key);
			},
		});
	};
	const finished = work().finally(() => {
		for (const key of ownPending) pending.delete(key);
	});
	// Both promises are for those who want them; a failure that nobody waits for is not an unhandled one.
	finished.catch((error: unknown) => started.reject(error));
	started.promise.catch(() => {});

	return {
		runId: started.promise,
		finished,
		cancel: () => cancel.abort(),
		subscribe(listener) {
			for (const event of history) listener(event);
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}
