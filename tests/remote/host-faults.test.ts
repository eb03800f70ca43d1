import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stopAttempt } from "../../src/remote/stop-attempt.js";
import { assayIn, BIN } from "./assay.js";
import { COUNTS, type FaultBed, type Following, makeFaultBed, NOTHING_LOST } from "./fault-bed.js";
import { recordShellRun } from "./recorded-run.js";
import { isThere, type ShellRun, signal, startShellRun } from "./shell-runs.js";
import { hasSshd, mayMount, until } from "./ssh-hosts.js";

let bed: FaultBed;

async function booked(kind: string, faults: number, shell: ShellRun, following: Following) {
	const { state, proofs } = await following.end;
	const isKnown = state.state === "ended" || state.state === "rebooted" || state.state === "lost";
	bed.book(kind, faults, { differing: bed.differing(shell, following.local), starts: bed.starts(shell), isKnown });
	return { state, proofs };
}

/** A disk of so many bytes at a folder, for as long as work with it takes. */
async function onSmallDisk(folder: string, bytes: number, work: () => Promise<void>): Promise<void> {
	mkdirSync(folder, { recursive: true });
	execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "none", folder]);
	try {
		await work();
	} finally {
		execFileSync("umount", ["-l", folder]);
	}
}

describe.skipIf(!hasSshd)("a host, or a machine here, that fails in every way (needs openssh-server)", () => {
	beforeAll(async () => {
		bed = await makeFaultBed();
	});
	beforeEach(() => bed.renew());
	afterAll(() => bed?.close());

	test("a clock that jumps by years, either way, neither ends a run nor keeps it from its deadline", async () => {
		const offset = join(bed.root, "offset");
		writeFileSync(offset, "0");
		writeFileSync(
			join(bed.gpu.bin, "date"),
			`#!/bin/sh\nexec /bin/date -d "@$(($(/bin/date +%s) + $(cat ${offset})))" "$@"\n`,
			{ mode: 0o755 },
		);
		const limit = { seconds: 6, reason: "deadline" } as const;
		const shell = await bed.start(`${COUNTS}while :; do date +%s; sleep 0.1; done`, { limit });
		const following = bed.follow(shell);
		for (const jump of ["40000000", "-40000000", "0"]) {
			writeFileSync(offset, jump);
			const size = following.bytes();
			await until(() => following.bytes() > size + 30, "it goes on");
			expect(isThere(join(shell.folder, "exit.json"))).toBe(false);
		}
		const { state } = await booked("host clock jumped", 3, shell, following);
		expect(state).toMatchObject({ state: "ended", exit: { reason: "deadline", code: 143 } });
		rmSync(join(bed.gpu.bin, "date"));
	});

	test.skipIf(!mayMount)(
		"a run whose disk there is full tells how it ended, and that it is full (needs root)",
		async () => {
			const work = join(bed.gpu.home, "small");
			await onSmallDisk(work, 2_000_000, async () => {
				const shell = await startShellRun(bed.straight, work, `${COUNTS}exec yes a line of the log`);
				const { state, proofs } = await booked("disk there full", 1, shell, bed.follow(shell));
				expect(state).toMatchObject({ state: "ended", exit: { code: 1, reason: "exit" } });
				expect(state.state === "ended" && state.exit.freeBytes).toBeLessThan(65_536);
				expect(proofs.find(({ file }) => file === "log")).toMatchObject({ isEqual: true });
			});
		},
	);

	test.skipIf(!mayMount)(
		"on a full disk a deadline is kept, a stop is obeyed, and both are told (needs root)",
		async () => {
			for (const reason of ["deadline", "stop"] as const) {
				const work = join(bed.gpu.home, `small-${reason}`);
				await onSmallDisk(work, 2_000_000, async () => {
					const more = reason === "deadline" ? { limit: { seconds: 2, reason } } : {};
					const fill = `${COUNTS}cat /dev/zero >filler; exec sleep 60`;
					const shell = await startShellRun(bed.straight, work, fill, more);
					const following = bed.follow(shell);
					if (reason === "stop") {
						await until(() => statfsSync(work).bavail === 0, "it is full");
						expect(await stopAttempt(bed.straight, shell.run, 1, signal)).toMatchObject({ left: [], mayHide: false });
					}
					const { state } = await booked("disk there full", 1, shell, following);
					expect(state).toMatchObject({ state: "ended", exit: { code: 143, reason } });
				});
			}
		},
	);

	test.skipIf(!mayMount)(
		"a full disk here ends the following with its reason, and the next brings the rest (needs root)",
		async () => {
			const local = join(bed.root, "small-here");
			await onSmallDisk(local, 1_000_000, async () => {
				const shell = await bed.start(`${COUNTS}head -c 3000000 /dev/urandom`);
				await expect(bed.follow(shell, local).end).rejects.toMatchObject({
					message: expect.stringContaining("the disk is full"),
					hint: expect.stringContaining("the run goes on there"),
				});
				expect(statSync(join(local, "out.log")).size).toBeGreaterThan(0);
				execFileSync("mount", ["-o", "remount,size=20000000", local]);
				const following = bed.follow(shell, local);
				const { proofs } = await booked("disk here full", 1, shell, following);
				expect(proofs.find(({ file }) => file === "log")).toMatchObject({ bytes: 3_000_000, isEqual: true });
				expect(following.news.filter(({ kind }) => kind === "restarted")).toEqual([]);
			});
		},
	);

	test.skipIf(!mayMount)(
		"a reboot is told as one, and all that was written before it is here (needs root)",
		async () => {
			const shell = await bed.start(`${COUNTS}i=0; while :; do i=$((i + 1)); echo $i; sleep 0.01; done`);
			const following = bed.follow(shell);
			await until(() => following.bytes() > 100, "it writes");
			const { runnerPid, jobPid } = JSON.parse(shell.text("runner.json"));
			bed.straight.close();
			await bed.gpu.kill();
			for (const group of [-runnerPid, -jobPid]) process.kill(group, "SIGKILL");
			await bed.gpu.startAnew();
			const { state } = await booked("host rebooted", 1, shell, following);
			expect(state).toEqual({ state: "rebooted" });
			await bed.gpu.kill();
			await bed.gpu.start();
			bed.straight = await bed.open("gpu1");
		},
	);

	test("a runner that is killed, and a watcher with it, leave a run that is accounted for", async () => {
		const shell = await bed.start(`${COUNTS}while :; do date; sleep 0.02; done`);
		const following = bed.follow(shell);
		await until(() => following.bytes() > 100, "it writes");
		const { runnerPid, jobPid } = JSON.parse(shell.text("runner.json"));
		process.kill(-runnerPid, "SIGKILL");
		process.kill(-jobPid, "SIGKILL");
		const { state } = await booked("runner, watcher and job killed", 3, shell, following);
		expect(state).toEqual({ state: "lost" });
	});

	test("a program that is killed again and again, or sleeps while its link dies, brings all of it in the end", {
		timeout: 90_000,
	}, async () => {
		const shell = await bed.start(
			`${COUNTS}i=0; until [ -e enough ]; do i=$((i + 1)); echo line $i; sleep 0.002; done`,
		);
		const workspace = join(bed.root, "workspace");
		const local = recordShellRun(workspace, shell, { id: "run", host: "by-proxy", sshConfig: bed.world.config });
		const log = join(local, "out.log");
		const size = () => statSync(log, { throwIfNoEntry: false })?.size ?? 0;
		const follow = () =>
			spawn(process.execPath, [BIN, "train", "logs", "run", "-f", "--workspace", workspace], {
				stdio: ["ignore", "ignore", "inherit"],
			});
		for (let i = 0; i < 6; i++) {
			const child = follow();
			const before = size();
			await until(() => size() > before, "more comes");
			if (i % 2 === 1) {
				child.kill("SIGSTOP");
				bed.proxy.cut();
				child.kill("SIGCONT");
				const asleep = size();
				await until(() => size() > asleep, "more comes after the sleep");
			}
			const killed = once(child, "close");
			child.kill("SIGKILL");
			await killed;
		}
		const last = follow();
		writeFileSync(join(shell.folder, "enough"), "");
		expect(await once(last, "close")).toEqual([0, null]);
		expect(readFileSync(log)).toEqual(readFileSync(join(shell.folder, "out.log")));
		const account = { differing: bed.differing(shell, local), starts: bed.starts(shell), isKnown: true };
		bed.book("program killed", 6, account);
		bed.book("program asleep while its link dies", 3, { ...account, starts: 1 });
	});

	test("the end of a log is shown without the rest, and what comes after it follows without a gap", async () => {
		const shell = await bed.start(
			"seq 300000; until [ -e go ]; do sleep 0.05; done; seq 300001 300010; printf 'no end'",
		);
		await until(() => shell.text("out.log").endsWith("300000\n"), "it has said most");
		const [workspace, other] = ["tail", "tail-follow"].map((name) => join(bed.root, name)) as [string, string];
		const record = { id: "run", host: "gpu1", sshConfig: bed.world.config };
		const local = recordShellRun(workspace, shell, record);
		recordShellRun(other, shell, record);
		const two = await assayIn(workspace, ["train", "logs", "run", "--tail", "2"]);
		expect(two).toEqual({ code: 0, stdout: "299999\n300000\n", stderr: "" });
		expect(isThere(local)).toBe(false);
		const following = assayIn(other, ["train", "logs", "run", "--tail", "1", "-f"]);
		await until(() => isThere(join(other, "artifacts/remote/run/attempt-1/out.log")), "it follows");
		writeFileSync(join(shell.folder, "go"), "");
		const rest = Array.from({ length: 11 }, (_, i) => `${300_000 + i}\n`).join("");
		expect(await following).toEqual({ code: 0, stdout: `${rest}no end\n`, stderr: "" });
	});

	test("of all these faults nothing was lost, no run was started twice, and none is unaccounted for", () => {
		expect(bed.summary()).toMatchObject(NOTHING_LOST);
	});
});
