import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Link } from "../../src/remote/link.js";
import { localLink } from "../../src/remote/local-link.js";
import { stopAttempt } from "../../src/remote/stop-attempt.js";
import { isThere, type ShellRun, signal, startShellRun } from "./shell-runs.js";
import { until } from "./ssh-hosts.js";

const root = mkdtempSync(join(tmpdir(), "assay-strays-"));
let workdir: string;
let link: Link;
beforeEach(() => {
	workdir = mkdtempSync(join(root, "work-"));
	link = localLink();
});
afterEach(() => {
	link.close();
	vi.unstubAllEnvs();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const isAlive = (pid: number) => isThere(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

/** Leaves group, session and parent, forgets its environment and folder, and ignores whoever asks it to end. */
const hider = (closes: "closes its log" | "keeps its log") => `exec python3 -c '
import os, signal, time
place = os.path.abspath("hider")
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pid = os.getpid()
os.chdir("/")
${closes === "closes its log" ? "os.closerange(0, 64)" : ""}
open(place, "w").write(str(pid))
os.execve("/bin/sh", ["sh", "-c", "while :; do sleep 1; done"], {})
'`;

async function startHider(closes: Parameters<typeof hider>[0]): Promise<{ shell: ShellRun; pid: number }> {
	writeFileSync(join(workdir, "hide.sh"), hider(closes));
	const shell = await startShellRun(link, workdir, `sh ${workdir}/hide.sh; while :; do sleep 0.1; done`);
	const place = join(shell.folder, "hider");
	const pid = await until(() => (isThere(place) ? Number(shell.text("hider")) : 0), "it hides");
	await until(() => readFileSync(`/proc/${pid}/environ`, "utf8") === "", "its environment is forgotten");
	return { shell, pid };
}

/** A host on which the runner has nothing that makes it a parent of what leaves the job. */
function withoutAdoption(): void {
	const bin = join(workdir, "bin");
	mkdirSync(bin);
	writeFileSync(join(bin, "perl"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
	// Python itself is needed by the job.
	const python = '#!/bin/sh\n[ "$2" = "import ctypes" ] && exit 1\nexec /usr/bin/python3 "$@"\n';
	writeFileSync(join(bin, "python3"), python, { mode: 0o755 });
	vi.stubEnv("PATH", `${bin}:${process.env.PATH}`);
}

describe("a process that leaves a run", () => {
	test("is ended with it, though nothing about it tells any more whose it was", async () => {
		const { shell, pid } = await startHider("closes its log");
		const stopped = await stopAttempt(link, shell.run, 1, signal);
		expect(stopped).toMatchObject({ state: { exit: { reason: "stop" } }, left: [], mayHide: false });
		expect(isAlive(pid)).toBe(false);
		expect(shell.events().find(({ type }) => type === "strays")).toMatchObject({
			pids: expect.arrayContaining([pid]),
		});
	});

	test("is ended with a run that ends by itself, too", async () => {
		writeFileSync(join(workdir, "hide.sh"), hider("closes its log"));
		const shell = await startShellRun(link, workdir, `sh ${workdir}/hide.sh; until [ -s hider ]; do sleep 0.02; done`);
		await until(() => isThere(join(shell.folder, "exit.json")), "it ends");
		expect(isAlive(Number(shell.text("hider")))).toBe(false);
	});

	test("is known by the log that it writes to where nobody adopted it", async () => {
		withoutAdoption();
		const { shell, pid } = await startHider("keeps its log");
		const stopped = await stopAttempt(link, shell.run, 1, signal);
		expect(stopped).toMatchObject({ left: [], mayHide: true });
		expect(isAlive(pid)).toBe(false);
	});

	test("may hide for good where nobody adopted it, and stopping says so", async () => {
		withoutAdoption();
		const { shell, pid } = await startHider("closes its log");
		try {
			const stopped = await stopAttempt(link, shell.run, 1, signal);
			expect(stopped).toMatchObject({ left: [], mayHide: true });
			expect(isAlive(pid)).toBe(true);
		} finally {
			process.kill(pid, "SIGKILL");
		}
	});

	test("is not taken for the run's by whoever only looks on: a reader of its log goes on", async () => {
		const shell = await startShellRun(link, workdir, "echo here; exec sleep 60");
		const reader = new AbortController();
		const reading = link.execute(`cd ${shell.folder} && exec tail -f out.log`, {
			signal: reader.signal,
			timeoutMs: null,
		});
		const outcome = reading.then(
			() => "ended",
			() => "was left alone",
		);
		await stopAttempt(link, shell.run, 1, signal);
		reader.abort();
		expect(await outcome).toBe("was left alone");
	});
});
