import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AssayError } from "../lib/errors.js";
import type { Link } from "./link.js";
import { boundedTail, DEFAULT_TIMEOUT_MS } from "./output-buffers.js";

/** This machine, by the same contract as one over ssh. */
export function localLink(): Link {
	const closed = new AbortController();
	return {
		async execute(command, { input, onOutput, timeoutMs = DEFAULT_TIMEOUT_MS, signal }) {
			const ends = AbortSignal.any([
				signal,
				closed.signal,
				...(timeoutMs === null ? [] : [AbortSignal.timeout(timeoutMs)]),
			]);
			ends.throwIfAborted();
			const child = spawn("sh", ["-c", command], { stdio: "pipe" });
			const stop = () => child.kill("SIGKILL");
			ends.addEventListener("abort", stop, { once: true });
			const chunks: Buffer[] = [];
			child.stdout.on("data", onOutput ?? ((bytes: Buffer) => chunks.push(bytes)));
			const stderr = boundedTail(child.stderr);
			try {
				const ended = new Promise<number | null>((resolve, reject) => {
					child.on("error", reject);
					child.on("close", resolve);
				});
				// A command that does not read its input to the end is no failure of ours.
				const fed = pipeline(Readable.from(input ?? []), child.stdin).catch(() => {});
				const [code] = await Promise.all([ended, fed]);
				if (ends.aborted && !signal.aborted) throw new AssayError("host", `no answer within ${timeoutMs} ms`);
				signal.throwIfAborted();
				return { code, stdout: Buffer.concat(chunks), stderr: stderr() };
			} finally {
				ends.removeEventListener("abort", stop);
			}
		},
		async forward(host, port) {
			const socket = connect({ host, port, signal: closed.signal });
			await once(socket, "connect", { signal: closed.signal });
			return socket;
		},
		close: () => closed.abort(),
	};
}
