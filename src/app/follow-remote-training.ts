import { join } from "node:path";
import { artifactsRoot, attemptFolder } from "../artifacts/layout.js";
import { MIRRORED, type RemoteEvent, type RemoteRun, type RemoteState } from "../domain/remote-run.js";
import { TrainerEvent } from "../domain/training-job.js";
import { followRun } from "../remote/follow-run.js";
import type { Link } from "../remote/link.js";
import { openMirror } from "../remote/mirror.js";
import { folderOfAttempt } from "../remote/start-attempt.js";
import { growingLines } from "./growing-lines.js";
import { recordAttempt, recordState } from "./remote-records.js";

export interface FollowRemoteOptions {
	workspace: string;
	run: RemoteRun;
	open: (signal: AbortSignal) => Promise<Link>;
	signal: AbortSignal;
	onEvent: (event: RemoteEvent) => void;
	/** What the trainer reported, from the beginning on. */
	onMeasured?: (events: readonly TrainerEvent[]) => void;
	/** Only what is there now. */
	isOnce?: boolean;
}

/**
 * Mirrors a training until it has ended, in the attempts that Slurm may go on with it in. The mirror is in the run's folder,
 * one folder an attempt.
 */
export async function followRemoteTraining(options: FollowRemoteOptions): Promise<RemoteState> {
	const { workspace, onEvent } = options;
	let { run } = options;
	for (;;) {
		const state = await followAttempt({ ...options, run });
		if (state.state !== "requeued") return state;
		run = recordAttempt(workspace, run.id, state.attempt);
		const { id, host, folder, attempt, slurm } = run;
		onEvent({ type: "job.submitted", id, host, folder, attempt, isNew: true, slurmJob: slurm?.job ?? null });
	}
}

async function followAttempt(options: FollowRemoteOptions): Promise<RemoteState> {
	const { workspace, run, open, signal, onEvent, onMeasured } = options;
	const { id } = run;
	const folder = attemptFolder(artifactsRoot(workspace), id, run.attempt);
	const metrics = growingLines(join(folder, MIRRORED.metrics.local), (line) => TrainerEvent.safeParse(line));
	const measure = (): void => {
		for (const { items } of onMeasured ? metrics.take() : []) if (items.length > 0) onMeasured?.(items);
	};
	const toldFree = freeTeller((bytes) => onEvent({ type: "disk.free", id, bytes }));
	const mirror = openMirror(folder, (news) => {
		const { file } = news;
		if (news.kind === "restarted") {
			const { why, came, there, aside } = news;
			onEvent({ type: "mirror.restarted", id, file, why, came, there, aside });
		} else onEvent({ type: `${file}.appended`, id, offset: news.offset, bytes: news.bytes });
		if (file === "metrics") measure();
	});
	try {
		measure();
		const { state, proofs } = await followRun({
			open,
			folder: folderOfAttempt(run),
			mirror,
			isOnce: options.isOnce === true,
			isPrompt: options.isOnce === true,
			signal,
			onLink: (link) => onEvent({ type: "link.changed", id, ...link }),
			onAnswer: ({ freeBytes }) => toldFree(freeBytes),
			onState: (seen) => {
				recordState(workspace, id, seen);
				onEvent({ type: "job.state", id, state: seen });
			},
		});
		const logBytes = state.state === "ended" ? state.exit.logBytes : null;
		for (const proof of proofs)
			onEvent({ type: "mirror.proved", id, ...proof, bytesAtEnd: proof.file === "log" ? logBytes : null });
		return state;
	} finally {
		metrics.close();
		mirror.close();
	}
}

/** Tells what differs by a hundredth or more from what was told last. */
function freeTeller(tell: (bytes: number) => void): (bytes: number | null) => void {
	let told: number | null = null;
	return (bytes) => {
		if (bytes === null || (told !== null && Math.abs(bytes - told) < told / 100)) return;
		told = bytes;
		tell(bytes);
	};
}
