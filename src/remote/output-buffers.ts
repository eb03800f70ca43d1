import type { Readable } from "node:stream";

/** Most commands answer at once; a host that swaps may take this long. */
export const DEFAULT_TIMEOUT_MS = 30_000;

const KEPT_CHARACTERS = 8192;

/** Drains a stream and keeps the end of its text. */
export function boundedTail(stream: Readable): () => string {
	let text = "";
	stream.setEncoding("utf8").on("data", (chunk: string) => {
		text = (text + chunk).slice(-KEPT_CHARACTERS);
	});
	return () => text;
}
