import { AssayError } from "../src/lib/errors.js";
import { createContext, type Entered, type Surroundings } from "./cli/context.js";
import { READER_GONE, reportFailure } from "./cli/failure.js";
import type { OpenOptions } from "./cli/options.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The program: runs the command and ends the process with its exit code. Signals are taken over before this returns. */
export async function main(
	argv: readonly string[],
	{ entered, opens }: { entered: Entered | null; opens: OpenOptions | null },
): Promise<void> {
	const controller = new AbortController();
	const { stdout, stderr } = process;
	stdout.on("error", (error: NodeJS.ErrnoException) => {
		if (error.code !== "EPIPE") throw error;
		controller.abort(READER_GONE);
	});
	// Nobody is there to be told.
	stderr.on("error", () => {});
	const stop = (name: NodeJS.Signals): void => {
		if (controller.signal.aborted) endAtOnce();
		if (name === "SIGINT") stderr.write("\nassay: stopping, what is done is kept; once more stops at once\n");
		controller.abort(new AssayError("interrupted", `stopped by ${name}`));
	};
	for (const name of SIGNALS) process.on(name, stop);
	const { signal } = controller;
	const { env } = process;
	const surroundings = { stdout, stderr, signal, env, cwd: process.cwd(), entered };
	const code = await (opens ? openWorkbench(opens, surroundings) : runCommand(argv, surroundings));
	// A terminal or a pipe may still hold text; then go, whatever a failed command left open.
	await Promise.all(
		[stdout, stderr].map(
			(stream) => new Promise<void>((done) => (stream.destroyed ? done() : stream.write("", () => done()))),
		),
	);
	process.exit(code);
}

/** As an interrupt that nobody handles: `process.exit` ends threads, and that of a model aborts the process in the midst of a step. */
function endAtOnce(): void {
	// Gives the terminal back.
	process.emit("exit", 130);
	for (const name of SIGNALS) process.removeAllListeners(name);
	process.kill(process.pid, "SIGINT");
}

async function openWorkbench(options: OpenOptions, surroundings: Surroundings): Promise<number> {
	const { stderr, signal } = surroundings;
	try {
		const { open } = await import("./open.js");
		const code = await open(createContext(options, surroundings), options);
		signal.throwIfAborted();
		return code;
	} catch (error) {
		return reportFailure(error, stderr, signal);
	}
}

/** Runs one command and returns the exit code; never throws. */
export async function runCommand(argv: readonly string[], surroundings: Surroundings): Promise<number> {
	const { stdout, stderr, signal } = surroundings;
	let code = 0;
	try {
		const { createProgram, normaliseArguments, refuseHelpOfNothing } = await import("./cli/program.js");
		const words = normaliseArguments(argv);
		const completes = words[0] === "completion" || words[0] === "complete";
		const program = createProgram({
			start: (options) => createContext(options, surroundings),
			finish: (result) => {
				code = result;
			},
			writeOut: (text) => stdout.write(text),
			writeErr: (text) => stderr.write(text),
			completionHelp: !completes,
		});
		if (completes) (await import("./cli/completion.js")).addCompletion(program, (text) => stdout.write(text));
		refuseHelpOfNothing(program, words);
		await program.parseAsync(words, { from: "user" });
		signal.throwIfAborted();
		return code;
	} catch (error) {
		return reportFailure(error, stderr, signal);
	}
}
