import { setTimeout as rest } from "node:timers/promises";
import { endOfFile } from "../artifacts/file-ends.js";
import { artifactsRoot, rankFolder } from "../artifacts/layout.js";
import { MIRRORED } from "../domain/mirrored-files.js";
import {
	endedWell,
	goesOn,
	membersOf,
	type RemoteEvent,
	type RemoteRun,
	type RemoteState,
	type RunMember,
} from "../domain/remote-run.js";
import { overLinks } from "../remote/links.js";
import { stopAttempt } from "../remote/stop-attempt.js";
import type { OpenHost } from "./open-host.js";
import { readRemoteRun, saveRemoteRun } from "./remote-records.js";
import { failureOf, LOG_BYTES, type MemberEnd } from "./run-failure.js";

export interface TogetherOptions {
	workspace: string;
	run: RemoteRun;
	openTo: OpenHost;
	signal: AbortSignal;
	onEvent: (event: RemoteEvent) => void;
	isOnce?: boolean;
}

/** Processes that lose another end by themselves, mostly; their own words tell more than that they were stopped. */
const FAILED_MS = 8000;
/** The first host has written all there is by then. */
const FINISHED_MS = 60_000;
const GRACE_SECONDS = 10;

/**
 * Follows an attempt on all of its hosts. When it fails on one, the others are ended, and the record says which it was. It has
 * ended as it did on the first host, which alone writes what comes of it.
 */
export async function followTogether(
	options: TogetherOptions,
	follow: (member: RunMember, rank: number, signal: AbortSignal) => Promise<RemoteState>,
): Promise<RemoteState> {
	const { workspace, run, signal, isOnce } = options;
	const members = membersOf(run);
	const given = new AbortController();
	const together = AbortSignal.any([signal, given.signal]);
	const ends: MemberEnd[] = [];
	const following = members.map(async (member, rank) => {
		const state = await follow(member, rank, together);
		if (goesOn(state)) return;
		const log = `${rankFolder(artifactsRoot(workspace), run.id, run.attempt, rank)}/${MIRRORED.log.local}`;
		ends.push({ rank, host: member.host, state, said: endOfFile(log, LOG_BYTES) });
		if (isOnce !== true) await endOthers(rank, state);
	});
	const endOthers = async (rank: number, state: RemoteState): Promise<void> => {
		const hasFinished = endedWell(state);
		// What a process of another host than the first has done tells nothing of what the first has yet to write.
		if (hasFinished && rank > 0) return;
		const patience = AbortSignal.timeout(hasFinished ? FINISHED_MS : FAILED_MS);
		while (ends.length < members.length && !patience.aborted) await rest(100, undefined, { signal: together });
		const others = members.filter((_, at) => !ends.some((end) => end.rank === at));
		await Promise.all(others.map((member) => endMember(member, options, together)));
	};
	try {
		await Promise.all(following);
	} catch (error) {
		given.abort();
		await Promise.allSettled(following);
		throw error;
	}
	const first = ends.find(({ rank }) => rank === 0);
	if (first === undefined || ends.length < members.length) return readRemoteRun(workspace, run.id).last.state;
	saveRemoteRun(workspace, { ...readRemoteRun(workspace, run.id), failure: failureOf(first.state, ends) });
	return first.state;
}

async function endMember(
	member: RunMember,
	{ openTo, onEvent, run }: TogetherOptions,
	signal: AbortSignal,
): Promise<void> {
	const onLink = (): void => {};
	const { left } = await overLinks({ open: openTo(member.host), signal, onLink }, (link) =>
		stopAttempt(link, member, GRACE_SECONDS, signal, "peer"),
	);
	if (left.length > 0) onEvent({ type: "processes.left", id: run.id, host: member.host, pids: left });
}
