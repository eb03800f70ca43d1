import { expect, test } from "vitest";
import type { ExitRecord, RemoteState } from "../../../src/domain/remote-run.js";
import { readSlurmLine, stateOfSlurm } from "../../../src/remote/slurm-state.js";
import { remoteStateText, wayOn } from "../../../src/store/remote-texts.js";

const exitOf = (reason: ExitRecord["reason"], code: number | null): ExitRecord => ({
	...{ code, reason, endedAt: 90, logBytes: 5, freeBytes: null },
});
const seen = (
	line: string,
	exit: ExitRecord | null,
	{ next = null as number | null, isBegun = true } = {},
): RemoteState => stateOfSlurm(readSlurmLine(line), { exit, next, isBegun, logBytes: 5 });

/** What Slurm says, what the runner wrote, and what is made of it. */
const ENDS: [string, ExitRecord | null, string][] = [
	["7 COMPLETED None 10 90", exitOf("exit", 0), "ended with status 0"],
	["7 FAILED NonZeroExitCode 10 90", exitOf("exit", 3), "ended with status 3"],
	["7 TIMEOUT TimeLimit 10 90", exitOf("slurm", 143), "met Slurm's time limit with status 143"],
	["7 TIMEOUT TimeLimit 10 90", null, "met Slurm's time limit"],
	["7 DEADLINE DeadLine 10 90", exitOf("slurm", 143), "met Slurm's time limit with status 143"],
	["7 PREEMPTED None 10 90", exitOf("slurm", 143), "was preempted by another job with status 143"],
	["7 PREEMPTED None 10 90", null, "was preempted by another job"],
	["7 OUT_OF_MEMORY OutOfMemory 10 90", exitOf("exit", 137), "ran out of memory with status 137"],
	["7 OUT_OF_MEMORY OutOfMemory 10 90", null, "ran out of memory"],
	["7 NODE_FAIL NodeDown 10 90", null, "ended when its node failed"],
	["7 BOOT_FAIL None 10 90", null, "ended when its node failed"],
	["7 CANCELLED None 10 90", exitOf("slurm", 143), "was cancelled in Slurm with status 143"],
	["7 CANCELLED None - 90", null, "was cancelled in Slurm"],
	// Its own end counts for more than what Slurm did to it then.
	["7 CANCELLED None 10 90", exitOf("stop", 143), "was stopped with status 143"],
	["7 TIMEOUT TimeLimit 10 90", exitOf("budget", 143), "spent its budget with status 143"],
	["7 COMPLETING None 10 90", exitOf("exit", 0), "ended with status 0"],
];

test.each(ENDS)("what Slurm calls %s is told in one line", (line, exit, text) => {
	expect(remoteStateText(seen(line, exit))).toBe(text);
});

test("what Slurm takes back waits, and is followed into the attempt that goes on with it", () => {
	for (const state of ["REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "PENDING"])
		expect(seen(`7 ${state} BeginTime 10 -`, exitOf("slurm", 143)).state).toBe("queued");
	expect(seen("7 RUNNING None 10 -", exitOf("slurm", 143), { next: 2 })).toEqual({ state: "requeued", attempt: 2 });
});

test("without accounting, what Slurm no longer knows is what the runner wrote, and lost where it wrote nothing", () => {
	expect(remoteStateText(seen("7 UNKNOWN - - -", exitOf("exit", 0)))).toBe("ended with status 0");
	expect(seen("7 UNKNOWN - - -", null).state).toBe("lost");
	expect(seen("7 UNKNOWN - - -", null, { isBegun: false }).state).toBe("start_failed");
	expect(seen("7 UNREACHABLE", null).state).toBe("running");
	expect(seen("7 UNREACHABLE", null, { isBegun: false })).toMatchObject({ reason: "Slurm does not answer" });
});

test("each end that Slurm makes has a way on", () => {
	const way = (line: string) => wayOn(seen(line, null), "/work");
	expect(way("7 TIMEOUT TimeLimit 10 90")).toContain("--deadline");
	expect(way("7 OUT_OF_MEMORY - 10 90")).toContain("--mem");
	expect(way("7 PREEMPTED - 10 90")).toContain("qos");
	expect(way("7 CANCELLED - 10 90")).toContain("sacct");
	expect(way("7 NODE_FAIL - 10 90")).toContain("node");
	expect(way("7 UNKNOWN - - -")).toBeNull();
});
