import { setTimeout as rest, setImmediate as turn } from "node:timers/promises";
import type { LogLine } from "../artifacts/log-lines.js";
import type { LogQuery } from "../artifacts/log-matches.js";
import type { LogReader, LogStatus } from "../artifacts/log-reader.js";

/** What a log has become: how long it is, and its last rows, which are in view while it is followed. */
export interface LogUpdate {
	status: LogStatus;
	tail: readonly LogLine[];
}

const TAIL_ROWS = 128;
/** Reading goes on for so long before others have their turn. */
const SLICE_MS = 6;
/** As often as a screen can show it. */
const UPDATE_MS = 16;
/** Nothing came: look again after this time, and less often the longer nothing comes. */
const SHORTEST_REST_MS = 16;
const LONGEST_REST_MS = 250;

/** Takes in a log as it grows until the signal fires; says so at most once a frame, and nothing while nothing changes. */
export async function* followLog(reader: LogReader, signal: AbortSignal): AsyncGenerator<LogUpdate> {
	let told = "";
	let toldAt = Number.NEGATIVE_INFINITY;
	let restMs = SHORTEST_REST_MS;
	while (!signal.aborted) {
		const since = performance.now();
		let hasMore = reader.advance();
		while (hasMore && performance.now() - since < SLICE_MS) hasMore = reader.advance();
		const { status } = reader;
		const now = JSON.stringify(status);
		const isNews = now !== told;
		if (isNews && (!hasMore || performance.now() - toldAt >= UPDATE_MS)) {
			told = now;
			toldAt = performance.now();
			yield { status, tail: reader.rows(status.rows - TAIL_ROWS, TAIL_ROWS) };
		}
		restMs = isNews ? SHORTEST_REST_MS : Math.min(LONGEST_REST_MS, restMs * 2);
		if (hasMore) await turn();
		else await rest(restMs, undefined, { signal }).catch(() => {});
	}
}

/** The next row with the text from `from` on, in turns, so that reading goes on meanwhile. null: there is none. */
export async function findInLog(
	reader: LogReader,
	query: LogQuery,
	from: number,
	direction: 1 | -1,
): Promise<number | null> {
	for (let at: number | null = from; at !== null; await turn()) {
		const { row, searchOn } = reader.find(query, at, direction);
		if (row !== null) return row;
		at = searchOn;
	}
	return null;
}
