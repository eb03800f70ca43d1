import { setTimeout as rest, setImmediate as turn } from "node:timers/promises";
import { type LogLine, WHOLE_LINE_BYTES } from "../artifacts/log-lines.js";
import { createLogReader, type LogReader } from "../artifacts/log-reader.js";

/** Lines that are decoded at once. */
const BATCH_LINES = 1024;
/** While nothing comes, the log is looked at so often. */
const REST_MS = 50;

/**
 * The lines of a log; with `follows` also those that come while it is going on, until it has ended. A line that
 * has not ended is the last one, given only when nobody writes any more. Throws the signal's reason.
 */
export async function* readLogLines(
	log: { path: string; isGoingOn: () => boolean },
	options: { follows: boolean; signal: AbortSignal },
): AsyncGenerator<LogLine> {
	const { follows, signal } = options;
	const reader = createLogReader(log.path);
	let next = 0;
	let generation = 0;
	try {
		for (;;) {
			signal.throwIfAborted();
			// Asked first: what is written before the end is then read below.
			const isGoingOn = log.isGoingOn();
			for (let hasMore = true; hasMore; await turn()) {
				signal.throwIfAborted();
				hasMore = reader.advance();
				if (reader.status.generation !== generation) {
					generation = reader.status.generation;
					next = 0;
				}
				for (const line of linesBetween(reader, next, reader.status.ended)) {
					next = line.line + 1;
					yield line;
				}
			}
			if (!isGoingOn) yield* linesBetween(reader, next, reader.status.lines);
			if (!isGoingOn || !follows) return;
			await rest(REST_MS, undefined, { signal });
		}
	} finally {
		reader.close();
	}
}

function* linesBetween(reader: LogReader, from: number, end: number): Generator<LogLine> {
	for (let at = from; at < end; at += BATCH_LINES) {
		yield* reader.rows(at, Math.min(BATCH_LINES, end - at), { headBytes: WHOLE_LINE_BYTES });
	}
}
