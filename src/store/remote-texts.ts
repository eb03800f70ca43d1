import type { RemoteState } from "../domain/remote-run.js";

const ENDS = {
	exit: "ended",
	stop: "was stopped",
	deadline: "met its deadline",
	budget: "spent its budget",
	runner_lost: "ended unseen",
};

/** Less than a log line or two would need. */
const FULL_BYTES = 1 << 16;

/** There was no room any more when it ended. */
export function isDiskFull(state: RemoteState): boolean {
	return state.state === "ended" && state.exit.freeBytes !== null && state.exit.freeBytes < FULL_BYTES;
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
	}
}
