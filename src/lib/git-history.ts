import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { basename, resolve } from "node:path";
import { AssayError } from "./errors.js";

export interface GitCommit {
	id: string;
	message: string;
	/** Ids of the contents of changed files; null: there was none before, or there is none after. */
	changes: { path: string; before: string | null; after: string | null }[];
}

/** Nothing that a repository configures is started, and nothing is fetched for it. */
const SAFE = ["-c", "core.fsmonitor=false", "-c", "diff.external=", "--no-pager"];
const NO_FETCH = { GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };

function git(folder: string, words: readonly string[], signal: AbortSignal): ChildProcessWithoutNullStreams {
	return spawn("git", [...SAFE, "-C", folder, ...words], { env: { ...process.env, ...NO_FETCH }, signal });
}

/** Commits that have one parent, oldest first. Throws `usage` where there is no repository. */
export async function* gitCommits(folder: string, signal: AbortSignal): AsyncGenerator<GitCommit> {
	const words = ["log", "--reverse", "--no-merges", "--no-renames", "--raw", "--no-abbrev", "--format=%x01%H%n%B%x02"];
	let commit: GitCommit | null = null;
	let isMessage = false;
	for await (const line of linesOf(git(folder, words, signal), folder, signal)) {
		if (line.startsWith("\x01")) {
			if (commit !== null) yield commit;
			commit = { id: line.slice(1), message: "", changes: [] };
			isMessage = true;
		} else if (commit !== null && isMessage) {
			const end = line.indexOf("\x02");
			commit.message += `${end < 0 ? line : line.slice(0, end)}\n`;
			isMessage = end < 0;
		} else if (commit !== null && line.startsWith(":")) {
			const [, , before = NONE, after = NONE] = line.split("\t", 1)[0]?.split(" ") ?? [];
			const path = line.slice(line.indexOf("\t") + 1);
			commit.changes.push({ path, before: before === NONE ? null : before, after: after === NONE ? null : after });
		}
	}
	if (commit !== null) yield commit;
}

const NONE = "0".repeat(40);

/** `owner/name` of where it was cloned from, else the folder's name. */
export async function repositoryName(folder: string, signal: AbortSignal): Promise<string> {
	const url = await textOf(folder, ["config", "--get", "remote.origin.url"], signal);
	return /([\w.-]+\/[\w.-]+?)(?:\.git)?\/?\s*$/.exec(url ?? "")?.[1] ?? basename(resolve(folder));
}

/** The texts of the licence files of the last commit. */
export async function licenceTexts(folder: string, signal: AbortSignal): Promise<string[]> {
	const names = (await textOf(folder, ["ls-tree", "--name-only", "HEAD"], signal))?.split("\n") ?? [];
	const found = names.filter((name) => /^(?:licen[cs]e|copying|unlicense)(?:[.-]|$)/i.test(name));
	const texts = await Promise.all(found.map((name) => textOf(folder, ["show", `HEAD:${name}`], signal)));
	return texts.filter((text) => text !== null);
}

/** null: git says no. */
async function textOf(folder: string, words: readonly string[], signal: AbortSignal): Promise<string | null> {
	const child = git(folder, words, signal);
	const chunks: Buffer[] = [];
	child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
	child.stderr.resume();
	const code = await endOf(child, folder, signal);
	return code === 0 ? Buffer.concat(chunks).toString("utf8") : null;
}

async function endOf(
	child: ChildProcessWithoutNullStreams,
	folder: string,
	signal: AbortSignal,
): Promise<number | null> {
	return await new Promise((done, fail) => {
		child.on("close", (code) => done(code));
		child.on("error", (cause) =>
			fail(
				signal.aborted
					? signal.reason
					: new AssayError("prerequisite", `${folder}: git cannot be run: ${cause.message}`, { cause }),
			),
		);
	});
}

async function* linesOf(
	child: ChildProcessWithoutNullStreams,
	folder: string,
	signal: AbortSignal,
): AsyncGenerator<string> {
	let complaint = "";
	child.stderr.on("data", (chunk: Buffer) => {
		complaint = (complaint + chunk.toString("utf8")).slice(0, 500);
	});
	const end = endOf(child, folder, signal);
	end.catch(() => {});
	child.stdout.setEncoding("utf8");
	let pending = "";
	try {
		for await (const chunk of child.stdout as AsyncIterable<string>) {
			const lines = (pending + chunk).split("\n");
			pending = lines.pop() ?? "";
			yield* lines;
		}
	} finally {
		child.kill();
	}
	const code = await end;
	signal.throwIfAborted();
	if (code !== 0) {
		throw new AssayError("usage", `${folder}: ${complaint.trim().split("\n")[0] ?? "git cannot read it"}`, {
			hint: "--git names the folder of a git repository",
		});
	}
	if (pending !== "") yield pending;
}

/** Contents of files by their ids, from one process. One question at a time. */
export class GitContents {
	readonly #child: ChildProcessWithoutNullStreams;
	readonly #chunks: AsyncIterator<Buffer>;
	readonly #ended: Promise<unknown>;
	#pending = Buffer.alloc(0);

	constructor(folder: string, signal: AbortSignal) {
		this.#child = git(folder, ["cat-file", "--batch"], signal);
		this.#child.stderr.resume();
		this.#child.stdin.on("error", () => {});
		this.#ended = endOf(this.#child, folder, signal).catch(() => null);
		this.#chunks = (this.#child.stdout as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
	}

	/** null: it is not there, or is no file. */
	async read(id: string): Promise<string | null> {
		this.#child.stdin.write(`${id}\n`);
		let end = this.#pending.indexOf(10);
		while (end < 0) {
			await this.#more(id);
			end = this.#pending.indexOf(10);
		}
		const [, kind, size] = this.#pending.subarray(0, end).toString("utf8").split(" ");
		if (size === undefined) {
			this.#pending = this.#pending.subarray(end + 1);
			return null;
		}
		const last = end + 1 + Number(size);
		while (this.#pending.length < last + 1) await this.#more(id);
		const text = this.#pending.subarray(end + 1, last).toString("utf8");
		this.#pending = this.#pending.subarray(last + 1);
		return kind === "blob" ? text : null;
	}

	async close(): Promise<void> {
		this.#child.stdin.end();
		this.#child.kill();
		await this.#ended;
	}

	async #more(id: string): Promise<void> {
		const { value, done } = await this.#chunks.next();
		if (done === true) throw new AssayError("host", `git ended before it gave ${id}`);
		this.#pending = Buffer.concat([this.#pending, value]);
	}
}
