import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { generationConfigOf } from "../../../src/generate/generation-config.js";
import { checkedFetch } from "../../../src/generate/onnx/checked-fetch.js";
import { openOnnxModel } from "../../../src/generate/onnx/onnx-model.js";
import { temporaryFolder } from "../app/run-fixtures.js";

const FOLDER = fileURLToPath(new URL("../../../fixtures/models/tiny-coder", import.meta.url));
const ID = "someone/tiny-coder";
const WEIGHTS = "onnx/model.onnx";
const signal = new AbortController().signal;

/** How the hub treats its large file. */
type Treatment = "whole" | "cut" | "short" | "changed" | "gone";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0)) await close();
});

/** Files at `/<id>/resolve/main/<file>`; the weights behind a redirect that tells their checksum, as the real hub does. */
async function openHub() {
	const asked: string[] = [];
	const keys: (string | undefined)[] = [];
	const hub = { treatment: "whole" as Treatment };
	const server = createServer((request, response) => {
		const url = request.url ?? "";
		const file = url.replace(`/${ID}/resolve/main/`, "").replace(/^\/cdn\//, "");
		asked.push(url);
		if (url.startsWith("/cdn/")) keys.push(request.headers.authorization);
		const path = join(FOLDER, file);
		if (!existsSync(path) || hub.treatment === "gone") {
			response.writeHead(404).end();
			return;
		}
		const bytes = readFileSync(path);
		if (file === WEIGHTS && !url.startsWith("/cdn/")) {
			const etag = createHash("sha256").update(bytes).digest("hex");
			const headers = { location: `/cdn/${file}`, "x-linked-etag": `"${etag}"`, "x-linked-size": bytes.length };
			response.writeHead(302, headers).end();
		} else if (file !== WEIGHTS || hub.treatment === "whole") {
			response.writeHead(200, { "content-length": bytes.length }).end(bytes);
		} else if (hub.treatment === "cut") {
			response.writeHead(200, { "content-length": bytes.length });
			response.write(bytes.subarray(0, 100_000), () => response.destroy());
		} else if (hub.treatment === "short") {
			response.writeHead(200, { "transfer-encoding": "chunked" }).end(bytes.subarray(0, 100_000));
		} else {
			bytes[50_000] = (bytes[50_000] ?? 0) ^ 1;
			response.writeHead(200, { "content-length": bytes.length }).end(bytes);
		}
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	closers.push(async () => await new Promise<void>((resolve) => server.close(() => resolve())));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return Object.assign(hub, { asked, keys, url: `http://127.0.0.1:${address.port}/` });
}

async function open(cacheDir: string, hub: string, allowDownload: boolean) {
	const config = generationConfigOf("onnx", { model: ID, concurrency: 2 }, { settings: { providers: {}, prices: {} } });
	if (config === null) throw new Error("a model has a configuration");
	return await openOnnxModel({ config: { ...config, allowDownload }, cacheDir, hub, signal });
}

function files(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map(({ name }) => name)
		.sort();
}

describe.skipIf(!existsSync(FOLDER))("a model of the hub (fixtures/models/tiny-coder behind a local server)", () => {
	test("is fetched when that is allowed, and then serves without the hub and without permission", async () => {
		const [cacheDir, hub] = [temporaryFolder(), await openHub()];
		await expect(open(cacheDir, hub.url, false)).rejects.toThrow("not downloaded before");
		expect(hub.asked).toEqual([]);
		const fetched = await open(cacheDir, hub.url, true);
		const request = {
			prompt: { kind: "text" as const, text: "# Add 3.\ndef solve(n: int) -> int:\n" },
			sampling: { temperature: 1, topP: 1, maxTokens: 8, stop: [] },
			seed: 7,
			signal,
		};
		const { text } = await fetched.generate(request);
		await fetched.close();
		expect(readFileSync(join(cacheDir, ID, WEIGHTS)).equals(readFileSync(join(FOLDER, WEIGHTS)))).toBe(true);
		const before = hub.asked.length;
		const offline = await open(cacheDir, "http://127.0.0.1:9/", false);
		expect((await offline.generate(request)).text).toBe(text);
		await offline.close();
		expect(hub.asked).toHaveLength(before);
	});

	test.each(["cut", "short", "changed"] as const)(
		"whose weights arrive %s is refused, leaves no half file, and is whole after the next try",
		async (treatment) => {
			const [cacheDir, hub] = [temporaryFolder(), await openHub()];
			hub.treatment = treatment;
			await expect(open(cacheDir, hub.url, true)).rejects.toMatchObject({
				code: "host",
				message: expect.stringContaining("cannot be downloaded"),
			});
			expect(files(cacheDir)).not.toContain("model.onnx");
			expect(files(cacheDir).filter((name) => name.includes(".tmp"))).toEqual([]);
			await expect(open(cacheDir, hub.url, false)).rejects.toMatchObject({ code: "usage" });
			hub.treatment = "whole";
			await (await open(cacheDir, hub.url, true)).close();
			expect(files(cacheDir)).toContain("model.onnx");
		},
	);

	test("that the hub does not have is told so", async () => {
		const [cacheDir, hub] = [temporaryFolder(), await openHub()];
		hub.treatment = "gone";
		await expect(open(cacheDir, hub.url, true)).rejects.toThrow(/someone\/tiny-coder: cannot be loaded: .*/);
	});

	test("gets the key of the hub, and what the hub redirects to does not", async () => {
		const hub = await openHub();
		const response = await checkedFetch(`${hub.url}${ID}/resolve/main/${WEIGHTS}`, {
			headers: { authorization: "Bearer marker" },
		});
		expect((await response.arrayBuffer()).byteLength).toBe(readFileSync(join(FOLDER, WEIGHTS)).length);
		expect(hub.keys).toEqual([undefined]);
	});
});
