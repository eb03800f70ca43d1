import type { LogUpdate } from "../../src/app/follow-log.js";
import type { LogLine } from "../../src/artifacts/log-lines.js";
import type { LogQuery } from "../../src/artifacts/log-matches.js";
import type { ScreenId } from "./state.js";

/** A log as it is looked at. Its lines stay where the log is read; here are those in view, and some around them. */
export interface LogView {
	readonly runId: string;
	/** The screen that it was opened from. */
	from: ScreenId;
	update: LogUpdate | null;
	/** The first row on the screen. */
	top: number;
	/** The last rows stay in view. */
	follows: boolean;
	/** Rows that there were when it was held; null: what comes is shown. */
	heldAt: number | null;
	wraps: boolean;
	times: boolean;
	/** Lines as they stand in the file; otherwise events are told in words. */
	isRaw: boolean;
	/** Bytes of each line that are pushed out to the left. */
	shift: number;
	/** Bytes of the longest line in view, as it was drawn last, and the cells there are for it. */
	widest: { bytes: number; cells: number };
	search: string;
	/** Only lines with the text that is searched for are shown. */
	onlyMatches: boolean;
	/** The row that a search found last. */
	found: number | null;
	readonly blocks: Map<number, { lines: readonly LogLine[]; readonly isAsked: boolean }>;
	/** Counts what makes rows other rows: a filter, another file. */
	epoch: number;
	close(): void;
}

/** A part of a line that was read serves so many bytes of shift, and is at least twice as long. */
const SKIP_STEP = 2048;

/** Bytes of each line that need not be read. */
export function skippedOf({ shift }: LogView): number {
	return Math.floor(shift / SKIP_STEP) * SKIP_STEP;
}

/** Rows that can be seen: all there are, or those of the moment it was held. */
export function rowsOf(log: LogView): number {
	return log.heldAt ?? log.update?.status.rows ?? 0;
}

export function queryOf(search: string): LogQuery {
	return search.startsWith("~") ? { text: search.slice(1), isPattern: true } : { text: search, isPattern: false };
}
