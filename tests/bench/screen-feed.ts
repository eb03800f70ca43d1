import type { RunEvent } from "../../src/domain/events.js";
import { PHASES } from "../../src/domain/statuses.js";
import { fakeEvents } from "../views/fake-run.js";

export const SHOWN_SAMPLES = 16;
export const TASKS = Array.from({ length: 16 }, (_, i) => `task_${String(i).padStart(2, "0")}`);
const SAMPLES = 250;
const UNDER_WAY = 64;

/**
 * The events of a generated run in which every pane of the screen changes all the time: the tasks go on side by side, and
 * every fourth event is a phase of a candidate of the first task, which is the one that is shown.
 */
export function busyRun(runId: string): RunEvent[] {
	const all = fakeEvents(runId, TASKS, SAMPLES);
	const out = all.filter(({ type }) => type === "run.planned" || type === "run.started" || type === "task.started");
	const queues = new Map<string, RunEvent[]>();
	for (const event of all) {
		if (!("sampleIndex" in event)) continue;
		const shown = event.taskId === TASKS[0];
		if (shown && (event.sampleIndex >= SHOWN_SAMPLES || event.type === "verdict.recorded")) continue;
		const key = `${event.taskId} ${event.sampleIndex}`;
		if (shown) out.push(event);
		else queues.set(key, [...(queues.get(key) ?? []), event]);
	}
	const random = seeded(7);
	const waiting = [...queues.values()];
	for (let i = waiting.length - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		[waiting[i], waiting[j]] = [waiting[j] ?? [], waiting[i] ?? []];
	}
	const active = waiting.splice(0, UNDER_WAY);
	while (active.length > 0) {
		const at = Math.floor(random() * active.length);
		const queue = active[at] ?? [];
		const event = queue.shift();
		if (event) out.push(event);
		else active.splice(at, 1, ...waiting.splice(0, 1));
		if (out.length % 4 === 0) out.push(phaseOfShown(runId, Math.floor(random() * SHOWN_SAMPLES), random()));
	}
	return out.map((event, seq) => ({ ...event, seq }));
}

function phaseOfShown(runId: string, sampleIndex: number, at: number): RunEvent {
	const phase = PHASES[Math.floor(at * PHASES.length)] ?? "compile";
	const envelope = { seq: 0, at: new Date(0).toISOString(), runId, taskId: TASKS[0] ?? "", sampleIndex };
	return { ...envelope, type: "phase.finished", phase, result: "passed", wallTimeMs: 1 };
}

function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1103515245 + 12345) & 0x7fffffff;
		return state / 0x7fffffff;
	};
}
