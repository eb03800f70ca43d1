import { z } from "zod";
import type { ExitRecord, RemoteState } from "../domain/remote-run.js";
import { parseAt } from "../lib/schema.js";

/** What Slurm says of a job. `UNKNOWN`: no longer anything; `UNREACHABLE`: it did not answer; null: it never got the job. */
export interface SlurmJob {
	/** Its number, with that in an array; null: as with the state. */
	job: string | null;
	state: string | null;
	reason: string | null;
	/** Seconds since 1970; of a job that waits, when it is expected to start. */
	startsAt: number | null;
	endedAt: number | null;
}

const Line = z
	.string()
	.transform((line) => line.split(" ").map((word) => (word === "" || word === "-" ? null : word)))
	.transform(([job = null, state = null, reason = null, start = null, end = null]) => ({
		job,
		state,
		reason: reason === "None" ? null : reason,
		startsAt: secondsOf(start),
		endedAt: secondsOf(end),
	}));

export function readSlurmLine(line: string): SlurmJob {
	return parseAt(Line, line.trim(), "what Slurm told");
}

/** What the host's own files say beside it. */
export interface SlurmSigns {
	exit: ExitRecord | null;
	/** Number of the attempt that goes on in its place. */
	next: number | null;
	/** Whether a node has begun with it. */
	isBegun: boolean;
	logBytes: number;
}

const WAITING = ["PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"];
const GOING = ["RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING"];
const CUT: Readonly<Record<string, ExitRecord["reason"]>> = {
	CANCELLED: "cancelled",
	REVOKED: "cancelled",
	PREEMPTED: "preempted",
	TIMEOUT: "timeout",
	DEADLINE: "timeout",
	NODE_FAIL: "node_fail",
	BOOT_FAIL: "node_fail",
	OUT_OF_MEMORY: "out_of_memory",
};

/** Whether Slurm is through with a job: nothing of it runs, and nothing will. */
export function isOver({ state }: SlurmJob): boolean {
	return state === null || !(state === "UNREACHABLE" || WAITING.includes(state) || GOING.includes(state));
}

export function stateOfSlurm(job: SlurmJob, { exit, next, isBegun, logBytes }: SlurmSigns): RemoteState {
	if (next !== null) return { state: "requeued", attempt: next };
	if (job.state === null) return { state: "prepared" };
	if (WAITING.includes(job.state)) return { state: "queued", reason: job.reason, startsAt: job.startsAt };
	// One that Slurm has ended may be begun anew by it.
	const isOwnEnd = exit !== null && exit.reason !== "slurm";
	if (GOING.includes(job.state)) return isOwnEnd ? { state: "ended", exit } : { state: "running" };
	if (job.state === "UNREACHABLE" && !isOwnEnd)
		return isBegun ? { state: "running" } : { state: "queued", reason: "Slurm does not answer", startsAt: null };
	const cut = CUT[job.state];
	if (exit !== null) {
		const isBySlurm = exit.reason === "slurm" || (exit.reason === "exit" && exit.code !== 0);
		return { state: "ended", exit: cut !== undefined && isBySlurm ? { ...exit, reason: cut } : exit };
	}
	if (cut !== undefined)
		return { state: "ended", exit: { code: null, reason: cut, endedAt: job.endedAt ?? 0, logBytes, freeBytes: null } };
	return { state: isBegun ? "lost" : "start_failed" };
}

function secondsOf(word: string | null): number | null {
	const seconds = Number(word ?? Number.NaN);
	return Number.isFinite(seconds) ? seconds : null;
}
