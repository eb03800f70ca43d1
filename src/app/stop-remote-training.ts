import { existsSync, rmSync } from "node:fs";
import { artifactsRoot, remoteFiles } from "../artifacts/layout.js";
import { hostsOf } from "../domain/hosts-of-run.js";
import { goesOn, membersOf, type RemoteRun } from "../domain/remote-run.js";
import { AssayError } from "../lib/errors.js";
import { type Link, outputOf } from "../remote/link.js";
import { quote } from "../remote/quote.js";
import { standingOf } from "../remote/standing.js";
import { type Stopped, stopAttempt } from "../remote/stop-attempt.js";
import type { OpenHost } from "./open-host.js";
import { recordAttempt, recordPeer, recordState } from "./remote-records.js";

interface Reached {
	workspace: string;
	run: RemoteRun;
	openTo: OpenHost;
	signal: AbortSignal;
}

/** `state`: on its first host; the rest is that of all together. */
export interface RunStopped extends Stopped {
	hosts: (Stopped & { host: string })[];
}

/**
 * Ends a training on other machines; what could not be ended is in the result. Throws `host` for a machine that could not be
 * reached, once the others have been dealt with.
 */
export async function stopRemoteTraining(options: Reached & { graceSeconds: number }): Promise<RunStopped> {
	const { workspace, run, openTo, graceSeconds, signal } = options;
	const members = membersOf(run);
	const opened: { link: Link; rank: number }[] = [];
	const missed: { host: string; error: unknown }[] = [];
	// One after the other, since each may have to ask a person.
	for (const [rank, { host }] of members.entries()) {
		try {
			opened.push({ link: await openTo(host)(signal), rank });
		} catch (error) {
			missed.push({ host, error });
		}
	}
	try {
		const stopping = opened.map(async ({ link, rank }) => {
			const member = membersOf(run)[rank];
			if (member === undefined) throw new Error(`${run.id} has no host of rank ${rank}`);
			const { attempt } = await standingOf(link, member, signal);
			const stopped = await stopAttempt(link, { ...member, attempt }, graceSeconds, signal);
			return { ...stopped, host: member.host, rank, attempt };
		});
		const hosts: RunStopped["hosts"] = [];
		for (const [at, outcome] of (await Promise.allSettled(stopping)).entries()) {
			if (outcome.status === "rejected") {
				missed.push({ host: members[opened[at]?.rank ?? 0]?.host ?? run.host, error: outcome.reason });
				continue;
			}
			const { rank, attempt, ...stopped } = outcome.value;
			if (rank === 0) {
				recordAttempt(workspace, run.id, attempt);
				recordState(workspace, run.id, stopped.state);
			} else recordPeer(workspace, run.id, rank, stopped.state);
			hosts.push(stopped);
		}
		refuseMissed(run, missed);
		const [first] = hosts;
		if (first === undefined) throw new Error(`${run.id} has no host`);
		return {
			state: first.state,
			left: hosts.flatMap(({ left }) => left),
			mayHide: hosts.some(({ mayHide }) => mayHide),
			hosts,
		};
	} finally {
		for (const { link } of opened) link.close();
	}
}

function refuseMissed(run: RemoteRun, missed: readonly { host: string; error: unknown }[]): void {
	const [first] = missed;
	if (first === undefined) return;
	const { error } = first;
	if (run.peers.length === 0 || !(error instanceof AssayError)) throw error;
	const names = missed.map(({ host }) => host).join(", ");
	throw new AssayError("host", `${run.id} may still run on ${names}: ${error.message}`, {
		hint: `it is ended on its other hosts; \`assay train stop ${run.id}\` tries again`,
		cause: error,
	});
}

/** Removes its folders there and its record here. Throws `usage` while it goes on. */
export async function forgetRemoteTraining({ workspace, run, openTo, signal }: Reached): Promise<void> {
	for (const member of membersOf(run)) {
		const link = await openTo(member.host)(signal);
		try {
			const { state } = await standingOf(link, member, signal);
			if (goesOn(state)) {
				throw new AssayError("usage", `${run.id} goes on at ${hostsOf(run)}`, {
					hint: `\`assay train stop ${run.id}\` ends it`,
				});
			}
			await outputOf(link, `rm -rf ${quote(member.folder)}`, { timeoutMs: null, signal });
		} finally {
			link.close();
		}
	}
	const { folder } = remoteFiles(artifactsRoot(workspace), run.id);
	if (existsSync(folder)) rmSync(folder, { recursive: true });
}
