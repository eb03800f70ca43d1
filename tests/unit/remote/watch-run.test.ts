import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { Link } from "../../../src/remote/link.js";
import { watchRun } from "../../../src/remote/watch-run.js";

const LOG = "out.log";
/** As often as in ten minutes of a watch that rests between its questions. */
const ASKED = 4000;

/** Answers at once, and always with one more byte of the log, which comes by itself; its command never ends. */
function talkativeHost(): Link {
	return {
		async execute(_command, { input = [], onOutput }) {
			let size = 0;
			for await (const _ of input) {
				size++;
				onOutput?.(Buffer.from(`boot b\ntimes 1 1 -\nfile ${LOG} ${size} 7 1 0\n`));
				await Promise.resolve();
				onOutput?.(Buffer.from("data\n"));
				await Promise.resolve();
				onOutput?.(Buffer.from("x"));
			}
			return await new Promise(() => {});
		},
		forward: () => Promise.reject(new Error("nobody forwards")),
		close: () => {},
	};
}

test("a watch that has been asked thousands of times holds no more than a fresh one", async () => {
	setFlagsFromString("--expose-gc");
	const collect: () => void = runInNewContext("gc");
	const watch = watchRun(talkativeHost(), "/run", new AbortController().signal);
	let bytes = 0;
	const reader = {
		known: () => new Map([[LOG, bytes]]),
		stands: () => {},
		reads: (_name: string, news: Buffer) => {
			bytes += news.length;
		},
		misses: () => {},
	};
	for (let i = 0; i < 200; i++) await watch.ask(reader);
	collect();
	const before = process.memoryUsage().heapUsed;
	for (let i = 0; i < ASKED; i++) await watch.ask(reader);
	collect();
	expect(bytes).toBe(200 + ASKED);
	expect((process.memoryUsage().heapUsed - before) / ASKED).toBeLessThan(200);
	watch.close();
});
