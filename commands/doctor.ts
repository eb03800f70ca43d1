import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { DoctorOptions } from "./cli/options.js";

export function doctor(_context: CommandContext, _options: DoctorOptions): Promise<ExitCode> {
	return Promise.reject(new AssayError("prerequisite", "doctor: not part of this build yet"));
}
