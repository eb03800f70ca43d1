import type { RunEvent } from "../domain/events.js";

/** A pause in the record, e.g. between an interruption and the resume, takes no longer than this. */
const LONGEST_GAP_MS = 5000;

/** Hands events on at the times they were recorded at, `speed` times as fast. `wait` rejects when it is called off. */
export async function* pacedEvents(
	events: AsyncIterable<RunEvent>,
	speed: number,
	wait: (ms: number) => Promise<void>,
): AsyncGenerator<RunEvent> {
	let last: number | null = null;
	for await (const event of events) {
		const at = Date.parse(event.at);
		// A clock that jumped back does not make time run backwards here.
		const gapMs = last === null ? 0 : Math.min(LONGEST_GAP_MS, Math.max(0, at - last));
		last = last === null ? at : Math.max(last, at);
		if (gapMs > 0) await wait(gapMs / speed);
		yield event;
	}
}
