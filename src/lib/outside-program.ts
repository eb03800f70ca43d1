import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** A file that is there, or a text that becomes one. */
export type OutsideText = { path: string; line: number | null } | { name: string; text: string };

export interface OutsideProgram {
	kind: "editor" | "pager";
	text: OutsideText;
}

export interface OutsideResult {
	/** As it was run. */
	command: string;
	/** Which program, and how it failed; null: it ended well. */
	problem: string | null;
	/** Whether it changed the file. */
	changed: boolean;
}

export interface OutsidePrograms {
	/** Runs one on this terminal, which has to be as a program expects it, and resolves when it has ended. */
	run(program: OutsideProgram): Promise<OutsideResult>;
	/** Removes the files that texts became: some editors go on in a window after they have returned. */
	close(): void;
}

interface Surroundings {
	VISUAL?: string | undefined;
	EDITOR?: string | undefined;
	PAGER?: string | undefined;
}

/** Programs that take `+7` for line 7. */
const KNOWS_LINES = /^(vi|vim|nvim|view|gvim|nano|pico|emacs|emacsclient|micro|joe|less|most)$/;

/** `$VISUAL`, `$EDITOR` or vi; `$PAGER` or less. They may hold options, as git reads them. */
export function outsidePrograms(env: Surroundings, signal: AbortSignal): OutsidePrograms {
	let folder: string | null = null;
	function pathOf(text: OutsideText): string {
		if ("path" in text) return text.path;
		folder ??= mkdtempSync(join(tmpdir(), "assay-"));
		const path = join(folder, text.name.replace(/[^\w.#-]+/g, "-"));
		writeFileSync(path, text.text);
		return path;
	}
	return {
		async run({ kind, text }) {
			const words = kind === "editor" ? env.VISUAL || env.EDITOR || "vi" : env.PAGER || "less";
			const path = pathOf(text);
			const line = "path" in text && text.line !== null && KNOWS_LINES.test(nameOf(words)) ? [`+${text.line}`] : [];
			const before = lastChange(path);
			const problem = await runOnTerminal(words, [...line, path], signal);
			return {
				command: [words, ...line, path].join(" "),
				problem: problem && `${nameOf(words)}: ${problem}`,
				changed: lastChange(path) !== before,
			};
		},
		close() {
			if (folder !== null) rmSync(folder, { recursive: true, force: true });
		},
	};
}

const nameOf = (words: string) => basename(words.trim().split(/\s+/)[0] ?? "");
const lastChange = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;

/** Ctrl-C on the terminal reaches us too while the program runs; it is meant for the program. */
async function runOnTerminal(words: string, args: readonly string[], signal: AbortSignal): Promise<string | null> {
	const interested = process.listeners("SIGINT");
	const ignore = () => {};
	process.removeAllListeners("SIGINT").on("SIGINT", ignore);
	try {
		return await new Promise((resolve) => {
			// Without a trap the shell would end itself for a Ctrl-C that the program has dealt with.
			const child = spawn("sh", ["-c", `trap : INT; ${words} "$@"`, "assay", ...args], { stdio: "inherit", signal });
			child.on("error", (error) => resolve(error.message));
			child.on("exit", (code, killedBy) => resolve(problemOf(code, killedBy)));
		});
	} finally {
		process.off("SIGINT", ignore);
		for (const listener of interested) process.on("SIGINT", listener);
	}
}

function problemOf(code: number | null, killedBy: string | null): string | null {
	if (killedBy !== null) return `ended by ${killedBy}`;
	return code === 127 ? "no such program" : code === 0 ? null : `exit status ${code}`;
}
