import { MIRRORED } from "../domain/mirrored-files.js";
import type { FileBreak } from "../domain/remote-activity.js";
import type { ExitRecord, RemoteState } from "../domain/remote-run.js";
import { sizeText } from "../lib/file-size.js";

const ENDS = {
	exit: "ended",
	stop: "was stopped",
	deadline: "met its deadline",
	budget: "spent its budget",
	idle: "was ended since its GPUs idled",
	peer: "was ended since another of its hosts failed",
	runner_lost: "ended unseen",
	slurm: "was ended by Slurm",
	cancelled: "was cancelled in Slurm",
	preempted: "was preempted by another job",
	timeout: "met Slurm's time limit",
	node_fail: "ended when its node failed",
	out_of_memory: "ran out of memory",
} satisfies Record<ExitRecord["reason"], string>;

/** Less than a log line or two would need. */
const FULL_BYTES = 1 << 16;

/** There was no room any more when it ended. */
function isDiskFull(state: RemoteState): boolean {
	return state.state === "ended" && state.exit.freeBytes !== null && state.exit.freeBytes < FULL_BYTES;
}

const WAYS: Partial<Record<ExitRecord["reason"], string>> = {
	deadline: "give it a longer --deadline",
	budget: "give it a larger --budget",
	idle: "see in its log what it waited for; stopIdleMinutes in hosts.yaml is how long that may be",
	timeout: "give it a longer --deadline, or --time among slurm.arguments in hosts.yaml",
	out_of_memory: "ask for more by --mem among slurm.arguments in hosts.yaml, or set a smaller microBatchTokens",
	preempted: "name a partition or qos in hosts.yaml whose jobs are not preempted",
	cancelled: "whoever may end jobs there has done it: `sacct` there may tell who",
	node_fail: "another node may do",
};

/** What may help to get further than it did; null: nothing that is known. */
export function wayOn(state: RemoteState, workdir: string): string | null {
	if (isDiskFull(state)) return `make room in ${workdir} there`;
	return state.state === "ended" ? (WAYS[state.exit.reason] ?? null) : null;
}

/** What became of a run on another machine, as the end of a sentence. */
export function remoteStateText(state: RemoteState): string {
	switch (state.state) {
		case "ended": {
			const status = state.exit.code === null ? "" : ` with status ${state.exit.code}`;
			return `${ENDS[state.exit.reason]}${status}${isDiskFull(state) ? "; the disk there is full" : ""}`;
		}
		case "runner_lost":
			return "its runner is gone, the job goes on; limits are kept, GPU figures are not";
		case "lost":
			return "neither the job nor its runner is there any more, and nothing tells how it ended";
		case "rebooted":
			return "the host was started anew, and the run ended with that";
		case "start_failed":
			return "its runner never came up";
		case "gone":
			return "its folder on the host is gone";
		case "prepared":
			return "it was never started";
		case "running":
			return "running";
		case "queued": {
			const { reason, startsAt } = state;
			const start = startsAt === null ? null : new Date(startsAt * 1000).toISOString().slice(0, 16).replace("T", " ");
			return `waits in Slurm${reason === null ? "" : ` (${reason})`}${start === null ? "" : `, to start about ${start} UTC`}`;
		}
		case "requeued":
			return `Slurm took it back, and goes on with it in attempt ${state.attempt}`;
	}
}

/** What happened to a file on a host that should only grow; `advice`: where what had come is, and what is lost. */
export function breakText({ file, why, came, aside }: FileBreak): { text: string; advice: string } {
	const name = MIRRORED[file].remote;
	const kept = `the ${sizeText(came)} that had come are kept in ${aside}`;
	switch (why) {
		case "cut":
			return {
				text: `LOST THERE: ${name} was cut on the host`,
				advice: `${kept}; what was written after them and before the cut is nowhere`,
			};
		case "replaced":
			return {
				text: `LOST THERE: another ${name} took the place of the first on the host`,
				advice: `${kept}; what the job still writes into the first does not come`,
			};
		case "removed":
			return { text: `LOST THERE: ${name} was removed on the host`, advice: kept };
		case "differs":
			return { text: `${name} differed here from what is on the host and is brought again`, advice: kept };
		case null:
			return { text: `${name} was not what it had been on the host, and began anew here`, advice: kept };
	}
}
