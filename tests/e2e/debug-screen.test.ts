import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { startSession } from "./session.js";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "assay-debug-screen-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const HIDDEN = 741852963;
const MARKS = [String(HIDDEN), String(HIDDEN + 7), "markreference"];

/** Tasks as the embedded model knows them, whose hidden test, its value and whose reference are marked. */
function tasksFolder(count: number): string {
	const folder = join(root, "tasks");
	mkdirSync(folder);
	for (let i = 0; i < count; i++) {
		const text = [
			"schema: assay.task.v1",
			"kind: function",
			`id: add_${i}`,
			"title: Add",
			"language: python",
			"prompt: &start |",
			"  # Add 7.",
			"  def solve(n: int) -> int:",
			"entryPoint: solve",
			"starterCode: *start",
			"completionMode: append",
			`tests: { public: [assert solve(${i}) == ${i + 7}], hidden: [assert solve(${HIDDEN}) == ${HIDDEN + 7}] }`,
			"reference: |",
			"  def solve(n: int) -> int:  # markreference",
			"      return 7 + n",
			"source: { origin: test, license: MIT }",
		];
		writeFileSync(join(folder, `add_${i}.yaml`), `${text.join("\n")}\n`);
	}
	return folder;
}

/** All that a workspace holds, archives unpacked. */
function textsIn(workspace: string): string[] {
	return readdirSync(workspace, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => {
			const bytes = readFileSync(join(entry.parentPath, entry.name));
			return (entry.name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
		});
}

test("loops of the embedded model are started, watched, cancelled and resumed on the screen; no hidden test or reference is anywhere", async () => {
	const workspace = join(root, "workspace");
	const words = ["open", "--workspace", workspace, "--tasks", tasksFolder(12)];
	const session = startSession({ words, columns: 120, rows: 40 });
	try {
		await session.until("add_11");
		await session.until(/sandbox (bwrap|rlimit)/);
		session.send({ keys: "ar" });
		await session.until("< onnx · tiny-coder >");
		session.send({ keys: "jjll" });
		await session.until("< retry >");
		session.send({ keys: "\r" });
		await session.wrote(/characters? so far/);
		session.send({ keys: "x" });
		await session.until("Cancel this run?");
		session.send({ keys: "y" });
		await session.until(/self-debug-\w+ cancelled/);
		session.send({ keys: "u" });
		await session.until(/self-debug-\w+ completed/);
		// Every tab of the first trace, and the log of messages and commands.
		session.send({ keys: "g\r0]]]]]]]$]]]]]]]" });
		await session.until("[reward]");
		session.send({ keys: "!" });
		await session.until("nothing is judged twice");
		session.send({ signal: "SIGTERM" });
		await session.exited;
	} finally {
		session.kill();
	}
	const outputs = [
		["traces", "report", "latest"],
		["traces", "list", "latest", "--json"],
		["traces", "show", "latest"],
		["runs", "replay", "latest", "--speed", "max", "--json"],
		["runs", "archive", "latest"],
	].map((command) => spawnSync(process.execPath, [BIN, ...command, "--workspace", workspace], { encoding: "utf8" }));
	expect(outputs.map(({ status, stderr }) => (status === 0 ? "" : stderr))).toEqual(outputs.map(() => ""));
	expect(outputs[0]?.stdout).toContain("traces      96 of 12 tasks");
	const texts = [...textsIn(workspace), ...outputs.map(({ stdout, stderr }) => stdout + stderr), session.written()];
	for (const text of texts) for (const mark of MARKS) expect(text).not.toContain(mark);
});
