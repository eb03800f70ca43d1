import { expect, test } from "vitest";
import type { RunEvent } from "../../../src/domain/events.js";
import { reduce } from "../../../src/store/reduce.js";
import { createReplay, type ReplayTimers } from "../../../src/store/replay.js";
import { createRunState, type RunState } from "../../../src/store/run-state.js";
import { createSnapshots } from "../../../src/store/state-snapshots.js";
import { fakeEvents } from "../../views/fake-run.js";
import { events } from "./sample-events.js";

/** A clock that goes on when it is told to. */
function fakeTimers(): ReplayTimers & { advance(ms: number): void; waiting(): number } {
	let now = 0;
	let queue: { at: number; run: () => void }[] = [];
	return {
		now: () => now,
		after(ms, run) {
			const entry = { at: now + ms, run };
			queue.push(entry);
			return () => {
				queue = queue.filter((other) => other !== entry);
			};
		},
		advance(ms) {
			const end = now + ms;
			for (;;) {
				const next = queue.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
				if (!next) break;
				queue = queue.filter((entry) => entry !== next);
				now = next.at;
				next.run();
			}
			now = end;
		},
		waiting: () => queue.length,
	};
}

function start(list: readonly RunEvent[] = events) {
	const timers = fakeTimers();
	let state: RunState = createRunState();
	const replay = createReplay({
		events: list,
		timers,
		show: (shown) => {
			state = shown;
		},
	});
	return { replay, timers, state: () => state };
}

/** Everything but the version, which counts reductions. */
const content = (state: RunState) => JSON.stringify({ ...state, version: 0, taskIndex: [...state.taskIndex] });
const rebuilt = (list: readonly RunEvent[], count: number) =>
	content(list.slice(0, count).reduce(reduce, createRunState()));

test("it starts at the end, paused, with no timer", () => {
	const { replay, timers, state } = start();
	expect(replay.status()).toMatchObject({ position: events.length, playing: false, speed: 1 });
	expect(timers.waiting()).toBe(0);
	expect(content(state())).toBe(rebuilt(events, events.length));
});

test("every place, reached forwards or backwards, is what a rebuild gives", () => {
	const long = fakeEvents(
		"run",
		Array.from({ length: 40 }, (_, i) => `task-${i}`),
		10,
	);
	const { replay, state } = start(long);
	let at = 7;
	for (let i = 0; i < 60; i++) {
		at = (at * 7919 + 13) % (long.length + 1);
		replay.seek(at);
		expect(replay.status().position).toBe(at);
		expect(content(state())).toBe(rebuilt(long, at));
	}
});

test("the state after seeking to an event is the state after playing up to it, for every event of the recorded run", () => {
	const played = createRunState();
	const expected = [content(played), ...events.map((event) => content(reduce(played, event)))];
	const { replay, state } = start();
	for (let n = events.length; n >= 0; n--) {
		replay.seek(n);
		expect(content(state())).toBe(expected[n]);
	}
	for (let n = 0; n <= events.length; n++) {
		replay.seek(n);
		expect(content(state())).toBe(expected[n]);
	}
});

test("a log of any length keeps a bounded number of copies, and going back starts from one of them", () => {
	const long = fakeEvents(
		"run",
		Array.from({ length: 100 }, (_, i) => `task-${i}`),
		50,
	);
	const snapshots = createSnapshots();
	const state = createRunState();
	let most = 0;
	long.forEach((event, position) => {
		snapshots.offer(position, state);
		most = Math.max(most, snapshots.count);
		reduce(state, event);
	});
	expect(long.length).toBeGreaterThan(40_000);
	expect(most).toBeLessThanOrEqual(25);
	expect(snapshots.latest(40_000)?.position).toBeGreaterThan(37_000);
	expect(snapshots.latest(40_000, 40_000)).toBeNull();
	const first = snapshots.latest(40_000);
	if (first) first.state.judged = -1;
	expect(snapshots.latest(40_000)?.state.judged).toBeGreaterThan(0);
});

test("going back step by step through a long log is what a rebuild gives", () => {
	const long = fakeEvents(
		"run",
		Array.from({ length: 40 }, (_, i) => `task-${i}`),
		50,
	);
	const { replay, state } = start(long);
	for (let i = 1; i <= 1500; i++) {
		replay.step(-1, "event");
		if (i % 250 === 0) expect(content(state())).toBe(rebuilt(long, long.length - i));
	}
});

test("a log that is still being read is shown at its end, and whoever went back stays there", () => {
	const { replay, state } = start(events.slice(0, 50));
	replay.append(events.slice(50, 80));
	expect(replay.status()).toMatchObject({ position: 80, total: 80 });
	replay.seek(10);
	replay.append(events.slice(80));
	expect(replay.status()).toMatchObject({ position: 10, total: events.length });
	expect(content(state())).toBe(rebuilt(events, 10));
});

test("steps go to the next verdict that is no pass, and back", () => {
	const { replay } = start();
	replay.seek(0);
	const failing = events.flatMap((event, i) =>
		event.type === "verdict.recorded" && event.verdict.status !== "accepted" ? [i + 1] : [],
	);
	replay.step(1, "failure");
	expect(replay.status().position).toBe(failing[0]);
	replay.step(1, "failure");
	expect(replay.status().position).toBe(failing[1]);
	expect(replay.eventBefore(replay.status().position)).toMatchObject({ type: "verdict.recorded" });
	replay.step(-1, "failure");
	expect(replay.status().position).toBe(failing[0]);
	replay.step(-1, "failure");
	expect(replay.status().position).toBe(0);
	expect(replay.eventBefore(replay.status().position)).toBeNull();
});

test("it goes to a time: everything that happened until then has been applied", () => {
	const { replay } = start();
	replay.seekTime(200);
	expect(replay.status().position).toBe(21);
	expect(replay.status().elapsedMs).toBe(200);
	replay.seekTime(0);
	expect(replay.status().position).toBe(1);
	replay.seekTime(1e9);
	expect(replay.status().position).toBe(events.length);
});

test("steps go by one event, or by one verdict", () => {
	const { replay, state } = start();
	replay.seek(0);
	replay.step(1, "event");
	expect(replay.status().position).toBe(1);
	replay.step(-1, "event");
	replay.step(-1, "event");
	expect(replay.status().position).toBe(0);
	replay.step(1, "verdict");
	replay.step(1, "verdict");
	expect(state().judged).toBe(2);
	replay.step(-1, "verdict");
	expect(state().judged).toBe(1);
	expect(content(state())).toBe(rebuilt(events, replay.status().position));
});

test("it plays by the events' times, four and sixteen times as fast when asked", () => {
	const { replay, timers } = start();
	replay.play();
	expect(replay.status().position).toBe(0);
	timers.advance(1000);
	expect(replay.status().position).toBeGreaterThan(95);
	expect(replay.status().position).toBeLessThanOrEqual(101);
	replay.faster();
	const before = replay.status().position;
	timers.advance(200);
	expect(replay.status().position - before).toBeGreaterThan(70);
	expect(replay.status().position - before).toBeLessThanOrEqual(82);
	replay.faster();
	expect(replay.status().speed).toBe(16);
	timers.advance(2000);
	expect(replay.status()).toMatchObject({ position: events.length, playing: false });
	expect(timers.waiting()).toBe(0);
});

test("as fast as it goes, it lets keys in between thousands of events", () => {
	const long = fakeEvents("run", ["a", "b", "c", "d"], 250);
	const { replay, timers } = start(long);
	for (let i = 0; i < 5; i++) replay.faster();
	expect(replay.status().speed).toBe(Number.POSITIVE_INFINITY);
	replay.play();
	timers.advance(16);
	expect(replay.status().position).toBe(1000);
	timers.advance(16 * 20);
	expect(replay.status()).toMatchObject({ position: long.length, playing: false });
	replay.slower();
	expect(replay.status().speed).toBe(16);
});

test("a pause leaves no timer, and playing goes on from there", () => {
	const { replay, timers } = start();
	replay.play();
	timers.advance(500);
	replay.pause();
	const { position } = replay.status();
	expect(timers.waiting()).toBe(0);
	timers.advance(5000);
	expect(replay.status().position).toBe(position);
	replay.play();
	timers.advance(100);
	expect(replay.status().position).toBeLessThan(position + 15);
	replay.close();
	expect(timers.waiting()).toBe(0);
});

test("a clock that went back during the recording does not stop the replay", () => {
	const odd = events.map((event, i) => (i === 20 ? { ...event, at: "2020-01-01T00:00:00.000Z" } : event));
	const { replay, timers } = start(odd);
	replay.play();
	timers.advance(60_000);
	expect(replay.status().position).toBe(odd.length);
});

test("a pause of hours in the record, as before a resume, is played in seconds", () => {
	const list = fakeEvents("run", ["a"], 2);
	const half = Math.floor(list.length / 2);
	const late = list.map((event, i) =>
		i < half ? event : { ...event, at: new Date(Date.parse(event.at) + 3_600_000).toISOString() },
	);
	const { replay, timers } = start(late);
	expect(replay.status().durationMs).toBeLessThan(10_000);
	replay.play();
	timers.advance(10_000);
	expect(replay.status().position).toBe(late.length);
});
