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
	/** Cells that are pushed out to the left. */
	shift: number;
	search: string;
	/** Only lines with the text that is searched for are shown. */
	onlyMatches: boolean;
	/** The row that a search found last. */
	found: number | null;
	readonly blocks: Map<number, { lines: readonly LogLine[]; isAsked: boolean }>;
	/** Counts what makes rows other rows: a filter, another file. */
	epoch: number;
	close(): void;
}

/** Rows that can be seen: all there are, or those of the moment it was held. */
export function rowsOf(log: LogView): number {
	return log.heldAt ?? log.update?.status.rows ?? 0;
}

export function queryOf(search: string): LogQuery {
	return search.startsWith("~") ? { text: search.slice(1), isPattern: true } : { text: search, isPattern: false };
}
