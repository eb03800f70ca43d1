import type { Writable } from "node:stream";
import { AssayError, exitCodeOf } from "../../src/lib/errors.js";
import { reasonOf } from "../../src/lib/input-file.js";
import { isDiskFull, isForbidden } from "../../src/lib/write-failure.js";
import { printable } from "./print.js";

/** Reason of the signal when nobody reads stdout any more, as after `| head`. */
export const READER_GONE = new AssayError("interrupted", "nobody reads the output any more");

/** What the system refuses for reasons outside of the program; anything else unexpected is a bug. */
const SYSTEM_REFUSALS = new Set(
	"ENOENT EACCES EPERM EEXIST EROFS ENOSPC EDQUOT EISDIR ENOTDIR EMFILE ENFILE EIO ENAMETOOLONG ELOOP".split(" "),
);

/** The parser of the words has written all there is to say: help or version that was asked for (0), or a complaint (2). */
export class ParserEnded extends Error {
	constructor(readonly exitCode: 0 | 2) {
		super("the parser ended");
	}
}

/** Writes the failure for people and returns the exit code: see `exitCodeOf`. */
export function reportFailure(error: unknown, stderr: Writable, signal: AbortSignal): number {
	if (error instanceof ParserEnded) return error.exitCode;
	if (signal.aborted && isAbort(error, signal)) {
		if (signal.reason === READER_GONE) return 0;
		const kept = error instanceof AssayError && error !== signal.reason ? `: ${printable(error.message)}` : "";
		stderr.write(`assay: interrupted${kept}\n`);
		return 130;
	}
	if (error instanceof AssayError) {
		stderr.write(`assay: ${printable(error.message)}\n`);
		if (error.hint !== null) stderr.write(`  ${printable(error.hint)}\n`);
		return exitCodeOf(error);
	}
	if (error instanceof Error && "code" in error && "syscall" in error && SYSTEM_REFUSALS.has(String(error.code))) {
		return reportSystemRefusal(error as NodeJS.ErrnoException, stderr);
	}
	const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
	stderr.write(`${printable(text, "\n\t")}\nassay: this is a bug in assay; please report it with the lines above\n`);
	return 70;
}

function reportSystemRefusal(error: NodeJS.ErrnoException, stderr: Writable): number {
	const { path } = error;
	const place = path === undefined ? "" : `${path}: `;
	if (isDiskFull(error)) {
		stderr.write(`assay: ${printable(place)}the disk is full\n`);
		stderr.write("  what was written before is kept; free space and give the same command again\n");
		return 3;
	}
	stderr.write(`assay: ${printable(isForbidden(error) ? place + reasonOf(error) : error.message)}\n`);
	return isForbidden(error) ? 2 : 3;
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
	if (error === signal.reason) return true;
	if (error instanceof AssayError) return error.code === "interrupted";
	return error instanceof Error && error.name === "AbortError";
}
