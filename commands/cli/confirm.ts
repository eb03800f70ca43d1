import { createInterface } from "node:readline";
import { AssayError } from "../../src/lib/errors.js";
import type { CommandContext } from "./context.js";
import { printable, writeLine } from "./print.js";

/** Whether a person says yes after these lines. Throws `usage` without a terminal. */
export async function isConfirmed(
	context: CommandContext,
	asked: { lines: Iterable<string>; question: string; refusal: string },
): Promise<boolean> {
	const { stderr, signal } = context;
	const stdin = context.stdin();
	if (stdin.isTTY !== true) throw new AssayError("usage", asked.refusal, { hint: "--yes goes on without a question" });
	for (const line of asked.lines) await writeLine(stderr, printable(line));
	stderr.write(`${asked.question} [y/N] `);
	const lines = createInterface({ input: stdin, signal });
	try {
		const { value, done } = await lines[Symbol.asyncIterator]().next();
		return done !== true && /^y(es)?$/i.test(value.trim());
	} finally {
		lines.close();
	}
}
