import { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import type { GenerationFailureKind } from "../../domain/generation.js";

/** Why an attempt failed, and whether another one may do better. */
export interface AttemptFailure {
	kind: GenerationFailureKind;
	message: string;
	retry: boolean;
	/** It would meet every other request too. */
	fatal: boolean;
	headers: Headers | undefined;
}

/** Reads what the client library threw. Messages are the server's: redact them before they go anywhere. */
export function failureOf(error: unknown): AttemptFailure {
	const failure = (kind: GenerationFailureKind, over: Partial<AttemptFailure> = {}): AttemptFailure => {
		return { kind, message: messageOf(error), retry: true, fatal: false, headers: undefined, ...over };
	};
	if (error instanceof APIConnectionTimeoutError) return failure("timeout", { message: "no answer in time" });
	if (error instanceof APIConnectionError) return failure("connection");
	if (error instanceof APIError) {
		const { status, code } = error as { status: number | undefined; code: string | null | undefined };
		const headers = error.headers as Headers | undefined;
		if (status === 401 || status === 403) return failure("unauthorized", { retry: false, fatal: true });
		if (status === 429) {
			// Out of credit is said with the same status, and does not pass by waiting.
			const isEmpty = code === "insufficient_quota";
			return failure(isEmpty ? "refused" : "rate_limited", { headers, retry: !isEmpty, fatal: isEmpty });
		}
		if (status === 402) return failure("refused", { retry: false, fatal: true });
		if (status === undefined || status === 408 || status === 409 || status >= 500) {
			return failure("server_error", { headers });
		}
		return failure("refused", { retry: false, fatal: status === 404 });
	}
	if (error instanceof SyntaxError) return failure("invalid_response", { message: "the answer is not valid JSON" });
	return failure("cut");
}

function messageOf(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
	return `${text}${cause}`.replace(/\s+/g, " ").slice(0, 300);
}
