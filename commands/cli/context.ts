import { resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import { AssayError } from "../../src/lib/errors.js";
import type { TerminalModes } from "../../views/terminal/modes.js";
import type { WorkThread } from "../work-thread.js";
import type { CommonOptions } from "./options.js";

/** What every command gets beside its arguments. */
export interface CommandContext {
	/** Results for people, or with `json` one object a line. */
	readonly stdout: Writable;
	/** Progress, notes and failures; with `json` all text for people. */
	readonly stderr: Writable;
	/** Answers of the person; opened when it is called, since an open terminal would have to be closed again. */
	readonly stdin: () => Input;
	/** Fires on SIGINT, SIGTERM, SIGHUP and when the reader of stdout has gone. */
	readonly signal: AbortSignal;
	/** Absolute. */
	readonly workspace: string;
	readonly json: boolean;
	readonly quiet: boolean;
	readonly color: boolean;
	readonly entered: Entered | null;
}

/** A workbench whose first frame is on the terminal already, and whose thread is loading. */
export interface Entered {
	modes: TerminalModes;
	thread: WorkThread;
}

type Input = Readable & { isTTY?: boolean };

/** A command's own exit code: 0, or 1 when a check was not met. Failures are thrown. */
export type ExitCode = 0 | 1;

export interface Surroundings {
	/** Not given: that of the process. */
	stdin?: Input;
	stdout: Writable & { isTTY?: boolean };
	stderr: Writable & { isTTY?: boolean };
	signal: AbortSignal;
	env: Readonly<Record<string, string | undefined>>;
	cwd: string;
	entered?: Entered | null;
}

export function createContext(options: CommonOptions, surroundings: Surroundings): CommandContext {
	const { stdout, stderr, signal, env, cwd } = surroundings;
	return {
		stdout,
		stderr,
		stdin: () => surroundings.stdin ?? process.stdin,
		signal,
		workspace: workspaceOf(options, env, cwd),
		json: options.json === true,
		quiet: options.quiet === true,
		entered: surroundings.entered ?? null,
		color: options.color !== false && !env.NO_COLOR && env.TERM !== "dumb" && stdout.isTTY === true,
	};
}

/** Absolute. Throws `usage`. */
export function workspaceOf({ workspace }: CommonOptions, env: Surroundings["env"], cwd: string): string {
	const named = workspace ?? env.ASSAY_WORKSPACE;
	if (named === "") throw new AssayError("usage", "--workspace: an empty path names no folder");
	return resolve(cwd, named ?? ".");
}
