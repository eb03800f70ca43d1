import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { previewRegistration, registerKey } from "../../../src/generate/openai/register-key.js";

const KEYS = { managementKey: "sk-marker-management", upstreamKey: "sk-marker-upstream" };
const REGISTRATION = { upstream: "openai", name: "mine", isFallback: true };
const signal = new AbortController().signal;

test("the preview names where the keys come from, and shows none", () => {
	expect(previewRegistration(REGISTRATION, { managementKey: "A_KEY", upstreamKey: "B_KEY" })).toEqual({
		method: "POST",
		url: "https://openrouter.ai/api/v1/byok",
		headers: { authorization: "Bearer [key from A_KEY]", "content-type": "application/json" },
		body: { provider: "openai", key: "[key from B_KEY]", name: "mine", is_fallback: true },
	});
});

test("what the server answers is told without the keys, whether it took them or not", async () => {
	let status = 200;
	const bodies: unknown[] = [];
	const server = createServer((request, response) => {
		let text = "";
		request.on("data", (chunk) => {
			text += String(chunk);
		});
		request.on("end", () => {
			bodies.push(JSON.parse(text));
			response.writeHead(status).end(`${text} ${request.headers.authorization}`);
		});
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/byok`;
	try {
		const answer = await registerKey(REGISTRATION, KEYS, { signal, url });
		expect(bodies).toEqual([{ provider: "openai", key: KEYS.upstreamKey, name: "mine", is_fallback: true }]);
		expect(answer).toContain("[key]");
		expect(answer).not.toContain("sk-marker");
		status = 403;
		const refused = await registerKey(REGISTRATION, KEYS, { signal, url }).catch((error: Error) => error.message);
		expect(refused).toContain("refused with status 403");
		expect(refused).not.toContain("sk-marker");
	} finally {
		server.close();
	}
});
