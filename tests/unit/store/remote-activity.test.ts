import { expect, test } from "vitest";
import { gpuSampleOf } from "../../../src/app/gpu-samples.js";
import type { GpuSample, RemoteFacts, RemoteUpdate } from "../../../src/domain/remote-activity.js";
import { type RemoteActivity, reduceRemote } from "../../../src/store/remote-activity.js";
import { remoteAlarms } from "../../../src/store/remote-alarms.js";
import { limitEndMs, limitLeftMs, remoteCost } from "../../../src/store/remote-cost.js";
import { rentCost } from "../../../src/store/rent-cost.js";
import { busyText, ranksText, trainingMembers } from "../../../src/store/training-members.js";
import { linkText } from "../../../views/text/remote-text.js";

const HOUR = 3_600_000;
const RUN: RemoteFacts = {
	host: "gpu1",
	folder: "/runs/x",
	attempt: 2,
	createdAt: "2026-11-21T08:00:00.000Z",
	limit: { seconds: 7200, reason: "budget" },
	pricePerHour: 50,
	...{ peers: [], failure: null, slurm: null },
	last: { state: { state: "running" }, seenAt: "2026-11-21T09:00:00.000Z" },
	clock: { earlierMs: HOUR, startedAtMs: 0, endedAtMs: null },
};

const GPU: GpuSample = {
	...{ atMs: 0, index: 0, name: "B200", busy: 0, memoryMb: 1, memoryTotalMb: 2 },
	...{ watts: null, wattLimit: null, celsius: null, smMhz: null, eccErrors: null },
};

function after(...updates: RemoteUpdate[]): RemoteActivity {
	let state: RemoteActivity | null = null;
	for (const update of [{ kind: "remote", run: RUN } as const, ...updates]) state = reduceRemote(state, update);
	if (state === null) throw new Error("a training on a host has a state");
	return state;
}

test("a line of nvidia-smi is a sample, what a driver does not tell is missing, and other lines are none", () => {
	const line = "2026/11/21 14:00:02.120, 3, GPU-8f, NVIDIA B200, 97, 141000, 183359, 912.40, 1000.00, 64, 1965, 0";
	expect(gpuSampleOf(line)).toMatchObject({ index: 3, name: "NVIDIA B200", busy: 97, watts: 912.4, eccErrors: 0 });
	const mig =
		"2026/11/21 14:00:02.120, 0, GPU-8f, NVIDIA B200, [N/A], 10, 183359, [Not Supported], 1000, ERR!, 1965, [N/A]";
	expect(gpuSampleOf(mig)).toMatchObject({ busy: null, watts: null, celsius: null, eccErrors: null, memoryMb: 10 });
	for (const other of ["", "Unable to determine the device handle for GPU0", line.slice(0, 40)])
		expect(gpuSampleOf(other)).toBeNull();
});

test("what a training costs counts all attempts, its budget this one alone, and the projection goes to the end", () => {
	const cost = remoteCost(RUN, HOUR / 2, HOUR);
	expect(cost).toEqual({ workedMs: 2 * HOUR, spent: 100, projected: 125, budget: 100, share: 0.5, isOver: false });
	expect([limitLeftMs(RUN, HOUR), limitLeftMs(RUN, 3 * HOUR), limitEndMs(RUN)]).toEqual([HOUR, 0, 2 * HOUR]);
	const ended: RemoteFacts = { ...RUN, clock: { ...RUN.clock, endedAtMs: HOUR } };
	expect(remoteCost(ended, null, 9 * HOUR)).toMatchObject({ spent: 100, projected: null });
	expect(limitLeftMs(ended, 9 * HOUR)).toBeNull();
	expect(remoteCost({ ...RUN, pricePerHour: null }, null, HOUR)).toBeNull();
});

const running = (etaMs: number | null) => ({ isRunning: true, etaMs });

test("the budget is told of at half, at four fifths and near its end, and a projection beyond it", () => {
	const named = (hours: number, eta: number | null) =>
		remoteAlarms(after(), running(eta), hours * HOUR).map(({ name, level, at }) => [name, level, at]);
	expect(named(0.5, null)).toEqual([]);
	expect(named(1, HOUR / 2)).toEqual([["budget_share", "warning", 50]]);
	expect(named(1.7, HOUR)).toEqual([
		["budget_share", "warning", 80],
		["budget_projected", "warning", null],
	]);
	expect(named(1.95, null)).toEqual([["budget_share", "error", 95]]);
});

test("a GPU that idles for ten minutes is named, one that idled before is not", () => {
	const samples = Array.from({ length: 400 }, (_, i) => i).flatMap((i) =>
		[0, 1].map((index) => ({
			...{ atMs: i * 2000, index, name: "B200", busy: index === 0 && i > 50 ? 80 : 0, memoryMb: 1 },
			...{ memoryTotalMb: 2, watts: null, wattLimit: null, celsius: null, smMhz: null, eccErrors: null },
		})),
	);
	const alarms = remoteAlarms(after({ kind: "gpus", member: 0, samples }), running(null), 0);
	expect(alarms.map(({ text }) => text)).toEqual(["GPU 1 of 2 was busy less than 5 % of the last 10 min"]);
	expect(remoteAlarms(after({ kind: "gpus", member: 0, samples: samples.slice(0, 100) }), running(null), 0)).toEqual(
		[],
	);
});

test("a disk that fills up is an alarm with what may help, as long as something writes to it", () => {
	const disk = (freeBytes: number, isRunning = true) =>
		remoteAlarms(after({ kind: "disk", freeBytes }), { isRunning, etaMs: null }, 0).map(({ level }) => level);
	expect(disk(200e9)).toEqual([]);
	expect(disk(3e9)).toEqual(["warning"]);
	expect(disk(1e8)).toEqual(["error"]);
	expect(disk(1e8, false)).toEqual([]);
});

test("a log that was cut on the host stays an alarm after the end, told once, with where the rest of it is kept", () => {
	const seen = { kind: "broken", file: "log", why: "cut", came: 2048, aside: "/w/out.log.1" } as const;
	const remote = after(seen, { ...seen, why: null }, { ...seen, why: null, aside: "/w/out.log.2" });
	const alarms = remoteAlarms(remote, { isRunning: false, etaMs: null }, 0);
	expect(alarms.map(({ text }) => text)).toEqual([
		"LOST THERE: out.log was cut on the host",
		"out.log was not what it had been on the host, and began anew here",
	]);
	expect(alarms[0]?.advice).toContain("2.0 kB that had come are kept in /w/out.log.1");
});

test("every alarm of a training on a host says what may help", () => {
	const samples = Array.from({ length: 400 }, (_, i) => ({
		...{ atMs: i * 2000, index: 0, name: "B200", busy: 0, memoryMb: 1 },
		...{ memoryTotalMb: 2, watts: null, wattLimit: null, celsius: null, smMhz: null, eccErrors: null },
	}));
	const remote = after(
		{ kind: "gpus", member: 0, samples },
		{ kind: "disk", freeBytes: 1e8 },
		{ kind: "broken", file: "log", why: "replaced", came: 1, aside: "a" },
	);
	const alarms = remoteAlarms(remote, running(HOUR), 1.7 * HOUR);
	expect(alarms.map(({ name }) => name)).toEqual([
		...["mirror_broken", "disk_low", "budget_share", "budget_projected", "gpu_idle"],
	]);
	for (const { advice } of alarms) expect(advice).not.toBeNull();
});

test("the rent of a host counts idle time, and two trainings at once pay for it once", () => {
	const rent = {
		periods: [
			{ from: 0, to: 2 * HOUR, pricePerHour: 10 },
			{ from: 5 * HOUR, to: null, pricePerHour: 20 },
		],
		worked: [
			{ from: 0, to: HOUR },
			{ from: HOUR / 2, to: 1.5 * HOUR },
			{ from: 5 * HOUR, to: null },
		],
	};
	expect(rentCost(rent, 6 * HOUR)).toEqual({
		isRented: true,
		rentedMs: 3 * HOUR,
		spent: 40,
		idleMs: HOUR / 2,
		idleSpent: 5,
	});
});

test("the rent is never less than what one training cost, whichever clocks counted them", () => {
	const rentOf = (worked: { from: number; to: number | null }[], to: number | null) =>
		rentCost({ periods: [{ from: 500, to, pricePerHour: 10 }], worked }, HOUR + 200);
	// By whole seconds it begins before the host was rented, and ends after that.
	expect(rentOf([{ from: 0, to: HOUR }], HOUR - 900)).toMatchObject({ spent: 10, rentedMs: HOUR, idleMs: 0 });
	expect(rentOf([{ from: 0, to: null }], null).rentedMs).toBe(HOUR + 200);
	// The host's clock is a day ahead.
	expect(rentOf([{ from: 24 * HOUR, to: 24 * HOUR + 1000 }], HOUR + 500)).toMatchObject({
		rentedMs: HOUR,
		idleMs: HOUR - 1000,
	});
	const twice = [
		{ from: 0, to: HOUR, pricePerHour: 10 },
		{ from: 2 * HOUR, to: 3 * HOUR, pricePerHour: 10 },
	];
	const through = rentCost({ periods: twice, worked: [{ from: 0, to: 3 * HOUR }] }, 3 * HOUR);
	expect(through).toMatchObject({ spent: 20, idleMs: 0 });
});

test("the link is told as it is: live, stale, reconnecting, not followed, or what became of the run", () => {
	const told = (link: RemoteUpdate, now: number) => linkText(after(link), true, now).text;
	expect(told({ kind: "link", link: { link: "live" }, atMs: 0 }, 0)).toBe("live");
	expect(told({ kind: "link", link: { link: "stale", ms: 3000 }, atMs: 0 }, 1000)).toBe("stale: no answer for 4 s");
	const reconnecting = { link: "reconnecting", attempt: 3, inMs: 2000, reason: "connect ECONNREFUSED" } as const;
	expect(told({ kind: "link", link: reconnecting, atMs: 0 }, 500)).toBe(
		"reconnecting, attempt 3, next in 1.5 s: connect ECONNREFUSED",
	);
	const seen = Date.parse(RUN.last.seenAt);
	expect(told({ kind: "link", link: null, atMs: 0 }, seen + 65_000)).toBe(
		"not followed; running when last seen, 01:05 ago",
	);
	const rebooted: RemoteFacts = { ...RUN, last: { ...RUN.last, state: { state: "rebooted" } } };
	expect(linkText(after({ kind: "remote", run: rebooted }), false, 0)).toMatchObject({
		text: "the host was started anew, and the run ended with that",
		level: "bad",
	});
});

test("another attempt begins without the proofs and GPUs of the one before", () => {
	const proof = { kind: "proved", file: "log", bytes: 5, sha256: "ab", isEqual: true } as const;
	const state = after(proof, { kind: "remote", run: { ...RUN, attempt: 3 } });
	expect([state.proofs.size, state.members.size]).toEqual([0, 0]);
});

const PEERS: RemoteFacts = {
	...RUN,
	peers: [{ host: "gpu2", folder: "/runs/x-rank1", workdir: "/", pricePerHour: 5, state: { state: "runner_lost" } }],
	failure: { host: "gpu2", text: "ended unseen" },
};

test("each host of a training has its ranks, its state, its GPUs and what it said last, and the one that ended it is told", () => {
	const remote = after(
		{ kind: "remote", run: PEERS },
		{ kind: "said", member: 1, node: null, line: "step 3" },
		{ kind: "gpus", member: 1, samples: [{ ...GPU, index: 1, busy: 40 }] },
		{ kind: "gpus", member: 1, samples: [{ ...GPU, index: 0, busy: 80 }] },
	);
	const [first, second] = trainingMembers(remote, 8);
	expect(first).toMatchObject({ name: "gpu1", ranks: { first: 0, last: 7 }, line: null, gpus: [], failure: null });
	expect(second).toMatchObject({
		...{ name: "gpu2", ranks: { first: 8, last: 15 }, line: "step 3", failure: "ended unseen" },
		state: { state: "runner_lost" },
	});
	expect(busyText(second?.gpus ?? [])).toBe("2 GPUs 60 % busy");
	expect([ranksText({ first: 8, last: 15 }), ranksText({ first: 1, last: 1 })]).toEqual(["8-15", "1"]);
});

test("nodes of Slurm's have the names that their log tells, and each is one before that", () => {
	const remote = after(
		{ kind: "remote", run: { ...RUN, slurm: { job: "7", nodes: 2 }, failure: { host: "n8", text: "ended" } } },
		{ kind: "said", member: 1, node: "n8", line: "step 3" },
		{ kind: "said", member: 1, node: null, line: "step 4" },
	);
	expect(trainingMembers(remote, 1)).toMatchObject([
		{ name: null, line: null, failure: null },
		{ name: "n8", line: "step 4", failure: "ended" },
	]);
});

test("a GPU that idles on one of several hosts is named with its host", () => {
	const samples = Array.from({ length: 400 }, (_, i) => ({ ...GPU, atMs: i * 2000, busy: 0 }));
	const remote = after({ kind: "remote", run: PEERS }, { kind: "gpus", member: 1, samples });
	expect(remoteAlarms(remote, running(null), 0).map(({ text }) => text)).toEqual([
		"GPU 0 on gpu2 of 1 was busy less than 5 % of the last 10 min",
	]);
});
