import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { OpenOptions } from "./cli/options.js";

export function open(_context: CommandContext, _options: OpenOptions): Promise<ExitCode> {
	return Promise.reject(new AssayError("prerequisite", "open: not part of this build yet"));
}
