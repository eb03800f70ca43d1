import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { RunOptions } from "./cli/options.js";

export function run(_context: CommandContext, _tasks: string, _options: RunOptions): Promise<ExitCode> {
	return Promise.reject(new AssayError("prerequisite", "run: not part of this build yet"));
}
