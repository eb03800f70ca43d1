import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { EvalOptions } from "./cli/options.js";

export function evaluate(_context: CommandContext, _run: string, _options: EvalOptions): Promise<ExitCode> {
	return Promise.reject(new AssayError("prerequisite", "eval: not part of this build yet"));
}
