import type { RunEvent } from "../domain/events.js";
import { reduce } from "./reduce.js";
import { copyRunState, createRunState, type RunState } from "./run-state.js";

const REPLAY_SPEEDS = [1, 4, 16] as const;
/** Events between two kept copies: going back costs at most this many reductions. */
const CHECKPOINT_EVENTS = 512;
const MAX_CHECKPOINTS = 64;
/** A pause in the record, e.g. between an interruption and the resume, takes no longer than this. */
const LONGEST_GAP_MS = 5000;
/** Events due within this time are applied together. */
const SLICE_MS = 16;

export interface ReplayTimers {
	now(): number;
	/** Returns the way to call it off. */
	after(ms: number, run: () => void): () => void;
}

export interface ReplayStatus {
	/** Events applied so far. */
	position: number;
	total: number;
	playing: boolean;
	speed: number;
	elapsedMs: number;
	durationMs: number;
}

export interface Replay {
	status(): ReplayStatus;
	play(): void;
	pause(): void;
	faster(): void;
	slower(): void;
	step(direction: 1 | -1, unit: "event" | "verdict"): void;
	seek(position: number): void;
	close(): void;
}

export interface ReplayOptions {
	events: readonly RunEvent[];
	timers: ReplayTimers;
	/** Called with the state after every move. */
	show(state: RunState): void;
}

/** Plays recorded events by their own times. Nothing runs while it is paused. Starts at the end, paused. */
export function createReplay({ events, timers, show }: ReplayOptions): Replay {
	const every = Math.max(CHECKPOINT_EVENTS, Math.ceil(events.length / MAX_CHECKPOINTS));
	const checkpoints = new Map<number, RunState>();
	const times = eventTimes(events);
	let state = createRunState();
	let position = 0;
	let speed = 1;
	let playing = false;
	let callOff: (() => void) | null = null;
	/** The recording's time that corresponds to `anchorNow` on the clock. */
	let anchorAt = 0;
	let anchorNow = 0;

	const startAt = times[0] ?? 0;
	const at = (index: number) => times[Math.min(index, times.length - 1)] ?? startAt;

	function advanceTo(target: number): void {
		for (const end = Math.min(target, events.length); position < end; position++) {
			if (position % every === 0 && position > 0 && !checkpoints.has(position)) {
				checkpoints.set(position, copyRunState(state));
			}
			const event = events[position];
			if (event) reduce(state, event);
		}
	}

	function moveTo(target: number): void {
		const wanted = Math.max(0, Math.min(target, events.length));
		if (wanted < position) {
			let from = Math.floor(wanted / every) * every;
			while (from > 0 && !checkpoints.has(from)) from -= every;
			const kept = checkpoints.get(from);
			state = kept ? copyRunState(kept) : createRunState();
			position = kept ? from : 0;
		}
		advanceTo(wanted);
		show(state);
	}

	function anchor(): void {
		anchorAt = position === 0 ? startAt : at(position - 1);
		anchorNow = timers.now();
	}

	function plan(): void {
		callOff?.();
		callOff = null;
		if (!playing) return;
		if (position >= events.length) {
			playing = false;
			show(state);
			return;
		}
		const dueMs = (at(position) - anchorAt) / speed - (timers.now() - anchorNow);
		callOff = timers.after(Math.max(SLICE_MS, dueMs), () => {
			const reached = anchorAt + (timers.now() - anchorNow) * speed;
			let target = position;
			while (target < events.length && at(target) <= reached) target++;
			if (target > position) moveTo(target);
			plan();
		});
	}

	function pause(): void {
		playing = false;
		plan();
		show(state);
	}

	function setSpeed(step: 1 | -1): void {
		const index = (REPLAY_SPEEDS as readonly number[]).indexOf(speed) + step;
		speed = REPLAY_SPEEDS[Math.max(0, Math.min(index, REPLAY_SPEEDS.length - 1))] ?? 1;
		anchor();
		plan();
		show(state);
	}

	moveTo(events.length);
	return {
		status: () => ({
			position,
			total: events.length,
			playing,
			speed,
			elapsedMs: position === 0 ? 0 : at(position - 1) - startAt,
			durationMs: at(times.length - 1) - startAt,
		}),
		play() {
			if (position >= events.length) moveTo(0);
			playing = true;
			anchor();
			plan();
			show(state);
		},
		pause,
		faster: () => setSpeed(1),
		slower: () => setSpeed(-1),
		step(direction, unit) {
			playing = false;
			plan();
			moveTo(unit === "event" ? position + direction : nextVerdict(events, position, direction));
		},
		seek(target) {
			moveTo(target);
			anchor();
			plan();
		},
		close() {
			playing = false;
			plan();
		},
	};
}

/** Milliseconds since the first event; a clock that jumped back does not make time run backwards here. */
function eventTimes(events: readonly RunEvent[]): Float64Array {
	const times = new Float64Array(events.length);
	let now = 0;
	let last: number | null = null;
	events.forEach((event, i) => {
		const at = Date.parse(event.at);
		if (Number.isFinite(at)) {
			if (last !== null) now += Math.min(LONGEST_GAP_MS, Math.max(0, at - last));
			last = last === null ? at : Math.max(last, at);
		}
		times[i] = now;
	});
	return times;
}

/** The position just after the next verdict, or just after the one before the last applied. */
function nextVerdict(events: readonly RunEvent[], position: number, direction: 1 | -1): number {
	for (let i = position + (direction === 1 ? 0 : -2); i >= 0 && i < events.length; i += direction) {
		if (events[i]?.type === "verdict.recorded") return i + 1;
	}
	return direction === 1 ? events.length : 0;
}
