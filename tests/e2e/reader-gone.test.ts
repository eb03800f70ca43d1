import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const fixture = (path: string) => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));
const TASKS = fixture("tasks");
const workspace = mkdtempSync(join(tmpdir(), "assay-reader-gone-"));
const run = [process.execPath, BIN, "run", TASKS, "--task", "two_sum", "--backend", "mock", "-n", "4"] as const;
beforeAll(() => {
	const [node, ...words] = run;
	execFileSync(node, [...words, "--quiet", "--workspace", workspace], { stdio: "ignore" });
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

/** One of each family of commands that print more than a line, or print while something goes on. */
const COMMANDS: readonly (readonly string[])[] = [
	["tasks", "list", TASKS],
	["tasks", "list", TASKS, "--json"],
	["tasks", "show", TASKS, "two_sum"],
	["runs", "list"],
	["runs", "list", "--json"],
	["runs", "show", "latest"],
	["runs", "logs", "latest"],
	["runs", "logs", "latest", "--json"],
	["runs", "replay", "latest", "--speed", "max", "--json"],
	["eval", "latest"],
	["eval", "latest", "--json"],
	["artifacts", "list", "--json"],
	["artifacts", "show", "latest"],
	["artifacts", "verify", "--all"],
	["prompts", "list"],
	["doctor", "--json"],
	["run", TASKS, "--task", "two_sum", "--backend", "mock", "-n", "4", "--json", "--no-cache"],
	["verify", TASKS, "reference", "--limit", "3", "--json"],
	["completion", "zsh"],
	["help"],
];

test.each(COMMANDS.map((words) => [words.join(" ").replaceAll(TASKS, "tasks"), words] as const))(
	"%s ends quietly when nobody reads it any more",
	async (_name, words) => {
		const place = ["completion", "help"].includes(words[0] ?? "") ? [] : ["--workspace", workspace];
		const child = spawn(process.execPath, [BIN, ...words, ...place], { stdio: ["ignore", "pipe", "pipe"] });
		// As `head -0` does: the pipe is closed before the first line is written.
		child.stdout.destroy();
		const errors = text(child.stderr);
		const [code] = await once(child, "close");
		expect(code).toBe(0);
		// Progress and summaries are no complaint.
		expect(await errors).not.toMatch(/^assay: |^ {4}at |EPIPE/m);
	},
);
