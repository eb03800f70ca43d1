import { setTimeout as rest } from "node:timers/promises";
import { goesOn, type RemoteRun, type RemoteState } from "../domain/remote-run.js";
import { type Link, outputOf } from "./link.js";
import { quote } from "./quote.js";
import { askToEnd, cancelJob } from "./slurm-job.js";
import { folderOfAttempt } from "./start-attempt.js";
import { watchRun } from "./watch-run.js";

const ASK_EVERY_MS = 200;
/** More than the grace: the watcher looks twice a second, and processes need a moment to be gone. */
const MARGIN_MS = 5000;
/** Slurm waits half a minute between TERM and KILL unless told otherwise, and cleans up after that. */
const CANCEL_MS = 120_000;

export interface Stopped {
	state: RemoteState;
	/** Processes of it that are still there, or its job of Slurm. */
	left: number[];
	/** Whether one may be there that cannot be found: nothing of it tells any more whose it is. */
	mayHide: boolean;
}

/**
 * Asks a run to end, and sees that it has: TERM, after the grace KILL, then whatever had left its group. `why` is what its
 * record says of it.
 */
export async function stopAttempt(
	link: Link,
	run: Pick<RemoteRun, "folder" | "attempt" | "limit" | "slurm">,
	graceSeconds: number,
	signal: AbortSignal,
	why: "stop" | "peer" = "stop",
): Promise<Stopped> {
	const folder = folderOfAttempt(run);
	const runner = `sh ${quote(`${folder}/runner.sh`)} ${quote(folder)}`;
	// A full disk takes an empty file more readily than a line, and a run that cannot be asked can still be swept away.
	await link.execute(
		`cd ${quote(folder)} && { ${why === "stop" ? "" : `{ echo ${why} >stop.tmp && mv stop.tmp stop; } || `}: >stop; }; echo ${graceSeconds} >grace.tmp && mv grace.tmp grace`,
		{
			signal,
		},
	);
	if (run.slurm !== null) await askToEnd(link, run, signal);
	const watch = watchRun(link, folder, signal);
	try {
		const patience = performance.now() + graceSeconds * 2000 + MARGIN_MS;
		let { state, record } = await watch.ask();
		while (goesOn(state) && performance.now() < patience) {
			await rest(ASK_EVERY_MS, undefined, { signal });
			({ state, record } = await watch.ask());
		}
		if (run.slurm !== null) {
			const isGone = await cancelJob(link, run, CANCEL_MS, signal);
			({ state } = await watch.ask());
			return { state, left: isGone ? [] : [Number.parseInt(run.slurm.job ?? "0", 10)], mayHide: !isGone };
		}
		if (state.state === "running" || state.state === "runner_lost" || state.state === "lost") {
			await outputOf(link, `${runner} sweep`, { timeoutMs: null, signal });
			({ state, record } = await watch.ask());
		}
		const isRunnerSeen = state.state === "ended" && state.exit.code !== null;
		const left = await outputOf(link, `${runner} left`, { signal });
		return {
			state,
			left: left
				.split("\n")
				.filter((line) => line !== "")
				.map(Number),
			mayHide: record !== null && !(record.adopts && isRunnerSeen),
		};
	} finally {
		watch.close();
	}
}
