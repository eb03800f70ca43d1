import { WHOLE_LINE_BYTES } from "../artifacts/log-lines.js";
import { createLogReader } from "../artifacts/log-reader.js";

const LINES_AT_ONCE = 4096;

/**
 * Whole lines of a file as they come; of what there is at one look no more than the last `most`. A line that cannot be read
 * is passed over: a kill may have cut it.
 */
export function growingLines<T>(
	path: string,
	parse: (line: unknown) => { success: boolean; data?: T },
	most = Number.POSITIVE_INFINITY,
) {
	const { take, close } = growingTexts(path, most);
	return {
		*take(): Generator<{ isRestarted: boolean; items: T[] }> {
			for (const { isRestarted, texts } of take()) {
				const items = texts.flatMap((text) => {
					const { success, data } = parse(jsonOf(text));
					return success && data !== undefined ? [data] : [];
				});
				yield { isRestarted, items };
			}
		},
		close,
	};
}

/** Whole lines of a file as they come; of what there is at one look no more than the last `most`. */
export function growingTexts(path: string, most: number) {
	const reader = createLogReader(path);
	let taken = 0;
	let generation = 0;
	return {
		*take(): Generator<{ isRestarted: boolean; texts: string[] }> {
			while (reader.advance());
			const isRestarted = reader.status.generation !== generation;
			generation = reader.status.generation;
			if (isRestarted) taken = 0;
			if (isRestarted) yield { isRestarted, texts: [] };
			taken = Math.max(taken, reader.status.ended - most);
			while (taken < reader.status.ended) {
				const count = Math.min(LINES_AT_ONCE, reader.status.ended - taken);
				const lines = reader.rows(taken, count, { headBytes: WHOLE_LINE_BYTES });
				taken += count;
				yield { isRestarted: false, texts: lines.map(({ text }) => text) };
			}
		},
		close: () => reader.close(),
	};
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
