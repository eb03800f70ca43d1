import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RemoteState } from "../../src/domain/remote-run.js";
import type { Link } from "../../src/remote/link.js";
import { localLink } from "../../src/remote/local-link.js";
import { startAttempt } from "../../src/remote/start-attempt.js";
import { stopAttempt } from "../../src/remote/stop-attempt.js";
import { watchRun } from "../../src/remote/watch-run.js";
import { isThere, prepareShellRun, type ShellRun, signal, startShellRun } from "./shell-runs.js";
import { until } from "./ssh-hosts.js";

const root = mkdtempSync(join(tmpdir(), "assay-runner-"));
let workdir: string;
let link: Link;
beforeEach(() => {
	workdir = mkdtempSync(join(root, "work-"));
	link = localLink();
});
afterEach(() => link.close());
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function stateOf({ folder }: ShellRun): Promise<RemoteState> {
	const watch = watchRun(link, folder, signal);
	return await watch
		.ask()
		.then(
			({ state }) => state,
			(error: unknown) => Promise.reject(error),
		)
		.finally(() => watch.close());
}

const endOf = (shell: ShellRun) =>
	until(async () => {
		const state = await stateOf(shell);
		return state.state === "ended" ? state.exit : null;
	}, "it ends");

const recordOf = (shell: ShellRun) => JSON.parse(shell.text("runner.json"));
const isAlive = (pid: number) => isThere(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

describe("the runner on a host", () => {
	test("a job that ends at once leaves its status, and its log is all there", async () => {
		const shell = await startShellRun(link, workdir, "printf 'no newline'; exit 7");
		expect(await endOf(shell)).toMatchObject({ code: 7, reason: "exit", logBytes: 10 });
		expect(shell.text("out.log")).toBe("no newline");
	});

	test("a job whose GPUs idle for as long as its host allows is ended, and none that is busy or of which nobody knows", {
		timeout: 60_000,
	}, async () => {
		const row = (busy: string) =>
			`2026/01/01 00:00:00.000, 0, GPU-1, NVIDIA B200, ${busy}, 4, 183359, 140, 1000, 33, 1965, 0`;
		const telling = async (name: string, busy: string | null) => {
			const commands = busy === null ? "exec sleep 60" : `while :; do echo '${row(busy)}' >>gpu.csv; sleep 0.2; done`;
			const shell = await prepareShellRun(link, workdir, commands, { name });
			writeFileSync(join(shell.folder, "idle"), "2\n");
			await startAttempt(link, shell.run, signal);
			return shell;
		};
		const others = [await telling("busy", "97"), await telling("unknown", "[N/A]"), await telling("silent", null)];
		const idle = await telling("idle", "4");
		expect(await endOf(idle)).toMatchObject({ code: 143, reason: "idle" });
		for (const other of others) {
			expect(await stateOf(other)).toEqual({ state: "running" });
			await stopAttempt(link, other.run, 1, signal);
		}
	});

	test("however often and by however many it is started, it runs once", async () => {
		const shell = await prepareShellRun(link, workdir, "echo ran >>ran; exec sleep 0.1");
		const records = await Promise.all(
			Array.from({ length: 5 }, () => startAttempt(link, shell.run, signal).catch(() => null)),
		);
		await endOf(shell);
		const again = await startAttempt(link, shell.run, signal);
		expect(shell.text("ran")).toBe("ran\n");
		expect(new Set(records.flatMap((record) => (record === null ? [] : [record.jobPid])))).toEqual(
			new Set([again.jobPid]),
		);
	});

	test("stopping ends a job that ignores it, and a child that left its group and ignores it too", async () => {
		const stray = "trap '' TERM; echo $$ >stray; while :; do sleep 0.1; done";
		const shell = await startShellRun(
			link,
			workdir,
			`trap '' TERM; setsid sh -c "${stray.replaceAll("$$", "\\$\\$")}" & echo $$ >job; while :; do sleep 0.1; done`,
		);
		await until(() => isThere(join(shell.folder, "stray")) && shell.text("stray") !== "", "the stray runs");
		const pids = ["job", "stray"].map((name) => Number(shell.text(name)));
		const stopped = await stopAttempt(link, shell.run, 1, signal);
		expect(stopped).toMatchObject({ state: { exit: { code: 137, reason: "stop" } }, left: [] });
		expect(pids.map(isAlive)).toEqual([false, false]);
		expect(shell.events().map(({ type }) => type)).toEqual(["started", "stopping", "killed", "strays", "exited"]);
	});

	test("a limit ends it while nobody is there, and says which limit it was", async () => {
		for (const reason of ["deadline", "budget"] as const) {
			const shell = await startShellRun(link, workdir, "exec sleep 60", {
				limit: { seconds: 1, reason },
				name: reason,
			});
			expect(await endOf(shell)).toMatchObject({ code: 143, reason });
		}
	});

	test("when the runner is killed the job goes on, is known to go on, and can still be stopped", async () => {
		const shell = await startShellRun(link, workdir, "exec sleep 60");
		process.kill(recordOf(shell).runnerPid, "SIGKILL");
		await until(async () => (await stateOf(shell)).state === "runner_lost", "its loss is seen");
		const stopped = await stopAttempt(link, shell.run, 1, signal);
		expect(stopped).toMatchObject({ state: { exit: { code: null, reason: "stop" } }, left: [] });
		expect(isAlive(recordOf(shell).jobPid)).toBe(false);
	});

	test("when runner and watcher are killed, stopping still ends what is left and accounts for it", async () => {
		const shell = await startShellRun(link, workdir, "setsid sleep 61 & exec sleep 60");
		const { runnerPid } = recordOf(shell);
		const watchers = execFileSync("ps", ["-o", "pid=", "--ppid", String(runnerPid)], { encoding: "utf8" });
		const { jobPid } = recordOf(shell);
		for (const pid of [...watchers.split("\n").map(Number), runnerPid])
			if (pid > 0 && pid !== jobPid) process.kill(pid, "SIGKILL");
		await until(async () => (await stateOf(shell)).state === "runner_lost", "its loss is seen");
		const stopped = await stopAttempt(link, shell.run, 0, signal);
		expect(stopped).toMatchObject({ state: { exit: { code: null } }, left: [] });
		expect(isAlive(jobPid)).toBe(false);
	}, 30_000);

	test("a job killed with its runner is lost, and one of another boot ended with that: neither is called finished", async () => {
		const shell = await startShellRun(link, workdir, "exec sleep 60");
		const { runnerPid, jobPid } = recordOf(shell);
		process.kill(-runnerPid, "SIGKILL");
		process.kill(jobPid, "SIGKILL");
		await until(async () => (await stateOf(shell)).state === "lost", "its loss is seen");
		writeFileSync(
			join(shell.folder, "runner.json"),
			shell.text("runner.json").replace(/"bootId":"[^"]+"/, '"bootId":"earlier"'),
		);
		expect(await stateOf(shell)).toEqual({ state: "rebooted" });
		rmSync(shell.folder, { recursive: true });
		expect(await stateOf(shell)).toEqual({ state: "gone" });
	});

	test("a runner whose folder was removed does not stay behind", async () => {
		const shell = await startShellRun(link, workdir, "exec sleep 60");
		const { runnerPid, jobPid } = recordOf(shell);
		rmSync(shell.folder, { recursive: true });
		process.kill(jobPid, "SIGKILL");
		await until(() => !isAlive(runnerPid), "the runner ends");
	});

	test("a secret reaches the job alone: no argument, no log, and no file once it was read", async () => {
		const secret = 'it\'s "quoted" $HOME\n and long';
		const more = { secrets: { TOKEN: secret } };
		const shell = await prepareShellRun(link, workdir, 'printf %s "$TOKEN" >got', more);
		expect(statSync(join(shell.folder, "env")).mode & 0o777).toBe(0o600);
		await startAttempt(link, shell.run, signal);
		await endOf(shell);
		expect(shell.text("got")).toBe(secret);
		expect(isThere(join(shell.folder, "env"))).toBe(false);
		for (const name of ["out.log", "job.sh", "runner.json", "runner.err", "events.jsonl"])
			expect(shell.text(name)).not.toContain("quoted");
	});

	test("a second attempt goes on from what the first left, and leaves that as it is", async () => {
		const shell = await startShellRun(link, workdir, "echo one >work/state; echo 1 >>work/metrics.jsonl; exit 3");
		await endOf(shell);
		const next = { ...shell.run, attempt: 2 };
		const { prepareAttempt } = await import("../../src/remote/start-attempt.js");
		const commands = "cat work/state; echo two >work/state; echo 2 >>work/metrics.jsonl";
		await prepareAttempt(link, { run: next, files: [], commands, texts: {}, secrets: {}, graceSeconds: 1, signal });
		await startAttempt(link, next, signal);
		const second = { ...shell, folder: join(shell.run.folder, "attempt-2") };
		expect(await endOf(second)).toMatchObject({ code: 0 });
		expect(readFileSync(join(second.folder, "out.log"), "utf8")).toBe("one\n");
		expect(readFileSync(join(second.folder, "work/metrics.jsonl"), "utf8")).toBe("1\n2\n");
		expect([shell.text("work/state"), shell.text("work/metrics.jsonl")]).toEqual(["one\n", "1\n"]);
	});
});
