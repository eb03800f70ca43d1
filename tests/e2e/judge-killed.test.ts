import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { descendantsOf, isEmpty, processes, skipsTier, TIERS, until } from "../conformance/judging.js";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "assay-killed-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Sleeps in the call, and has a child in a session of its own that sleeps too; both by the name of sleeper. */
const SLEEPER = `import ctypes, os, time

ctypes.CDLL(None).prctl(15, b"sleeper", 0, 0, 0)
open("left", "w").close()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)


def add(x, y):
    time.sleep(600)
`;

const tasks = join(root, "tasks.jsonl");
const samples = join(root, "samples.jsonl");
writeFileSync(
	tasks,
	JSON.stringify({
		task_id: "killed/add",
		prompt: "def add(x, y):\n",
		entry_point: "add",
		test: "def check(candidate):\n    assert candidate(1, 2) == 3\n",
	}),
);
writeFileSync(
	samples,
	[1, 2, 3].map((n) => `${JSON.stringify({ task_id: "killed/add", solution: `${SLEEPER}# ${n}\n` })}\n`).join(""),
);

const scratch = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("assay-guest-"));

test.each(
	TIERS.filter((tier) => !skipsTier(tier)).flatMap((tier) =>
		(["SIGKILL", "SIGINT", "SIGTERM"] as const).map((signal) => [tier, signal] as const),
	),
)("in tier %s, the program ended by %s leaves no process and no folder of its candidates", async (tier, signal) => {
	const before = new Set(scratch());
	const options = [
		"--sandbox",
		tier,
		"--no-cache",
		"--timeout-ms",
		"60000",
		"--quiet",
		"--workspace",
		join(root, `${tier}-${signal}`),
	];
	const child = spawn(process.execPath, [BIN, "verify", tasks, samples, ...options], { cwd: root, stdio: "ignore" });
	const ended = once(child, "close");
	const pid = child.pid ?? 0;
	const sleeping = () => descendantsOf(pid).filter((entry) => entry.name === "sleeper");
	expect((await until(sleeping, (found) => found.length >= 4, 20_000)).length).toBeGreaterThanOrEqual(4);
	const all = new Set(descendantsOf(pid).map((entry) => entry.pid));
	child.kill(signal);
	await ended;
	expect(await until(() => processes().filter((entry) => all.has(entry.pid)), isEmpty)).toEqual([]);
	const mine = scratch().filter((name) => !before.has(name));
	expect(await until(() => scratch().filter((name) => mine.includes(name)), isEmpty)).toEqual([]);
});
