import { artifactsRoot } from "../artifacts/layout.js";
import type { LoopChange, LoopEvent, LoopScore, LoopStage } from "../domain/loop.js";
import type { Alarm } from "../domain/training-activity.js";
import { loopAlarms } from "../store/loop-alarms.js";
import { bestIteration, emptyLoop, ITERATION_STAGES, type LoopState, reduceLoop } from "../store/loop-state.js";
import { LOOP_STAGES, type LoopWork } from "./loop-stages.js";
import { reasonToStop } from "./reason-to-stop.js";
import { ratesTold } from "./training-files.js";
import { TrainingStopped } from "./watched-training.js";

export interface LoopOptions extends Omit<LoopWork, "tell" | "onAlarm"> {
	onEvent?: (event: LoopEvent) => void;
	/** Each alarm once, as it is found. */
	onAlarm?: (alarm: Alarm) => void;
}

export interface LoopResult {
	loopId: string;
	scores: readonly LoopScore[];
	changes: readonly LoopChange[];
	/** The iteration whose checkpoint did best on the held-out tasks; 0: the model that the loop began with. */
	best: number;
	reason: string;
}

/**
 * Expert iteration: measure, generate, keep what was accepted, train, measure again, compare. Each stage is left out when
 * the record says that it is done, so that a loop which was killed goes on, and ends with the numbers of an undisturbed one.
 */
export async function runLoop(options: LoopOptions): Promise<LoopResult> {
	const { record, signal, onEvent } = options;
	const { loopId, iterations } = record.plan;
	const root = artifactsRoot(options.workspace);
	const take = (was: LoopState, event: LoopEvent): LoopState => {
		const now = reduceLoop(was, { kind: "happened", event });
		return ratesTold(root, event, (iteration) => record.runOf(iteration, "generate")).reduce(reduceLoop, now);
	};
	let state = record.events.reduce(take, reduceLoop(emptyLoop(), { kind: "loop", plan: record.plan }));
	const onAlarm = (alarm: Alarm): void => options.onAlarm?.(alarm);
	const tell = (event: LoopEvent): void => {
		record.append(event);
		state = take(state, event);
		onEvent?.(event);
	};
	const stage = async (iteration: number, name: LoopStage): Promise<void> => {
		if (record.isDone(iteration, name)) return;
		signal.throwIfAborted();
		const started = performance.now();
		tell({ type: "stage.started", at: now(), iteration, stage: name });
		const note = await LOOP_STAGES[name]({ ...options, tell, onAlarm }, iteration);
		const wallTimeMs = Math.round(performance.now() - started);
		tell({ type: "stage.finished", at: now(), iteration, stage: name, wallTimeMs, note });
	};
	/** Why the loop ends after this iteration; null: it does not. */
	const iterate = async (iteration: number): Promise<string | null> => {
		try {
			for (const name of ITERATION_STAGES) await stage(iteration, name);
		} catch (error) {
			if (error instanceof TrainingStopped) return `iteration ${iteration}, ${error.message}`;
			throw error;
		}
		const alarms = loopAlarms(state, Date.now()).filter(({ at }) => at === iteration);
		alarms.forEach(onAlarm);
		return reasonToStop(state, alarms, iteration);
	};

	if (state.reason !== null) return resultOf(state, loopId, state.reason);
	if (record.events.length === 0) tell({ type: "loop.planned", at: now(), loopId, iterations });
	await stage(0, "evaluate");
	let stopped: string | null = null;
	for (let iteration = 1; iteration <= iterations && stopped === null; iteration++) stopped = await iterate(iteration);
	const reason = stopped ?? (iterations === 1 ? "its iteration is done" : `${iterations} iterations are done`);
	tell({ type: "loop.finished", at: now(), reason });
	return resultOf(state, loopId, reason);
}

function resultOf(state: LoopState, loopId: string, reason: string): LoopResult {
	const { scores, changes } = state;
	return { loopId, scores, changes, best: bestIteration(state) ?? 0, reason };
}

function now(): string {
	return new Date().toISOString();
}
