import { AssayError } from "./errors.js";
import { reasonOf } from "./input-file.js";

const FORBIDDEN: ReadonlySet<unknown> = new Set(["EACCES", "EPERM", "EROFS"]);
const FULL: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);

/** Why nothing can be written at `path`: `usage` where that is not allowed, `host` where the disk is full or fails. */
export function writeFailure(path: string, cause: unknown): AssayError {
	if (cause instanceof AssayError) return cause;
	const message = `${path}: cannot be written: ${reasonOf(cause)}`;
	if (isForbidden(cause)) {
		return new AssayError("usage", message, { hint: "name a place that may be written to", cause });
	}
	const hint = isDiskFull(cause) ? { hint: "free space and give the same command again" } : {};
	return new AssayError("host", message, { ...hint, cause });
}

export function isForbidden(error: unknown): boolean {
	return FORBIDDEN.has(codeOf(error));
}

export function isDiskFull(error: unknown): boolean {
	if (FULL.has(codeOf(error))) return true;
	return error instanceof Error && error.cause !== undefined && isDiskFull(error.cause);
}

/** A failure of work that `command` goes on with, which its hint then says; anything else as it is. */
export function withWayOn(error: unknown, command: string): unknown {
	if (isDiskFull(error)) {
		const { message, path } = error as NodeJS.ErrnoException;
		const text = error instanceof AssayError ? message : `${path ?? "a file"}: cannot be written: the disk is full`;
		return new AssayError("host", text, { hint: `what is done is kept; free space, then: ${command}`, cause: error });
	}
	if (!(error instanceof AssayError) || (error.code !== "host" && error.code !== "judge")) return error;
	const more = error.hint === null ? "" : `${error.hint}; `;
	return new AssayError(error.code, error.message, { hint: `${more}to go on: ${command}`, cause: error });
}

/** Of SQLite's codes, those that mean the same. */
const OF_SQLITE: ReadonlyMap<unknown, string> = new Map([
	[8, "EROFS"],
	[13, "ENOSPC"],
]);

function codeOf(error: unknown): unknown {
	if (!(error instanceof Error)) return null;
	if ("errcode" in error) return OF_SQLITE.get(error.errcode) ?? null;
	return "code" in error ? error.code : null;
}
