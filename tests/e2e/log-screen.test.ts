import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { startSession } from "./session.js";

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const workspace = mkdtempSync(join(tmpdir(), "assay-log-screen-"));
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

test("L on a run that another process judges follows its log to the last event, and q is back at the runs", async () => {
	const words = ["run", path("fixtures/tasks"), "--task", "two_sum", "--backend", "mock", "-n", "40", "--no-cache"];
	const run = spawn(process.execPath, [path("bin/assay.js"), ...words, "--json", "--workspace", workspace]);
	const ended = once(run, "close");
	run.stderr.resume();
	await once(run.stdout, "data");
	run.stdout.resume();
	const session = startSession({
		words: ["open", "--screen", "Runs", "--workspace", workspace],
		columns: 120,
		rows: 40,
	});
	try {
		await session.until(/▸.*running/);
		session.send({ keys: "L" });
		await session.until(/Log \S+ · [\d ]+ lines .* following/);
		expect((await ended)[0]).toBe(0);
		await session.until(/run\.finished +completed/);
		session.send({ keys: "q" });
		await session.until("Enter open  p replay");
	} finally {
		run.kill("SIGKILL");
		session.kill();
	}
});
