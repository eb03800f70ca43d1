import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { type Session, startSession } from "./session.js";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "assay-completion-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sessions: Session[] = [];
afterEach(() => {
	for (const session of sessions.splice(0)) session.kill();
});

/** What is completed lies there, as the shells see it: two runs, a checkpoint, and tasks in YAML and JSONL. */
const RUNS = ["20261121-093000-best-of-n-aaaa", "20261122-101500-verify-bbbb"];
const plans = join(folder, "artifacts", "plans");
for (const path of [
	plans,
	join(folder, "artifacts", "checkpoints", "ckpt-1200"),
	join(folder, "bin"),
	join(folder, "my tasks"),
]) {
	mkdirSync(path, { recursive: true });
}
for (const run of RUNS)
	writeFileSync(join(plans, `${run}.md`), `\t\t"tasks": ${JSON.stringify(join(folder, "tasks.jsonl"))},\n`);
writeFileSync(join(folder, "tasks.jsonl"), '{"task_id": "HumanEval/7"}\n{"task_id": 11}\n');
writeFileSync(join(folder, "my tasks", "two.yaml"), "schema: assay.task.v1\nid: two_sum\n");
const script = (shell: string) => join(folder, `completion.${shell}`);
for (const shell of ["bash", "zsh", "fish"])
	writeFileSync(script(shell), execFileSync(process.execPath, [BIN, "completion", shell]));
const assay = join(folder, "bin", "assay");
writeFileSync(assay, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
chmodSync(assay, 0o755);

const SHELLS = {
	bash: { command: ["bash", "--norc", "--noprofile", "-i"], load: "source completion.bash" },
	zsh: { command: ["zsh", "-f", "-i"], load: "autoload -U compinit; compinit -u -D; source completion.zsh" },
	fish: { command: ["fish", "--no-config"], load: "source completion.fish" },
} as const;

/** Letters that do not stand on the line by themselves after the key Tab. */
const TABS = [
	["assay runs show 20261122", "-101500-verify-bbbb"],
	["assay run --resume 20261121", "-093000-best-of-n-aaaa"],
	["assay eval lat", "est"],
	["assay tasks show tasks.jsonl Hu", "manEval/7"],
	["assay traces show latest --task MB", "PP/11"],
	["assay artifacts verify ckpt", "-1200"],
	["assay runs rep", "lay"],
] as const;

const present = (shell: string) => spawnSync(shell, ["--version"]).error === undefined;

describe.each(["bash", "zsh", "fish"] as const)("in %s", (shell) => {
	// Where CI is set the shells are installed before.
	const isSkipped = !process.env.CI && !present(shell);
	test.skipIf(isSkipped)(`the key Tab completes commands, runs, tasks and checkpoints (needs ${shell})`, async () => {
		const { command, load } = SHELLS[shell];
		const session = startSession({
			command,
			words: [],
			columns: 160,
			env: {
				PATH: `${join(folder, "bin")}:${process.env.PATH}`,
				PS1: "ready> ",
				HOME: folder,
				XDG_CONFIG_HOME: folder,
				XDG_DATA_HOME: folder,
			},
		});
		sessions.push(session);
		await session.quiet();
		session.send({ keys: ` cd '${folder}'; ${load}; clear; echo lo''aded\n` });
		await session.until("loaded");
		for (const [typed, rest] of TABS) {
			session.send({ keys: typed });
			await session.until(typed);
			session.send({ keys: "\t" });
			await session.until(`${typed}${rest}`);
			session.send({ keys: "\x15" });
			await session.until(new RegExp(`^(?![^]*${typed}${rest})`));
		}
		session.send({ keys: "exit\n" });
		expect(await session.exited).toBe(0);
	});
});

test("bash runs nothing that stands on the line, and quotes what needs it", () => {
	const complete = (...words: string[]) => {
		const line = `source completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _assay; printf '%s\n' "\${COMPREPLY[@]}"`;
		const { stdout } = spawnSync("bash", ["--norc", "-c", line, "bash", "assay", ...words], {
			cwd: folder,
			encoding: "utf8",
			env: { ...process.env, PATH: `${join(folder, "bin")}:${process.env.PATH}` },
		});
		return stdout.trimEnd().split("\n");
	};
	expect(complete("tasks", "list", "my")).toEqual(["my\\ tasks/"]);
	expect(complete("tasks", "show", "my tasks", "")).toEqual(["two_sum"]);
	expect(complete("run", "--resume", "=", "20261121")).toEqual([RUNS[0]]);
	expect(complete("tasks", "show", "my\\ tasks", "tw")).toEqual(["two_sum"]);
	complete("tasks", "list", "$(touch ran)");
	complete("tasks", "list", "`touch ran`", "");
	expect(readdirSync(folder)).not.toContain("ran");
});

test("completing reads and changes nothing", () => {
	const times = () =>
		readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => [
			name,
			statSync(join(folder, name)).mtimeMs,
		]);
	const before = times();
	for (const words of [
		["runs", "show", ""],
		["artifacts", "verify", ""],
		["tasks", "show", "tasks.jsonl", ""],
		["eval", "--nothing", ""],
	]) {
		const { status } = spawnSync(process.execPath, [BIN, "complete", "--", ...words], { cwd: folder });
		expect(status).toBe(0);
	}
	expect(times()).toEqual(before);
});
