import { join } from "node:path";
import { artifactsRoot, rankFolder } from "../artifacts/layout.js";
import { MIRRORED } from "../domain/mirrored-files.js";
import {
	goesOn,
	membersOf,
	type RemoteEvent,
	type RemoteRun,
	type RemoteState,
	type RunMember,
} from "../domain/remote-run.js";
import { TrainerEvent } from "../domain/training-job.js";
import { followRun } from "../remote/follow-run.js";
import { openMirror } from "../remote/mirror.js";
import { folderOfAttempt } from "../remote/start-attempt.js";
import { followTogether } from "./follow-together.js";
import { growingLines } from "./growing-lines.js";
import type { OpenHost } from "./open-host.js";
import { readRemoteRun, recordAttempt, recordPeer, recordState, saveRemoteRun } from "./remote-records.js";
import { failureOfNodes } from "./run-failure.js";

export interface FollowRemoteOptions {
	workspace: string;
	run: RemoteRun;
	openTo: OpenHost;
	signal: AbortSignal;
	onEvent: (event: RemoteEvent) => void;
	/** What the trainer reported, from the beginning on. */
	onMeasured?: (events: readonly TrainerEvent[]) => void;
	/** Only what is there now. */
	isOnce?: boolean;
}

/**
 * Mirrors a training until it has ended, in the attempts that Slurm may go on with it in. The mirror is in the run's folder,
 * one folder an attempt, and in it one for each further host.
 */
export async function followRemoteTraining(options: FollowRemoteOptions): Promise<RemoteState> {
	const { workspace, onEvent } = options;
	let { run } = options;
	for (;;) {
		const of = { ...options, run };
		const [only, ...others] = membersOf(run);
		const state =
			others.length === 0
				? await followAlone(of, only)
				: await followTogether(of, (member, rank, signal) => followMember({ ...of, signal }, member, rank));
		if (state.state !== "requeued") return state;
		run = recordAttempt(workspace, run.id, state.attempt);
		onEvent(submittedEvent(run, true));
	}
}

/** On one host, or on nodes of Slurm's that share a log, which tells the one that failed. */
async function followAlone(options: FollowRemoteOptions, only: RunMember): Promise<RemoteState> {
	const { workspace, run } = options;
	const state = await followMember(options, only, 0);
	if ((run.slurm?.nodes ?? 1) === 1 || goesOn(state)) return state;
	const log = join(rankFolder(artifactsRoot(workspace), run.id, run.attempt, 0), MIRRORED.log.local);
	saveRemoteRun(workspace, { ...readRemoteRun(workspace, run.id), failure: failureOfNodes(state, log) });
	return state;
}

export function submittedEvent({ id, host, folder, attempt, slurm, peers }: RemoteRun, isNew: boolean): RemoteEvent {
	const others = peers.map((peer) => ({ host: peer.host, folder: peer.folder }));
	return {
		type: "job.submitted",
		...{ id, host, folder, attempt, isNew },
		slurmJob: slurm?.job ?? null,
		peers: others,
	};
}

async function followMember(options: FollowRemoteOptions, member: RunMember, rank: number): Promise<RemoteState> {
	const { workspace, run, openTo, signal, onEvent, onMeasured } = options;
	const { id } = run;
	const folder = rankFolder(artifactsRoot(workspace), id, member.attempt, rank);
	const isFirst = rank === 0;
	const tell = (event: RemoteEvent): void =>
		onEvent(isFirst ? event : { type: "peer.event", id, host: member.host, rank, event });
	const metrics = growingLines(join(folder, MIRRORED.metrics.local), (line) => TrainerEvent.safeParse(line));
	const measure = (): void => {
		for (const { items } of onMeasured && isFirst ? metrics.take() : []) if (items.length > 0) onMeasured?.(items);
	};
	const toldFree = freeTeller((bytes) => tell({ type: "disk.free", id, bytes }));
	const mirror = openMirror(folder, (news) => {
		const { file } = news;
		if (news.kind === "restarted") {
			const { why, came, there, aside } = news;
			tell({ type: "mirror.restarted", id, file, why, came, there, aside });
		} else tell({ type: `${file}.appended`, id, offset: news.offset, bytes: news.bytes });
		if (file === "metrics") measure();
	});
	try {
		measure();
		const { state, proofs } = await followRun({
			open: openTo(member.host),
			folder: folderOfAttempt(member),
			mirror,
			isOnce: options.isOnce === true,
			isPrompt: options.isOnce === true,
			signal,
			onLink: (link) => tell({ type: "link.changed", id, ...link }),
			onAnswer: ({ freeBytes }) => toldFree(freeBytes),
			onState: (seen) => {
				if (isFirst) recordState(workspace, id, seen);
				else recordPeer(workspace, id, rank, seen);
				tell({ type: "job.state", id, state: seen });
			},
		});
		const logBytes = state.state === "ended" ? state.exit.logBytes : null;
		for (const proof of proofs)
			tell({ type: "mirror.proved", id, ...proof, bytesAtEnd: proof.file === "log" ? logBytes : null });
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
