import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nodesIn } from "../../../src/app/node-logs.js";
import { failureOf, failureOfNodes, type MemberEnd } from "../../../src/app/run-failure.js";
import type { ExitRecord, RemoteState } from "../../../src/domain/remote-run.js";

const folder = mkdtempSync(join(tmpdir(), "assay-run-failure-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ended = (reason: ExitRecord["reason"], code: number | null): RemoteState => ({
	state: "ended",
	exit: { code, reason, endedAt: 0, logBytes: 0, freeBytes: null },
});
const first = (state: RemoteState, said = ""): MemberEnd => ({ rank: 0, host: "gpu1", state, said });
const second = (state: RemoteState, said = ""): MemberEnd => ({ rank: 1, host: "gpu2", state, said });
const of = (...ends: MemberEnd[]) => failureOf(ends.find(({ rank }) => rank === 0)?.state ?? ended("exit", 0), ends);

const LOST = "RuntimeError: [../gloo/pair.cc:534] Connection closed by peer [10.0.0.2]:4711\n";
const KILLED = "Root Cause (first observed failure):\n  rank      : 1\n  exitcode  : -9 (pid: 4711)\n";

test("nobody failed where the first host ended well, or where somebody stopped it", () => {
	expect(of(first(ended("exit", 0)), second(ended("peer", 143)))).toBeNull();
	expect(of(first(ended("stop", 143)), second(ended("exit", 1), LOST))).toBeNull();
});

test("a process that was killed ended it, and not the host that lost it or the one that was stopped for that", () => {
	const named = { host: "gpu2", text: "ended with status 1: a process of it was ended by signal 9" };
	expect(of(first(ended("exit", 1), LOST), second(ended("exit", 1), KILLED))).toEqual(named);
	expect(of(first(ended("peer", 143)), second(ended("exit", 1), KILLED))).toEqual(named);
	expect(of(second(ended("exit", 137)), first(ended("exit", 1), LOST))).toEqual({
		host: "gpu2",
		text: "ended with status 137: signal 9 ended it",
	});
});

test("what ended a host from outside comes before what failed by itself: a limit, a reboot, a runner that is gone", () => {
	const failed = first(ended("exit", 1), "ValueError: loss is nan\n");
	expect(of(failed, second({ state: "rebooted" }))?.host).toBe("gpu2");
	expect(of(failed, second(ended("runner_lost", null)))?.text).toBe("ended unseen");
	expect(of(failed, second(ended("budget", 143)))?.text).toBe("spent its budget with status 143");
});

test("an error of its own comes before one that tells of another, in the words of its last line", () => {
	const own = "Traceback (most recent call last):\n  x\ntorch.OutOfMemoryError: CUDA out of memory\n";
	expect(of(first(ended("exit", 1), LOST), second(ended("exit", 1), own))).toEqual({
		host: "gpu2",
		text: "ended with status 1: torch.OutOfMemoryError: CUDA out of memory",
	});
	expect(of(first(ended("exit", 1), LOST), second(ended("peer", 143)))).toEqual({
		host: "gpu1",
		text: "ended with status 1: Connection closed by peer",
	});
});

const LABELLED = [
	"a warning of the cluster",
	"0: runs on n0",
	"1: runs on n1",
	"1: step 1: 2",
	`0: ${LOST.trim()}`,
	"1: ValueError: loss is nan",
	"srun: error: n1: task 1: Exited with exit code 1",
	"srun: error: n0: task 0: Terminated",
	"",
].join("\n");

test("a log that several nodes write to is taken apart by their numbers, with the names that Slurm has for them", () => {
	expect(nodesIn(LABELLED)).toEqual([
		{ number: 0, name: "n0", said: `runs on n0\n${LOST}`, code: null },
		{ number: 1, name: "n1", said: "runs on n1\nstep 1: 2\nValueError: loss is nan\n", code: 1 },
	]);
});

test("the node of Slurm's that failed is named, and none where the job was cancelled or ended well", () => {
	const log = join(folder, "out.log");
	writeFileSync(log, LABELLED);
	expect(failureOfNodes(ended("exit", 1), log)).toEqual({
		host: "n1",
		text: "ended with status 1: ValueError: loss is nan",
	});
	expect(failureOfNodes(ended("cancelled", 143), log)).toBeNull();
	expect(failureOfNodes(ended("exit", 0), log)).toBeNull();
	expect(failureOfNodes(ended("exit", 1), join(folder, "none"))).toBeNull();
});
