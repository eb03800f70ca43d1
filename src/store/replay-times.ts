import type { RunEvent } from "../domain/events.js";

/** A pause in the record, e.g. between an interruption and the resume, takes no longer than this. */
const LONGEST_GAP_MS = 5000;

/** When each event of a log happens while it is replayed, in milliseconds since the first. */
export interface ReplayTimes {
	add(event: RunEvent): void;
	/** Of the event at this index, or of the last one. */
	at(index: number): number;
	/** How many events happen until then. */
	countUntil(ms: number): number;
}

export function createReplayTimes(): ReplayTimes {
	const times: number[] = [];
	let now = 0;
	let last: number | null = null;
	return {
		add(event) {
			const at = Date.parse(event.at);
			if (Number.isFinite(at)) {
				// A clock that jumped back does not make time run backwards here.
				if (last !== null) now += Math.min(LONGEST_GAP_MS, Math.max(0, at - last));
				last = last === null ? at : Math.max(last, at);
			}
			times.push(now);
		},
		at: (index) => times[Math.min(index, times.length - 1)] ?? 0,
		countUntil(ms) {
			let low = 0;
			let high = times.length;
			while (low < high) {
				const middle = (low + high) >> 1;
				if ((times[middle] ?? 0) <= ms) low = middle + 1;
				else high = middle;
			}
			return low;
		},
	};
}
