import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generationConfigOf } from "../../../src/generate/generation-config.js";
import { openBackend } from "../../../src/generate/index.js";
import type { LanguageModel, ModelRequest } from "../../../src/generate/language-model.js";
import { openOnnxModel } from "../../../src/generate/onnx/onnx-model.js";
import { openScriptedServer } from "./openai-server.js";

const FOLDER =
	process.env.ASSAY_TEST_MODEL ?? fileURLToPath(new URL("../../../fixtures/models/tiny-coder", import.meta.url));
const PROMPT = "# Add 3.\ndef solve(n: int) -> int:\n";
const SAMPLING = { temperature: 1, topP: 1, maxTokens: 24, stop: ["\ndef "] };
const signal = new AbortController().signal;

function request(seed: number, over: Partial<ModelRequest> = {}): ModelRequest {
	return { prompt: { kind: "text", text: PROMPT }, sampling: SAMPLING, seed, signal, ...over };
}

function configFor(folder: string, concurrency = 8) {
	const config = generationConfigOf(
		"onnx",
		{ model: folder, concurrency },
		{ settings: { providers: {}, prices: {} } },
	);
	if (config === null) throw new Error("a model has a configuration");
	return config;
}

describe.skipIf(!existsSync(FOLDER))("a model on this machine (fixtures/models/tiny-coder)", () => {
	let model: LanguageModel;
	beforeAll(async () => {
		model = await openOnnxModel({ config: configFor(FOLDER), cacheDir: null, signal });
	});
	afterAll(async () => await model.close());

	test("samples of one seed are the same, alone and in a batch with others; those of other seeds differ", async () => {
		const alone = await model.generate(request(1));
		const batch = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => model.generate(request(seed))));
		expect(batch[0]?.text).toBe(alone.text);
		expect(batch[0]?.logprob).toBeCloseTo(alone.logprob ?? 0, 3);
		expect(new Set(batch.map(({ text }) => text)).size).toBeGreaterThan(1);
	});

	test("prompts of different lengths in one batch do not disturb each other", async () => {
		const greedy = { ...SAMPLING, temperature: 0 };
		const prompts = [
			PROMPT,
			"def solve(xs: list[int]) -> int:\n",
			"# Reverse the text, then keep the first 3 characters.\ndef solve(s: str) -> str:\n",
		];
		const one = (text: string) => model.generate(request(1, { prompt: { kind: "text", text }, sampling: greedy }));
		const together = await Promise.all(prompts.map(one));
		for (const [index, text] of prompts.entries()) {
			const { text: alone, usage } = await one(text);
			expect(together[index]?.text).toBe(alone);
			expect(together[index]?.usage).toEqual(usage);
		}
	});

	test("text arrives while it is written, and is the completion when put together", async () => {
		const texts: string[] = [];
		const { text, finishReason, usage, logprob } = await model.generate(
			request(9, { onText: (fresh) => texts.push(fresh) }),
		);
		expect(texts.join("")).toBe(text);
		expect(["stop", "length"]).toContain(finishReason);
		expect(usage.completionTokens).toBeGreaterThan(0);
		expect(usage.completionTokens).toBeLessThanOrEqual(24);
		expect(logprob).toBeLessThan(0);
	});

	test("a request that is cancelled ends at once, and the others of its batch go on", async () => {
		const stop = new AbortController();
		const cancelled = model.generate(request(1, { signal: stop.signal, onText: () => stop.abort() }));
		const others = Promise.all([2, 3].map((seed) => model.generate(request(seed))));
		await expect(cancelled).rejects.toThrow("aborted");
		expect((await others).map(({ attempts }) => attempts)).toEqual([1, 1]);
	});

	test("a model that is closed while it writes ends its thread, and the program goes on", async () => {
		for (let turns = 1; turns <= 100; turns *= 10) {
			const closing = await openOnnxModel({ config: configFor(FOLDER), cacheDir: null, signal });
			const texts = Promise.withResolvers<void>();
			const sampling = { ...SAMPLING, maxTokens: 60, stop: [] };
			const writing = Array.from({ length: 200 }, (_, seed) =>
				closing.generate(request(seed, { sampling, onText: () => texts.resolve() })),
			);
			const ended = Promise.allSettled(writing);
			await texts.promise;
			// So that the thread is found in the midst of a step, too.
			for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
			await closing.close();
			const failures = (await ended).filter(({ status }) => status === "rejected");
			expect(failures.length).toBeGreaterThan(0);
			await expect(closing.generate(request(9))).rejects.toThrow("its thread has ended");
		}
	});

	test("behind a server that speaks the OpenAI protocol it gives the same completions", async () => {
		const server = await openScriptedServer(async ({ body }) => {
			const tokens: string[] = [];
			const prompt = { kind: "text" as const, text: String(body.prompt) };
			await model.generate(request(Number(body.seed), { prompt, onText: (text) => tokens.push(text) }));
			return { kind: "tokens", tokens };
		});
		try {
			const options = { model: "tiny", baseUrl: server.baseUrl, api: "completion", template: "complete" } as const;
			const config = generationConfigOf("openai", options, { settings: { providers: {}, prices: {} } });
			const { model: served } = await openBackend("openai", config, { env: {}, onNotice: () => {}, signal });
			for (const seed of [1, 2, 3]) {
				expect((await served?.generate(request(seed)))?.text).toBe((await model.generate(request(seed))).text);
			}
		} finally {
			await server.close();
		}
	});

	test("a prompt that is longer than the model's context fails by itself", async () => {
		const prompt = { kind: "text" as const, text: "x = 1\n".repeat(2000) };
		await expect(model.generate(request(1, { prompt }))).rejects.toThrow(
			/the prompt has \d+ tokens, and the model takes/,
		);
		expect((await model.generate(request(1))).attempts).toBe(1);
	});

	test("a conversation needs a chat template", async () => {
		const prompt = { kind: "chat" as const, messages: [{ role: "user" as const, content: "hello" }] };
		await expect(model.generate(request(1, { prompt }))).rejects.toThrow("has no chat template");
	});
});

test("a folder that holds no model is refused with what it lacks", () => {
	expect(() => configFor("/tmp")).toThrow("it lacks config.json");
});

test("a name on the hub is not fetched unless that is allowed", async () => {
	await expect(openOnnxModel({ config: configFor("nobody/nothing"), cacheDir: null, signal })).rejects.toThrow(
		"no such folder",
	);
});
