import type { RunEvent } from "../domain/events.js";
import { reduce } from "./reduce.js";
import { createReplayTimes } from "./replay-times.js";
import { createRunState, type RunState } from "./run-state.js";
import { createSnapshots } from "./state-snapshots.js";

/** The last one is as fast as it goes. */
const REPLAY_SPEEDS = [1, 4, 16, Number.POSITIVE_INFINITY] as const;
/** Events due within this time are applied together. */
const SLICE_MS = 16;
/** More at once would hold up the keys. */
const SLICE_EVENTS = 1000;

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
	/** Infinity: as fast as it goes. */
	speed: number;
	elapsedMs: number;
	durationMs: number;
}

/** What a step goes to: any event, a verdict, or one that is not `accepted`. */
export type StepUnit = "event" | "verdict" | "failure";

export interface Replay {
	status(): ReplayStatus;
	/** More of the log; who is at its end stays there. Costs as much as reducing the events. */
	append(events: readonly RunEvent[]): void;
	play(): void;
	pause(): void;
	faster(): void;
	slower(): void;
	step(direction: 1 | -1, unit: StepUnit): void;
	seek(position: number): void;
	/** To the state after everything that happened until then. */
	seekTime(elapsedMs: number): void;
	/** The event that is applied last on the way to this position. */
	eventBefore(position: number): RunEvent | null;
	/** Milliseconds since the first event at this position. */
	timeOf(position: number): number;
	close(): void;
}

export interface ReplayOptions {
	events: readonly RunEvent[];
	timers: ReplayTimers;
	/** Called with the state after every move. */
	show(state: RunState): void;
}

/** Plays recorded events by their own times. Nothing runs while it is paused. Starts at the end, paused. */
export function createReplay({ events: first, timers, show }: ReplayOptions): Replay {
	const events: RunEvent[] = [];
	const times = createReplayTimes();
	const snapshots = createSnapshots();
	let state = createRunState();
	let position = 0;
	let speed = 1;
	let playing = false;
	let callOff: (() => void) | null = null;
	/** The recording's time that corresponds to `anchorNow` on the clock. */
	let anchorAt = 0;
	let anchorNow = 0;

	function advanceTo(target: number): void {
		for (; position < target; position++) {
			snapshots.offer(position, state);
			const event = events[position];
			if (event) reduce(state, event);
		}
	}

	function moveTo(target: number): void {
		const wanted = Math.max(0, Math.min(target, events.length));
		const goesBack = wanted < position;
		const kept = snapshots.latest(wanted, goesBack ? -1 : position);
		if (kept) ({ position, state } = kept);
		else if (goesBack) {
			position = 0;
			state = createRunState();
		}
		if (goesBack) snapshots.wantNear(wanted);
		advanceTo(wanted);
		show(state);
	}

	const timeOf = (at: number) => (at === 0 ? 0 : times.at(at - 1));

	function anchor(): void {
		anchorAt = timeOf(position);
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
		const dueMs = (times.at(position) - anchorAt) / speed - (timers.now() - anchorNow);
		callOff = timers.after(Math.max(SLICE_MS, dueMs), () => {
			const reached = anchorAt + (timers.now() - anchorNow) * speed;
			const target = Math.min(times.countUntil(reached), position + SLICE_EVENTS);
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

	function seek(target: number): void {
		moveTo(target);
		anchor();
		plan();
	}

	function append(more: readonly RunEvent[]): void {
		const follows = position === events.length && !playing;
		for (const event of more) {
			events.push(event);
			times.add(event);
		}
		if (follows) moveTo(events.length);
	}

	append(first);
	return {
		append,
		status: () => ({
			position,
			total: events.length,
			playing,
			speed,
			elapsedMs: timeOf(position),
			durationMs: times.at(events.length - 1),
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
			moveTo(unit === "event" ? position + direction : nextVerdict(events, position, direction, unit));
		},
		seek,
		seekTime: (elapsedMs) => seek(times.countUntil(elapsedMs)),
		eventBefore: (at) => events[at - 1] ?? null,
		timeOf,
		close() {
			playing = false;
			plan();
		},
	};
}

/** The position just after the next such verdict, or just after the one before the last applied. */
function nextVerdict(events: readonly RunEvent[], position: number, direction: 1 | -1, unit: StepUnit): number {
	for (let i = position + (direction === 1 ? 0 : -2); i >= 0 && i < events.length; i += direction) {
		const event = events[i];
		if (event?.type !== "verdict.recorded") continue;
		if (unit === "verdict" || event.verdict.status !== "accepted") return i + 1;
	}
	return direction === 1 ? events.length : 0;
}
