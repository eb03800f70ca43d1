import type { LoopPlan } from "../domain/loop.js";
import type { Alarm } from "../domain/training-activity.js";
import type { TrainerEvent } from "../domain/training-job.js";
import { trainingAlarms } from "../store/training-alarms.js";
import { addEvents, emptyMetrics } from "../store/training-metrics.js";

/** A training of a loop went so wrong that the loop ends; its message is the reason. */
export class TrainingStopped extends Error {
	override readonly name = "TrainingStopped";
}

export interface WatchedTraining {
	/** Fires when the loop's signal does, or with `TrainingStopped`. */
	signal: AbortSignal;
	onEvent(event: TrainerEvent): void;
	/** Ends the watch. */
	close(): void;
}

/** A trainer that says nothing is asked about this often. */
const LOOK_EVERY_MS = 30_000;

/** Looks at what a training reports, and at how long it reports nothing; tells each alarm once. */
export function watchTraining(
	stopOn: LoopPlan["stopOn"],
	outer: AbortSignal,
	tell: (alarm: Alarm) => void,
	now: () => number = Date.now,
): WatchedTraining {
	const stop = new AbortController();
	let state = { ...emptyMetrics(), state: "running" as const, startedAt: now() / 1000, lastAt: now() / 1000 };
	const told = new Set<string>();
	const look = (): void => {
		for (const alarm of trainingAlarms(state, now())) {
			if (told.has(alarm.name)) continue;
			told.add(alarm.name);
			tell(alarm);
			if (stopOn.includes(alarm.name)) stop.abort(new TrainingStopped(`in training: ${alarm.text}`));
		}
	};
	const timer = setInterval(look, LOOK_EVERY_MS);
	timer.unref();
	return {
		signal: AbortSignal.any([outer, stop.signal]),
		onEvent(event) {
			state = { ...addEvents(state, [event]), state: "running", startedAt: state.startedAt, lastAt: now() / 1000 };
			look();
		},
		close: () => clearInterval(timer),
	};
}
