import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Link } from "../../src/remote/link.js";
import type { Questions } from "../../src/remote/questions.js";
import { type Attempt, folderOfAttempt, prepareAttempt, startAttempt } from "../../src/remote/start-attempt.js";

export const NOBODY: Questions = {
	acceptsHostKey: () => Promise.resolve(false),
	passphrase: () => Promise.resolve(null),
};

export const { signal } = new AbortController();

export interface ShellRun {
	run: Attempt["run"];
	/** Of its attempt. */
	folder: string;
	text(name: string): string;
	/** Of events.jsonl. */
	events(): { type: string }[];
}

/** Prepares a run that consists of shell commands, in a folder of this machine. */
export async function prepareShellRun(
	link: Link,
	workdir: string,
	commands: string,
	more: Partial<Pick<Attempt, "secrets" | "graceSeconds">> & {
		limit?: Attempt["run"]["limit"];
		name?: string;
		slurm?: Attempt["run"]["slurm"];
	} = {},
): Promise<ShellRun> {
	const { secrets = {}, graceSeconds = 1, limit = null, name = "run", slurm = null } = more;
	const run = { folder: join(workdir, "runs", name), workdir, attempt: 1, limit, slurm };
	await prepareAttempt(link, { run, files: [], commands, texts: {}, secrets, graceSeconds, signal });
	const folder = folderOfAttempt(run);
	const text = (path: string) => readFileSync(join(folder, path), "utf8");
	return {
		run,
		folder,
		text,
		events: () =>
			text("events.jsonl")
				.trim()
				.split("\n")
				.map((line) => JSON.parse(line)),
	};
}

export async function startShellRun(...given: Parameters<typeof prepareShellRun>): Promise<ShellRun> {
	const shell = await prepareShellRun(...given);
	await startAttempt(given[0], shell.run, signal);
	return shell;
}

export function isThere(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
