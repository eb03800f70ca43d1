import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const root = mkdtempSync(join(tmpdir(), "assay-model-interrupted-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Starts a run that a model works for, and sends a signal at the first verdict, and again at what is said of it. */
async function interrupted(round: number, times: number) {
	const args = ["run", fromRoot("fixtures/tasks/tiny"), "--backend", "onnx", "-n", "8", "--json"];
	const child = spawn(process.execPath, [fromRoot("bin/assay.js"), ...args, "--workspace", join(root, `${round}`)]);
	let told = "";
	let isSent = false;
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		if (!isSent && text.includes('"verdict.recorded"')) isSent = child.kill("SIGINT");
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		told += text;
		if (times > 1 && text.includes("once more stops at once")) child.kill("SIGINT");
	});
	const [code, signal] = await once(child, "close");
	return { code, signal, told };
}

test("Ctrl-C while a model writes says how to go on, and the program ends in order", { timeout: 60_000 }, async () => {
	const { code, signal, told } = await interrupted(0, 1);
	expect([code, signal]).toEqual([130, null]);
	expect(told).toContain("resume with: assay run --resume");
});

test("a second Ctrl-C ends the program at once, whatever the model is at", { timeout: 60_000 }, async () => {
	for (const round of [1, 2, 3, 4]) {
		const { code, signal, told } = await interrupted(round, 2);
		// The first may have ended it already.
		expect([130, "SIGINT"]).toContain(signal ?? code);
		expect(told).not.toContain("terminate called");
	}
});
