import { endOfFile } from "../artifacts/file-ends.js";
import { endedWell, type RemoteRun, type RemoteState } from "../domain/remote-run.js";
import { remoteStateText } from "../store/remote-texts.js";
import { nodesIn } from "./node-logs.js";

/** How an attempt ended on one of its hosts. */
export interface MemberEnd {
	rank: number;
	host: string;
	state: RemoteState;
	/** The end of what it said. */
	said: string;
}

/** What is read of a log's end; torchrun's account of what happened is a few lines. */
export const LOG_BYTES = 1 << 16;

/** Likewise of an attempt on several nodes of Slurm's, which write to one log. */
export function failureOfNodes(state: RemoteState, log: string): RemoteRun["failure"] {
	if (state.state !== "ended" || state.exit.reason !== "exit") return null;
	const { exit } = state;
	const ends = nodesIn(endOfFile(log, LOG_BYTES)).map(({ number, name, said, code }): MemberEnd => {
		// What srun ends since another node failed has no status of its own.
		const own = code === null ? { ...exit, reason: "peer" as const } : { ...exit, code };
		return { rank: number, host: name ?? `node ${number}`, state: { state: "ended", exit: own }, said };
	});
	return failureOf(state, ends);
}

/**
 * Which of several hosts ended an attempt, and how; null: none did, or somebody stopped it. `state`: of all together; `ends` in
 * the order in which they were seen. What was ended from outside comes before what failed, and that before what only lost the
 * others.
 */
export function failureOf(state: RemoteState, ends: readonly MemberEnd[]): RemoteRun["failure"] {
	if (endedWell(state) || (state.state === "ended" && state.exit.reason === "stop")) return null;
	const bad = ends.filter(({ state }) => !endedWell(state)).map((end) => ({ ...end, ...causeOf(end) }));
	const [cause] = bad.toSorted((a, b) => a.order - b.order);
	return cause === undefined ? null : { host: cause.host, text: cause.text };
}

function causeOf({ state, said }: MemberEnd): { order: number; text: string } {
	const text = remoteStateText(state);
	if (state.state !== "ended") return { order: 0, text };
	const { reason, code } = state.exit;
	if (reason === "peer") return { order: 4, text };
	if (reason !== "exit") return { order: 0, text };
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
