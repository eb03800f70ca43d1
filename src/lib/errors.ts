/** Codes decide the exit status: see `exitCodeOf`. */
export type ErrorCode = "usage" | "prerequisite" | "judge" | "host" | "interrupted";

/** A failure that has a message for people: what is wrong, in one line, and a hint how to go on. */
export class AssayError extends Error {
	override readonly name = "AssayError";
	readonly code: ErrorCode;
	readonly hint: string | null;

	constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.hint = options.hint ?? null;
	}
}

/** 2 usage or bad input; 3 a host, server, model or judge failed; 130 interrupted; 70 a bug. */
export function exitCodeOf(error: unknown): number {
	if (!(error instanceof AssayError)) return 70;
	switch (error.code) {
		case "usage":
		case "prerequisite":
			return 2;
		case "judge":
		case "host":
			return 3;
		case "interrupted":
			return 130;
	}
}
