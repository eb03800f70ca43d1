import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { VerifyOptions } from "./cli/options.js";

export function verify(
	_context: CommandContext,
	_tasks: string,
	_samples: string,
	_options: VerifyOptions,
): Promise<ExitCode> {
	return Promise.reject(new AssayError("prerequisite", "verify: not part of this build yet"));
}
