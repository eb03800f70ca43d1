import type { CommandContext, ExitCode } from "./context.js";
import type { CommonOptions } from "./options.js";

/** Turns a command's implementation into commander's action; the implementation is imported when it runs. */
export type Act = <T extends CommonOptions>(
	run: (context: CommandContext, options: T, args: readonly string[]) => Promise<ExitCode | undefined>,
) => (...parameters: unknown[]) => Promise<void>;

export function examples(lines: readonly string[]): string {
	return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
}
