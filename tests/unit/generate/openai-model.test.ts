import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { GenerationConfig } from "../../../src/domain/generation.js";
import { GenerationFailure, type ModelRequest, type Spend } from "../../../src/generate/language-model.js";
import { openOpenAiModel } from "../../../src/generate/openai/openai-model.js";
import { type Clock, realClock, retryAfterMs } from "../../../src/generate/openai/retry.js";
import { SpendMeter } from "../../../src/generate/spend-meter.js";
import { type Asked, openScriptedServer, type Reply, type ScriptedServer } from "./openai-server.js";

const KEY = "sk-marker-4f1d9a";
const GOOD: Reply = { kind: "tokens", tokens: ["def f():", "\n    return 1\n"], logprobs: [-0.5, -0.25] };
const opened: ScriptedServer[] = [];

afterEach(async () => {
	for (const server of opened.splice(0)) await server.close();
});

/** Waiting costs no time; what was waited for is kept. */
function clockOf(): Clock & { waits: number[] } {
	let now = 1000;
	const waits: number[] = [];
	return {
		waits,
		now: () => now,
		random: () => 0,
		sleep: (ms, signal) => {
			signal.throwIfAborted();
			waits.push(ms);
			now += ms;
			return Promise.resolve();
		},
	};
}

type Server = NonNullable<GenerationConfig["server"]>;

function configFor(baseUrl: string, over: Partial<Server> = {}): GenerationConfig & { server: Server } {
	return {
		model: "m",
		template: { id: "direct.v1", sha256: "" },
		sampling: { temperature: 0.7, topP: 0.9, maxTokens: 64, stop: ["\n\n\n"] },
		logprobs: true,
		concurrency: 4,
		allowDownload: false,
		server: {
			baseUrl,
			api: "chat",
			keyEnv: "THE_KEY",
			keyFile: null,
			maxAttempts: 3,
			timeouts: { connectMs: 2000, firstTokenMs: 100, stallMs: 100 },
			prices: { promptPerMillion: 1, completionPerMillion: 10 },
			maxCostUsd: null,
			maxTotalTokens: null,
			...over,
		},
	};
}

async function open(reply: (asked: Asked, number: number) => Reply, over: Partial<Server> = {}) {
	const server = await openScriptedServer(reply);
	opened.push(server);
	const config = configFor(server.baseUrl, over);
	const meter = new SpendMeter(config.server);
	const clock = clockOf();
	const notices: string[] = [];
	const env = { THE_KEY: KEY };
	const model = openOpenAiModel({ config, meter, env, clock, onNotice: (message) => notices.push(message) });
	return { server, model, meter, clock, notices, config };
}

function request(over: Partial<ModelRequest> = {}): ModelRequest & { spends: Spend[]; texts: string[] } {
	const spends: Spend[] = [];
	const texts: string[] = [];
	return {
		prompt: { kind: "chat", messages: [{ role: "user", content: "Write f." }] },
		sampling: { temperature: 0.7, topP: 0.9, maxTokens: 64, stop: ["\n\n\n"] },
		seed: 7,
		signal: new AbortController().signal,
		onText: (text) => texts.push(text),
		onSpend: (spend) => spends.push(spend),
		spends,
		texts,
		...over,
	};
}

async function failureFrom(work: Promise<unknown>): Promise<GenerationFailure> {
	const error = await work.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	expect(error).toBeInstanceOf(GenerationFailure);
	return error as GenerationFailure;
}

test("a completion arrives token by token, with usage, log-probability, finish reason and the server's name of the model", async () => {
	const { model, server } = await open(() => GOOD);
	const asked = request();
	const completion = await model.generate(asked);
	expect(completion).toEqual({
		text: "def f():\n    return 1\n",
		model: "m-served",
		finishReason: "stop",
		usage: { promptTokens: 11, completionTokens: 2, estimated: false },
		logprob: -0.75,
		seed: 7,
		attempts: 1,
		costUsd: expect.closeTo(31e-6, 12),
	});
	expect(asked.texts).toEqual(["def f():", "\n    return 1\n"]);
	expect(server.asked[0]?.body).toMatchObject({
		model: "m",
		temperature: 0.7,
		top_p: 0.9,
		max_tokens: 64,
		seed: 7,
		stop: ["\n\n\n"],
		stream: true,
		messages: [{ role: "user", content: "Write f." }],
	});
	expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
});

test("the completion endpoint gets the text itself", async () => {
	const { model, server } = await open(() => GOOD, { api: "completion" });
	const completion = await model.generate(request({ prompt: { kind: "text", text: "def f():" } }));
	expect(completion).toMatchObject({ text: "def f():\n    return 1\n", logprob: -0.75 });
	expect(server.asked[0]).toMatchObject({ path: "/v1/completions", body: { prompt: "def f():" } });
});

test("usage is counted from the text, and marked so, where the server gives none", async () => {
	const { model } = await open(() => ({ ...GOOD, usage: false }) as Reply);
	const { usage } = await model.generate(request());
	expect(usage).toEqual({ promptTokens: 2, completionTokens: 6, estimated: true });
});

test("after 429 all requests wait as long as the server asks, and then go on", async () => {
	const limited: Reply = {
		kind: "status",
		status: 429,
		headers: { "retry-after": "7" },
		body: '{"error":{"message":"slow"}}',
	};
	const { model, clock, notices, server } = await open((_, number) => (number === 0 ? limited : GOOD));
	const asked = request();
	expect(await model.generate(asked)).toMatchObject({ attempts: 2 });
	expect(clock.waits[0]).toBeGreaterThanOrEqual(7000);
	expect(notices.join()).toContain("7.0 s of waiting");
	expect(server.asked).toHaveLength(2);
	expect(asked.spends).toHaveLength(1);
});

test("a server error is tried again with growing pauses, and in the end told with its kind", async () => {
	const { model, clock, server } = await open(() => ({ kind: "status", status: 500, body: "oops" }));
	const failure = await failureFrom(model.generate(request()));
	expect(failure).toMatchObject({ kind: "server_error", attempts: 3, fatal: false });
	expect(clock.waits).toEqual([250, 500]);
	expect(server.asked).toHaveLength(3);
});

test("a stalled stream, a cut one, and one without JSON are tried again; what they cost is counted once each", async () => {
	for (const [kind, failed] of [
		["stalled", "stalled"],
		["cut", "cut"],
		["garbage", "invalid_response"],
	] as const) {
		const { model } = await open((_, number) => (number === 0 ? { kind, tokens: ["def "] } : GOOD));
		const asked = request();
		expect(await model.generate(asked)).toMatchObject({ attempts: 2, text: "def f():\n    return 1\n" });
		expect(asked.spends.map(({ usage }) => usage.estimated)).toEqual([true, false]);

		const always = await open(() => ({ kind, tokens: ["def "] }), { maxAttempts: 1 });
		expect(await failureFrom(always.model.generate(request()))).toMatchObject({ kind: failed, attempts: 1 });
	}
});

test("an answer that never begins is timed out and costs nothing", async () => {
	const { model } = await open(() => ({ kind: "stalled", tokens: [] }), {
		maxAttempts: 1,
		timeouts: { connectMs: 50, firstTokenMs: 50, stallMs: 5000 },
	});
	const asked = request();
	expect(await failureFrom(model.generate(asked))).toMatchObject({ kind: "timeout" });
	expect(asked.spends).toEqual([]);
});

test("a wrong key ends everything at once, and a server that repeats the key does not get it into the message", async () => {
	const body = JSON.stringify({ error: { message: `Incorrect API key provided: ${KEY}` } });
	const { model, server } = await open(() => ({ kind: "status", status: 401, body }));
	const failure = await failureFrom(model.generate(request()));
	expect(failure).toMatchObject({ kind: "unauthorized", fatal: true, attempts: 1 });
	expect(`${failure.message} ${failure.hint}`).not.toContain(KEY);
	expect(failure.message).toContain("[key]");
	expect(failure.hint).toContain("THE_KEY");
	expect(server.asked).toHaveLength(1);
});

test("a server that knows no log-probabilities is asked again without them, and later requests do without at once", async () => {
	const refusal: Reply = { kind: "status", status: 400, body: '{"error":{"message":"logprobs is not supported"}}' };
	const { model, server, notices } = await open(({ body }) => (body.logprobs === undefined ? GOOD : refusal));
	expect(await model.generate(request())).toMatchObject({ logprob: null, attempts: 1 });
	await model.generate(request());
	expect(server.asked.map(({ body }) => "logprobs" in body)).toEqual([true, false, false]);
	expect(notices).toEqual(["the server gives no log-probabilities"]);
});

test("a request that is cancelled stops its stream at once; what had come is counted", async () => {
	const { model, server } = await open(() => ({ kind: "stalled", tokens: ["def f", "oo"] }), {
		timeouts: { connectMs: 60_000, firstTokenMs: 60_000, stallMs: 60_000 },
	});
	const stop = new AbortController();
	const asked = request({ signal: stop.signal });
	const texts: string[] = [];
	const work = model.generate({ ...asked, onText: (text) => texts.push(text) === 2 && stop.abort() });
	await expect(work).rejects.toThrow("aborted");
	expect(asked.spends).toHaveLength(1);
	await expect.poll(() => server.abandoned).toBe(1);
});

test("no more requests are under way than the model's concurrency", async () => {
	let underWay = 0;
	let most = 0;
	const { model } = await open(() => {
		most = Math.max(most, ++underWay);
		queueMicrotask(() => underWay--);
		return GOOD;
	});
	await Promise.all(Array.from({ length: 20 }, () => model.generate(request())));
	expect(most).toBeLessThanOrEqual(4);
});

describe("the spend cap", () => {
	test("is never passed, however many requests are under way", async () => {
		// At most 64 completion tokens at $10 and 68 prompt tokens at $1 a million: $708e-6 a request.
		const { model, meter, server } = await open(() => GOOD, { maxCostUsd: 800e-6 });
		const results = await Promise.allSettled(Array.from({ length: 40 }, () => model.generate(request())));
		expect(meter.spent.costUsd).toBeLessThanOrEqual(800e-6);
		const failures = results.flatMap((result) =>
			result.status === "rejected" ? [result.reason as GenerationFailure] : [],
		);
		expect(failures.length).toBeGreaterThan(0);
		expect(failures[0]).toMatchObject({ kind: "spend_limit", fatal: true });
		expect(server.asked).toHaveLength(40 - failures.length);
	});

	test("counts what an earlier start spent", async () => {
		const { model, meter, server } = await open(() => GOOD, { maxTotalTokens: 1000 });
		meter.add({ tokens: 990, costUsd: 0 });
		expect(await failureFrom(model.generate(request()))).toMatchObject({ kind: "spend_limit" });
		expect(server.asked).toEqual([]);
	});
});

describe("the key", () => {
	const folder = mkdtempSync(join(tmpdir(), "assay-key-"));
	afterEach(() => rmSync(join(folder, "key"), { force: true }));

	test("comes from a file that only its owner can read, and from no other", async () => {
		const path = join(folder, "key");
		writeFileSync(path, `${KEY}\n`, { mode: 0o600 });
		const { model, server } = await open(() => GOOD, { keyEnv: null, keyFile: path });
		await model.generate(request());
		expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
		for (const mode of [0o640, 0o604, 0o666]) {
			chmodSync(path, mode);
			await expect(open(() => GOOD, { keyEnv: null, keyFile: path })).rejects.toThrow("others can read it");
		}
	});

	test("that is missing is named by its variable", async () => {
		await expect(open(() => GOOD, { keyEnv: "NOT_SET" })).rejects.toThrow("NOT_SET holds no key");
	});
});

test("Retry-After is read as seconds, as a date, and in milliseconds", () => {
	const at = (headers: Record<string, string>) =>
		retryAfterMs(new Headers(headers), Date.parse("2026-11-21T09:00:00Z"));
	expect(at({ "retry-after": "1.5" })).toBe(1500);
	expect(at({ "retry-after": "Sat, 21 Nov 2026 09:00:30 GMT" })).toBe(30_000);
	expect(at({ "retry-after-ms": "250", "retry-after": "9" })).toBe(250);
	expect(at({ "retry-after": "soon" })).toBeNull();
	expect(at({})).toBeNull();
});

test("a wait ends when its signal fires", async () => {
	const stop = new AbortController();
	const waiting = realClock.sleep(60_000, stop.signal);
	stop.abort();
	await expect(waiting).rejects.toBe(stop.signal.reason);
});
