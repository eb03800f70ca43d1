import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fetchTasks } from "../../../src/app/fetch-tasks.js";
import { AssayError } from "../../../src/lib/errors.js";
import type { Origin } from "../../../src/tasks/origins.js";
import { folderWith } from "./files.js";

const CONTENT = Buffer.from('{"task_id": "a"}\n'.repeat(1000));
const signal = new AbortController().signal;

async function serve(answer: RequestListener): Promise<{ origin: Origin; path: string; requests: () => number }> {
	let requests = 0;
	const server = createServer((request, response) => {
		requests++;
		answer(request, response);
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	return {
		origin: originAt(`http://127.0.0.1:${port}/tasks.jsonl`),
		path: join(folderWith(), "new", "t.jsonl"),
		requests: () => requests,
	};
}

function originAt(url: string): Origin {
	const sha256 = createHash("sha256").update(CONTENT).digest("hex");
	return { file: "t.jsonl", url, sha256, bytes: CONTENT.length, license: "MIT" };
}

async function failure(work: Promise<unknown>): Promise<AssayError> {
	const error = await work.then(
		() => null,
		(reason: unknown) => reason,
	);
	if (!(error instanceof AssayError)) throw new Error(`expected an AssayError, not ${String(error)}`);
	return error;
}

const leftBeside = (path: string): string[] => (existsSync(dirname(path)) ? readdirSync(dirname(path)) : []);

test("a public file arrives whole, and is not fetched again", async () => {
	const { origin, path, requests } = await serve((_request, response) => response.end(CONTENT));
	expect(await fetchTasks(origin, path, { signal })).toBe("fetched");
	expect(readFileSync(path).equals(CONTENT)).toBe(true);
	expect(await fetchTasks(origin, path, { signal })).toBe("present");
	expect(requests()).toBe(1);
	expect(leftBeside(path)).toEqual(["t.jsonl"]);
});

test.each<[string, RequestListener, RegExp]>([
	[
		"other bytes of the same length",
		(_request, response) => response.end(Buffer.alloc(CONTENT.length)),
		/another checksum\); nothing was kept$/,
	],
	["fewer bytes", (_request, response) => response.end(CONTENT.subarray(1)), /16999 bytes of 17000/],
	[
		"bytes without end",
		(_request, response) => {
			const more = (): void => {
				while (response.write(CONTENT));
				response.once("drain", more);
			};
			more();
		},
		/more than \d+ bytes of 17000/,
	],
	["an error page", (_request, response) => response.writeHead(404).end("no"), /the server answered 404 Not Found$/],
	[
		"a broken connection",
		(_request, response) => {
			response.writeHead(200, { "content-length": CONTENT.length });
			response.write(CONTENT.subarray(0, 100), () => response.destroy());
		},
		/cannot be reached, is there a network\? \(/,
	],
])("an origin that sends %s leaves nothing behind", async (_name, answer, message) => {
	const { origin, path } = await serve(answer);
	const error = await failure(fetchTasks(origin, path, { signal }));
	expect(error.message).toMatch(message);
	expect(error.code).toBe("host");
	expect(error.hint).not.toBeNull();
	expect(leftBeside(path)).toEqual([]);
});

test("without a network the message says so, and how to get the file by hand", async () => {
	const { origin, path } = await serve(() => {});
	const closed = { ...origin, url: "http://127.0.0.1:1/tasks.jsonl" };
	const error = await failure(fetchTasks(closed, path, { signal }));
	expect(error.message).toMatch(/cannot be reached, is there a network\?/);
	expect(error.hint).toContain(origin.sha256);
});

test("a stopped download ends with the signal's reason and leaves nothing behind", async () => {
	const controller = new AbortController();
	const reason = new AssayError("interrupted", "stopped");
	const { origin, path } = await serve((_request, response) => {
		response.write(CONTENT.subarray(0, 10));
		controller.abort(reason);
	});
	expect(await failure(fetchTasks(origin, path, { signal: controller.signal }))).toBe(reason);
	expect(leftBeside(path)).toEqual([]);
});
