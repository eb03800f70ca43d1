import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { openAtomicWriter } from "../lib/atomic-writer.js";
import { AssayError } from "../lib/errors.js";
import { newSha256 } from "../lib/hash.js";
import type { Origin } from "../tasks/origins.js";

export interface FetchOptions {
	signal: AbortSignal;
	fetch?: typeof globalThis.fetch;
	onBytes?: (bytes: number) => void;
}

/**
 * Downloads a public tasks file to `path`, whole and with the checksum it must have, or leaves nothing there. A file that
 * is there already and has the checksum is left alone, without a connection. Throws `host` when it cannot be had.
 */
export async function fetchTasks(origin: Origin, path: string, options: FetchOptions): Promise<"fetched" | "present"> {
	if ((await stat(path).catch(() => null))?.isFile() && (await sha256OfFile(path)) === origin.sha256) return "present";
	const writer = await openAtomicWriter(path);
	try {
		const hash = newSha256();
		let bytes = 0;
		for await (const chunk of download(origin, options)) {
			bytes += chunk.length;
			if (bytes > origin.bytes) break;
			hash.update(chunk);
			await writer.write(chunk);
			options.onBytes?.(bytes);
		}
		if (bytes !== origin.bytes || hash.digest("hex") !== origin.sha256) {
			const more = bytes > origin.bytes ? "more than " : "";
			throw new AssayError(
				"host",
				`${origin.url}: not the file that is expected (${more}${bytes} bytes of ${origin.bytes}, or another checksum); nothing was kept`,
				{ hint: "the file at the origin was changed or the transfer was; try again, or look at the page in a browser" },
			);
		}
		await writer.commit();
		return "fetched";
	} finally {
		await writer.discard();
	}
}

async function* download(
	origin: Origin,
	{ signal, fetch = globalThis.fetch }: FetchOptions,
): AsyncGenerator<Uint8Array> {
	try {
		const response = await fetch(origin.url, { signal, redirect: "follow" });
		if (!response.ok || response.body === null) {
			await response.body?.cancel();
			throw new AssayError(
				"host",
				`${origin.url}: the server answered ${response.status} ${response.statusText}`.trim(),
				{
					hint: byHand(origin),
				},
			);
		}
		for await (const chunk of response.body) yield chunk;
	} catch (error) {
		if (error instanceof AssayError) throw error;
		signal.throwIfAborted();
		throw new AssayError("host", `${origin.url}: cannot be reached, is there a network? (${reasonOf(error)})`, {
			hint: byHand(origin),
			cause: error,
		});
	}
}

function byHand(origin: Origin): string {
	return `fetch it where there is a network and copy it here; its sha256 is ${origin.sha256}`;
}

/** fetch hides the reason (ENOTFOUND, ECONNREFUSED) in its cause. */
function reasonOf(error: unknown): string {
	const cause = error instanceof Error ? (error.cause ?? error) : error;
	if (!(cause instanceof Error)) return String(cause);
	return "code" in cause && typeof cause.code === "string" && cause.message === "" ? cause.code : cause.message;
}

async function sha256OfFile(path: string): Promise<string> {
	const hash = newSha256();
	for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
	return hash.digest("hex");
}
