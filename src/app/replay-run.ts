import type { RunEvent } from "../domain/events.js";

export interface ReplayOptions {
	/** 1: as it happened; 4: four times as fast; Infinity: at once. */
	speed: number;
	signal: AbortSignal;
	/** Resolves after that time, or rejects when the signal fires. */
	sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** A pause in the record, e.g. between an interruption and the resume, is never waited out for longer than this. */
const LONGEST_GAP_MS = 5_000;

/** Yields recorded events in the rhythm in which they were recorded. */
export async function* replayRun(
	events: AsyncIterable<RunEvent>,
	{ speed, signal, sleep = sleepFor }: ReplayOptions,
): AsyncGenerator<RunEvent> {
	let lastAt: number | null = null;
	for await (const event of events) {
		signal.throwIfAborted();
		const at = Date.parse(event.at);
		const gap = lastAt === null ? 0 : Math.min(LONGEST_GAP_MS, Math.max(0, at - lastAt)) / speed;
		if (gap > 0) await sleep(gap, signal);
		lastAt = at;
		yield event;
	}
}

async function sleepFor(milliseconds: number, signal: AbortSignal): Promise<void> {
	const { setTimeout } = await import("node:timers/promises");
	await setTimeout(milliseconds, undefined, { signal });
}
