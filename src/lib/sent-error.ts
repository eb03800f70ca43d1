import { AssayError, type ErrorCode } from "./errors.js";

/** An error as it crosses between threads: its class would be lost otherwise. */
export interface SentError {
	code: ErrorCode | null;
	name: string;
	message: string;
	hint: string | null;
	stack: string | null;
	cause: SentError | null;
}

export function sentError(error: unknown): SentError {
	if (!(error instanceof Error)) return { ...NOTHING, message: String(error) };
	const { name, message, stack = null, cause } = error;
	const of = error instanceof AssayError ? { code: error.code, hint: error.hint } : { code: null, hint: null };
	return { name, message, stack, ...of, cause: cause === undefined ? null : sentError(cause) };
}

export function receivedError(sent: SentError): Error {
	const cause = sent.cause === null ? undefined : receivedError(sent.cause);
	const error =
		sent.code === null
			? Object.assign(new Error(sent.message, { cause }), { name: sent.name })
			: new AssayError(sent.code, sent.message, { cause, ...(sent.hint === null ? {} : { hint: sent.hint }) });
	if (sent.stack !== null) error.stack = sent.stack;
	return error;
}

const NOTHING: SentError = { code: null, name: "Error", message: "", hint: null, stack: null, cause: null };
