import { artifactsRoot, runFiles } from "../artifacts/layout.js";
import { isEphemeral } from "../domain/ephemeral.js";
import type { RunEvent } from "../domain/events.js";
import type { RunConfig } from "../domain/run.js";
import { version } from "../lib/version.js";
import type { Verifier } from "../verify/verifier.js";
import { readEvents } from "./read-events.js";
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
	prepare(): Promise<LiveRunStart>;
	/** Sources of candidates that have no verdict yet, by `pendingKey`; this run adds and removes its own. */
	pending: Map<string, string | null>;
}

export interface LiveRunStart {
	config: RunConfig;
	verifier: Verifier;
	/** Id of a run to go on with; null: a new one. */
	resume: string | null;
}

export function pendingKey(runId: string, taskId: string, sampleIndex: number): string {
	return JSON.stringify([runId, taskId, sampleIndex]);
}

/**
 * Starts best-of-N, or goes on with it, and returns at once. A listener that comes late gets the logged events so far
 * first, those of earlier starts of the run too.
 */
export function startLiveRun({ workspace, inputs, env, signal, prepare, pending }: LiveRunOptions): RunHandle {
	const cancel = new AbortController();
	const listeners = new Set<(event: RunEvent) => void>();
	const history: RunEvent[] = [];
	const ownPending = new Set<string>();
	const started = Promise.withResolvers<string>();
	let runId = "";

	/** Events that wait until those of earlier starts have been read. */
	let held: RunEvent[] | null = null;
	let earlier: Promise<void> = Promise.resolve();

	const readEarlier = async (first: RunEvent): Promise<void> => {
		for await (const event of readEvents(runFiles(artifactsRoot(workspace), first.runId).log, signal)) {
			if (event.seq >= first.seq) break;
			take(event);
		}
	};
	const onEvent = (event: RunEvent): void => {
		if (runId === "") {
			runId = event.runId;
			started.resolve(runId);
			if (event.seq > 0) {
				held = [];
				earlier = readEarlier(event).finally(() => {
					for (const late of held ?? []) take(late);
					held = null;
				});
				earlier.catch(() => {});
			}
		}
		if (held) held.push(event);
		else take(event);
	};
	const take = (event: RunEvent): void => {
		if (!isEphemeral(event.type)) history.push(event);
		if (event.type === "verdict.recorded") {
			const key = pendingKey(runId, event.taskId, event.sampleIndex);
			pending.delete(key);
			ownPending.delete(key);
		}
		for (const listener of [...listeners]) listener(event);
	};

	const work = async () => {
		const { config, verifier, resume } = await prepare();
		const result = await runBestOfN({
			workspace,
			inputs,
			env,
			config,
			verifier,
			version,
			onEvent,
			resume,
			signal: AbortSignal.any([signal, cancel.signal]),
			onCandidate: ({ taskId, sampleIndex, code }) => {
				const key = pendingKey(runId, taskId, sampleIndex);
				pending.set(key, code);
				ownPending.add(key);
			},
		});
		await earlier;
		return result;
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
