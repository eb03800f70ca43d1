import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { endedWell, type RemoteRun, type RemoteState } from "../domain/remote-run.js";
import { remoteStateText } from "../store/remote-texts.js";

/** How an attempt ended on one of its hosts. */
export interface MemberEnd {
	rank: number;
	host: string;
	state: RemoteState;
	/** Mirror of what it said. */
	log: string;
}

/** What is read of a log's end; torchrun's account of what happened is a few lines. */
const LOG_BYTES = 1 << 16;

/**
 * Which of several hosts ended an attempt, and how; null: none did. `ends` in the order in which they were seen. What was ended
 * from outside comes before what failed, and that before what only lost the others.
 */
export function failureOf(ends: readonly MemberEnd[]): RemoteRun["failure"] {
	const first = ends.find(({ rank }) => rank === 0);
	if (first === undefined || endedWell(first.state)) return null;
	const bad = ends.filter(({ state }) => !endedWell(state)).map((end) => ({ ...end, ...causeOf(end) }));
	const [cause] = bad.toSorted((a, b) => a.order - b.order);
	return cause === undefined ? null : { host: cause.host, text: cause.text };
}

function causeOf({ state, log }: MemberEnd): { order: number; text: string } {
	const text = remoteStateText(state);
	if (state.state !== "ended") return { order: 0, text };
	const { reason, code } = state.exit;
	if (reason === "peer") return { order: 4, text };
	if (reason !== "exit") return { order: 0, text };
	const said = endOf(log);
	const signal = /^ *exitcode *: -(\d+)/m.exec(said)?.[1];
	if (signal !== undefined) return { order: 1, text: `${text}: a process of it was ended by signal ${signal}` };
	if (code !== null && code > 128) return { order: 1, text: `${text}: signal ${code - 128} ended it` };
	const lost = LOST.exec(said)?.[0];
	if (lost !== undefined) return { order: 3, text: `${text}: ${lost}` };
	const error = said.match(/^.*\b[A-Z]\w*(?:Error|Exception|Interrupt): .*$/gm)?.at(-1);
	return { order: 2, text: error === undefined ? text : `${text}: ${error.trim()}` };
}

/** What processes say that lost another one. */
const LOST =
	/Connection closed by peer|Connection reset by peer|Broken pipe|remote process exited|RendezvousConnectionError|Socket Timeout|wait timeout/i;

function endOf(path: string): string {
	if (!existsSync(path)) return "";
	const file = openSync(path, "r");
	try {
		const { size } = fstatSync(file);
		const bytes = Buffer.alloc(Math.min(size, LOG_BYTES));
		readSync(file, bytes, 0, bytes.length, size - bytes.length);
		return bytes.toString("utf8");
	} finally {
		closeSync(file);
	}
}
