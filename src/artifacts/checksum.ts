import { createReadStream } from "node:fs";
import { newSha256 } from "../lib/hash.js";

/** Streamed, so that a file of any size costs one buffer. */
export async function checksumFile(
	path: string,
	watch: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
): Promise<{ bytes: number; sha256: string }> {
	const hash = newSha256();
	let bytes = 0;
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
		watch.signal?.throwIfAborted();
		hash.update(chunk);
		bytes += chunk.length;
		watch.onBytes?.(chunk.length);
	}
	return { bytes, sha256: hash.digest("hex") };
}
