import { existsSync } from "node:fs";
import { gitState } from "../artifacts/git-state.js";
import { artifactsRoot, remoteFiles } from "../artifacts/layout.js";
import { type Host, hourlyPrice } from "../domain/host.js";
import { hostsOf } from "../domain/hosts-of-run.js";
import { endedWell, goesOn, membersOf, type RemoteRun, type RemoteState } from "../domain/remote-run.js";
import type { TrainingJob } from "../domain/training-job.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import type { Links } from "../remote/links.js";
import { standingOf } from "../remote/standing.js";
import { stopAttempt } from "../remote/stop-attempt.js";
import { type Limits, limitOf, priceOfAll } from "./remote-limit.js";
import { readRemoteJob, readRemoteRun, saveRemoteRun } from "./remote-records.js";

export interface AttemptOptions extends Limits {
	workspace: string;
	job: TrainingJob;
	/** Several share the steps out; the first keeps what comes of it. */
	hosts: readonly [Host, ...Host[]];
	graceSeconds: number;
	signal: AbortSignal;
	/** For names that nobody else gives. */
	random?: () => number;
	now?: () => Date;
}

export interface PlannedAttempt {
	run: RemoteRun;
	/** Ranks of its hosts on which it is yet to be started. */
	waiting: number[];
}

/** The attempt that is to be, or the one that is there. `workdirs`: of its hosts, where they are fit for it. */
export async function plannedAttempt(
	links: Links,
	options: AttemptOptions,
	workdirs: () => Promise<string[]>,
): Promise<PlannedAttempt> {
	const { workspace, job, hosts, signal, now = () => new Date() } = options;
	const files = remoteFiles(artifactsRoot(workspace), job.name);
	const limit = limitOf(hosts, options);
	if (!existsSync(files.record)) return newRun(options, await workdirs());
	const run = readRemoteRun(workspace, job.name);
	if (hostsOf(run) !== hosts.map(({ name }) => name).join(","))
		throw new AssayError("usage", `${run.id} was started on ${hostsOf(run)}`, { hint: "give another name" });
	if (JSON.stringify(readRemoteJob(workspace, run.id)) !== JSON.stringify(job)) {
		throw new AssayError("usage", `${files.job}: this training was started with other settings`, {
			hint: "give the new one another --name",
		});
	}
	const standings = await Promise.all(membersOf(run).map((member, at) => standingOf(links.of(at), member, signal)));
	const states = standings.map(({ state }) => state);
	const attempt = standings[0]?.attempt ?? run.attempt;
	const next = nextOf(states);
	const again = next === "first" || next === "another";
	if (next === "another") await endOthers(links, { ...run, attempt }, states, options);
	const planned = again ? { state: "prepared" as const } : null;
	const seen: RemoteRun = {
		...run,
		attempt: next === "another" ? attempt + 1 : attempt,
		slurm: run.slurm && { ...run.slurm, job: again ? null : (standings[0]?.slurmJob ?? null) },
		...(again && { limit, meeting: null, failure: null }),
		peers: run.peers.map((peer, at) => ({ ...peer, state: planned ?? states[at + 1] ?? peer.state })),
		last: { state: planned ?? states[0] ?? run.last.state, seenAt: now().toISOString() },
	};
	saveRemoteRun(workspace, seen);
	if (again) return { run: seen, waiting: states.map((_, rank) => rank) };
	return {
		run: seen,
		waiting: next === "rest" ? states.flatMap((state, rank) => (isUnbegun(state) ? [rank] : [])) : [],
	};
}

async function newRun(options: AttemptOptions, workdirs: readonly string[]): Promise<PlannedAttempt> {
	const { workspace, job, hosts, now = () => new Date(), random = Math.random } = options;
	const at = now().toISOString();
	const suffix = Math.floor(random() * 36 ** 6)
		.toString(36)
		.padStart(6, "0");
	const [first, ...others] = hosts.map((host, rank) => {
		const workdir = workdirs[rank] ?? "";
		// Hosts may share a disk.
		const folder = `${workdir}/runs/${job.name}-${suffix}${rank === 0 ? "" : `-rank${rank}`}`;
		return { host: host.name, workdir, folder, pricePerHour: hourlyPrice(host), state: { state: "prepared" as const } };
	});
	if (first === undefined) throw new Error("a run has a host");
	const { pricePerHour: _price, state, ...place } = first;
	const run: RemoteRun = {
		schema: "assay.remote-run.v1",
		id: job.name,
		...place,
		attempt: 1,
		createdAt: at,
		git: await gitState(workspace),
		inputs: [],
		limit: limitOf(hosts, options),
		pricePerHour: priceOfAll(hosts),
		peers: others,
		meeting: null,
		failure: null,
		slurm: hosts[0].slurm && { job: null, nodes: hosts[0].slurm.nodes },
		last: { state, seenAt: at },
	};
	writeFileAtomic(remoteFiles(artifactsRoot(workspace), job.name).job, `${JSON.stringify(job, null, "\t")}\n`);
	saveRemoteRun(workspace, run);
	return { run, waiting: hosts.map((_, rank) => rank) };
}

/**
 * What has to be started: `nothing`, all of it for the `first` time, the `rest` of what was begun on some of its hosts, or
 * `another` attempt.
 */
function nextOf(states: readonly RemoteState[]): "nothing" | "first" | "rest" | "another" {
	const [first] = states;
	if (first !== undefined && endedWell(first)) return "nothing";
	if (states.every(isUnbegun)) return "first";
	if (states.every((state) => isUnbegun(state) || isOnItsWay(state)))
		return states.some(isUnbegun) ? "rest" : "nothing";
	return states.every((state) => isOnItsWay(state) || endedWell(state)) ? "nothing" : "another";
}

/** Nothing of it was ever run. */
function isUnbegun({ state }: RemoteState): boolean {
	return state === "prepared" || state === "gone";
}

function isOnItsWay(state: RemoteState): boolean {
	return goesOn(state) || state.state === "requeued";
}

/** What goes on where another of its hosts failed can come to nothing. */
async function endOthers(
	links: Links,
	run: RemoteRun,
	states: readonly RemoteState[],
	{ graceSeconds, signal }: AttemptOptions,
): Promise<void> {
	for (const [rank, member] of membersOf(run).entries()) {
		const state = states[rank];
		if (state === undefined || !isOnItsWay(state)) continue;
		const { left } = await stopAttempt(links.of(rank), member, graceSeconds, signal, "peer");
		if (left.length === 0) continue;
		throw new AssayError("host", `${run.id}: processes of it are left on ${member.host}: ${left.join(", ")}`, {
			hint: "end them there first",
		});
	}
}
