import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { previewRun } from "../../../src/app/preview-run.js";
import { type BestOfNOptions, runBestOfN } from "../../../src/app/run-best-of-n.js";
import { runFiles } from "../../../src/artifacts/layout.js";
import { readRollouts } from "../../../src/artifacts/rollout-file.js";
import { RunEvent } from "../../../src/domain/events.js";
import type { Candidate, RunConfig } from "../../../src/domain/run.js";
import { promptInputOf } from "../../../src/domain/task.js";
import { generationConfigOf, resumedConfigOf } from "../../../src/generate/generation-config.js";
import type { PreviewedRequest } from "../../../src/generate/openai/preview-request.js";
import { templateOf } from "../../../src/generate/prompt-templates.js";
import { promptSha256, renderPrompt } from "../../../src/generate/render-prompt.js";
import { type Asked, openScriptedServer, type Reply, type ScriptedServer } from "../generate/openai-server.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, surroundings, temporaryFolder } from "./run-fixtures.js";

const KEY = "sk-marker-77aa01";
const HIDDEN = "marker_hidden_expected_value";
const TASKS = ["a", "b", "c"].map((id) =>
	functionTask(id, {
		reference: "# marker_reference_solution\n",
		tests: [
			{ kind: "program", id: "public-1", visibility: "public", code: "assert f() == 1" },
			{ kind: "program", id: "hidden-1", visibility: "hidden", code: `assert f() == "${HIDDEN}"` },
		],
	}),
);
const GOOD: Reply = { kind: "tokens", tokens: ["# accepted", "\n", "def f(): ...\n"], logprobs: [-1, -2, -3] };
const FAILS: Reply = { kind: "status", status: 500, body: "down" };
const opened: ScriptedServer[] = [];

afterEach(async () => {
	for (const server of opened.splice(0)) await server.close();
});

async function serverFor(reply: (asked: Asked, number: number) => Reply): Promise<ScriptedServer> {
	const server = await openScriptedServer(reply);
	opened.push(server);
	return server;
}

function configFor(
	baseUrl: string,
	over: Partial<RunConfig> = {},
	server: { maxCost?: number; maxAttempts?: number } = {},
): RunConfig {
	const options = {
		model: "m",
		baseUrl,
		keyEnv: "THE_KEY",
		prices: [1, 10] as const,
		maxAttempts: 1,
		concurrency: 2,
		...server,
	};
	const generation = generationConfigOf("openai", options, { settings: { providers: {}, prices: {} } });
	return runConfig({ backend: "openai", generation, ...over });
}

async function run(workspace: string, config: RunConfig, over: Partial<BestOfNOptions> = {}) {
	const around = surroundings(workspace);
	const verifier = fakeVerifier();
	const base = { ...around, verifier, inputs: memoryInputs(TASKS), config, env: { THE_KEY: KEY }, resume: null };
	const result = await runBestOfN({ ...base, ...over });
	return { result, events: around.events, verifier, files: runFiles(join(workspace, "artifacts"), result.runId) };
}

async function candidatesOf(rollouts: string): Promise<Candidate[]> {
	const candidates: Candidate[] = [];
	for await (const { rollout } of readRollouts(rollouts)) candidates.push(rollout.candidate);
	return candidates;
}

test("a dry run shows the very requests that are sent then, but for the key, and sends none itself", async () => {
	const server = await serverFor(() => GOOD);
	const config = configFor(server.baseUrl, { n: 1, stopOnAccepted: null });
	const shown = new Map<string, PreviewedRequest>();
	for await (const { taskId, request } of previewRun(config, memoryInputs(TASKS), new AbortController().signal)) {
		if (request !== null) shown.set(taskId, request);
	}
	expect(server.asked).toEqual([]);
	await run(temporaryFolder(), config);
	expect(server.asked).toHaveLength(3);
	const sent = server.asked.map(({ body }) => JSON.stringify(body)).sort();
	expect([...shown.values()].map(({ body }) => JSON.stringify(body)).sort()).toEqual(sent);
	const [previewed] = shown.values();
	expect(previewed).toMatchObject({
		method: "POST",
		url: `${server.baseUrl}${server.asked[0]?.path.replace("/v1", "")}`,
	});
	expect(previewed?.headers.authorization).toBe("Bearer [key from THE_KEY]");
	expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
	for (const name of Object.keys(previewed?.headers ?? {})) {
		if (name === "authorization") continue;
		expect(server.asked[0]?.headers[name], name).toBe(previewed?.headers[name]);
	}
});

test("a candidate records its prompt, its seed, its tokens, what they cost and how the code was found", async () => {
	const server = await serverFor(() => GOOD);
	const { files, result, events } = await run(temporaryFolder(), configFor(server.baseUrl));
	const candidates = await candidatesOf(files.rollouts);
	const task = TASKS[0] ?? functionTask("a");
	const template = templateOf("direct.v1");
	expect(candidates).toHaveLength(9);
	expect(candidates.find(({ taskId, sampleIndex }) => taskId === "a" && sampleIndex === 0)).toMatchObject({
		backend: "openai",
		model: "m-served",
		completion: "# accepted\ndef f(): ...\n",
		extraction: { method: "whole" },
		generation: {
			template: "direct.v1",
			promptSha256: template && promptSha256(renderPrompt(template, promptInputOf(task))),
			usage: { promptTokens: 11, completionTokens: 3, estimated: false },
			finishReason: "stop",
			logprob: -6,
			attempts: 1,
			costUsd: expect.closeTo(41e-6, 12),
		},
	});
	expect(new Set(candidates.map(({ generation }) => generation?.seed)).size).toBe(9);
	expect(result.generation).toMatchObject({
		requests: 9,
		promptTokens: 99,
		completionTokens: 27,
		failures: {},
		skipped: 0,
	});
	expect(result.generation?.costUsd).toBeCloseTo(9 * 41e-6, 12);
	expect(events.some(({ type }) => type === "candidate.delta")).toBe(true);
});

function deltasOf(events: readonly RunEvent[]): (string | null)[] {
	return events.flatMap((event) => (event.type === "candidate.delta" ? [event.text] : []));
}

test("what came of a stream before it was cut is void when the request is repeated", async () => {
	const server = await serverFor((_, number) => (number === 0 ? { kind: "cut", tokens: ["OLD"] } : GOOD));
	const config = configFor(server.baseUrl, { n: 1 }, { maxAttempts: 2 });
	const { events } = await run(temporaryFolder(), config, { inputs: memoryInputs(TASKS.slice(0, 1)) });
	expect(deltasOf(events)).toEqual(["OLD", null, "# accepted"]);
});

test("of a loop's completions, the next begins with no text of the one before it", async () => {
	const server = await serverFor((_, number) => ({ kind: "tokens", tokens: [`# try ${number}\n`, "x = 1\n"] }));
	const debug = { strategy: "feedback", maxRevisions: 1, branch: 1, maxTokens: null, maxWallMs: null } as const;
	const config = configFor(server.baseUrl, { n: 1, debug });
	const { events } = await run(temporaryFolder(), config, { inputs: memoryInputs(TASKS.slice(0, 1)) });
	expect(deltasOf(events)).toEqual(["# try 0\n", null, "# try 1\n"]);
});

test("a run with a model asks it for no more at once than its concurrency", async () => {
	const server = await serverFor(() => GOOD);
	let underWay = 0;
	let most = 0;
	await run(temporaryFolder(), configFor(server.baseUrl), {
		onEvent: ({ type }) => {
			if (type === "candidate.started") most = Math.max(most, ++underWay);
			if (type === "candidate.generated") underWay--;
		},
	});
	expect(most).toBe(2);
});

test("a slow judge holds the model back: what is made and not judged is bounded", async () => {
	const server = await serverFor(() => GOOD);
	const release = Promise.withResolvers<void>();
	let waiting = 0;
	const work = run(temporaryFolder(), configFor(server.baseUrl, { n: 40 }), {
		verifier: fakeVerifier({
			concurrency: 2,
			before: async () => {
				waiting++;
				await release.promise;
			},
		}),
	});
	// Twice the judge's concurrency and the model's.
	await expect.poll(() => waiting).toBe(6);
	expect(server.asked.length).toBe(6);
	release.resolve();
	const { result, events } = await work;
	expect(result.sampleCount).toBe(120);
	const told = events.flatMap((event) => (event.type === "run.progress" && event.generation ? [event.generation] : []));
	expect(told.length).toBeGreaterThan(0);
	for (const { generating, judging } of told) {
		expect(generating).toBeLessThanOrEqual(2);
		expect(generating + judging).toBeLessThanOrEqual(6);
	}
});

test("candidates whose requests fail are told with the reason, and a resumed run makes just those and pays once", async () => {
	const workspace = temporaryFolder();
	const server = await serverFor((_, number) =>
		number === 2 ? FAILS : number === 5 ? { kind: "cut", tokens: ["x"] } : GOOD,
	);
	const first = await run(workspace, configFor(server.baseUrl));
	expect(first.result).toMatchObject({ outcome: "failed", sampleCount: 7 });
	expect(first.result.message).toContain("2 candidates without a completion (1 server error, 1 cut)");
	expect(first.result.message).toContain(`--resume ${first.result.runId}`);
	expect(first.events.filter(({ type }) => type === "candidate.failed")).toHaveLength(2);

	const second = await run(workspace, configFor(server.baseUrl), { resume: first.result.runId });
	expect(second.result).toMatchObject({ outcome: "completed", sampleCount: 9 });
	expect(second.verifier.judged).toHaveLength(2);
	expect(server.asked).toHaveLength(11);
	const logged = readFileSync(second.files.log, "utf8")
		.trimEnd()
		.split("\n")
		.map((line) => RunEvent.parse(JSON.parse(line)));
	const spends = logged.filter(({ type }) => type === "spend.recorded");
	// Nine completions and the cut one; the server error cost nothing.
	expect(spends).toHaveLength(10);
	expect(second.result.generation?.requests).toBe(10);
	expect(logged.filter(({ type }) => type === "verdict.recorded")).toHaveLength(9);
});

test("a wrong key ends the run after the requests that were under way, with what to do", async () => {
	const body = JSON.stringify({ error: { message: `bad key ${KEY}` } });
	const server = await serverFor(() => ({ kind: "status", status: 401, body }));
	const { result, events } = await run(temporaryFolder(), configFor(server.baseUrl));
	expect(result).toMatchObject({ outcome: "failed", sampleCount: 0 });
	expect(result.message).toContain("the key in THE_KEY was refused");
	// The run's last word says it; an alert would say it again.
	expect(events.filter(({ type }) => type === "alert.raised")).toEqual([]);
	expect(server.asked.length).toBeLessThanOrEqual(2);
});

test("a server that is gone is given up after some failures in a row, not after all", async () => {
	const server = await serverFor(() => FAILS);
	const { result } = await run(temporaryFolder(), configFor(server.baseUrl, { n: 100 }));
	expect(result.outcome).toBe("failed");
	expect(server.asked.length).toBeLessThan(20);
});

test("the cap holds over a resumed run, and a higher one lets it go on", async () => {
	const workspace = temporaryFolder();
	const server = await serverFor(() => GOOD);
	// A request may cost 1,024 tokens at $10 a million.
	const capped = configFor(server.baseUrl, {}, { maxCost: 0.0105 });
	const first = await run(workspace, capped);
	expect(first.result.outcome).toBe("failed");
	expect(first.result.message).toContain("spend cap of $0.0105");
	expect(first.result.generation?.costUsd).toBeLessThanOrEqual(0.0105);
	const done = first.result.sampleCount;

	const again = await run(workspace, capped, { resume: first.result.runId });
	expect(again.result.sampleCount).toBe(done);
	const generation = resumedConfigOf(capped.generation, { maxCost: 1 });
	const third = await run(workspace, { ...capped, generation }, { resume: first.result.runId });
	expect(third.result).toMatchObject({ outcome: "completed", sampleCount: 9 });
	expect(server.asked).toHaveLength(9);
});

test("with --stop-on, no more candidates are made for a task that has enough accepted ones", async () => {
	const server = await serverFor(() => GOOD);
	const { result, events } = await run(temporaryFolder(), configFor(server.baseUrl, { n: 50, stopOnAccepted: 2 }));
	expect(result.outcome).toBe("completed");
	expect(result.tasks.every(({ accepted }) => accepted >= 2)).toBe(true);
	expect(result.sampleCount + (result.generation?.skipped ?? 0)).toBe(150);
	// Two of each task are wanted, all are accepted, and none is asked for beyond them.
	expect(server.asked).toHaveLength(6);
	expect(events.filter(({ type }) => type === "task.finished")).toHaveLength(3);
});

test("with --stop-on, tasks take turns at the model, and each waits for its verdict before it asks again", async () => {
	const server = await serverFor(() => ({ kind: "tokens", tokens: ["# wrong_answer\n", "def f(): ...\n"] }));
	const { result, events } = await run(temporaryFolder(), configFor(server.baseUrl, { n: 4, stopOnAccepted: 1 }));
	expect(result).toMatchObject({ sampleCount: 12, generation: { skipped: 0 } });
	const steps = events.flatMap((event) =>
		event.type === "candidate.started" || event.type === "verdict.recorded" ? [event] : [],
	);
	// The model takes two requests at a time: they are of two tasks.
	expect(steps.slice(0, 2).map(({ type, taskId }) => [type, taskId])).toEqual([
		["candidate.started", "a"],
		["candidate.started", "b"],
	]);
	for (const task of ["a", "b", "c"]) {
		const types = steps.filter(({ taskId }) => taskId === task).map(({ type }) => type);
		expect(types).toEqual(Array.from({ length: 4 }, () => ["candidate.started", "verdict.recorded"]).flat());
	}
});

test("a cancelled run keeps what is done, and what had come of the rest is paid for", async () => {
	const workspace = temporaryFolder();
	const server = await serverFor((_, number) => (number < 3 ? GOOD : { kind: "stalled", tokens: ["def ", "f"] }));
	const stop = new AbortController();
	let deltas = 0;
	const first = await run(workspace, configFor(server.baseUrl), {
		signal: stop.signal,
		onEvent: (event) => {
			if (event.type === "candidate.delta" && ++deltas === 5) stop.abort();
		},
	});
	expect(first.result).toMatchObject({ outcome: "cancelled", sampleCount: 3 });
	await expect.poll(() => server.abandoned).toBe(2);
	expect(first.result.generation?.requests).toBe(5);
});

test("key, hidden tests and reference are in no request, file or event, whatever the server answers", async () => {
	const workspace = temporaryFolder();
	const echo = JSON.stringify({ error: { message: `no ${KEY} ${encodeURIComponent(KEY)}` } });
	const server = await serverFor((_, number) =>
		number % 3 === 0 ? { kind: "status", status: 500, body: echo } : GOOD,
	);
	const { events, files } = await run(workspace, configFor(server.baseUrl));
	const written = readdirSync(workspace, { recursive: true })
		.map((name) => join(workspace, String(name)))
		.filter((path) => statSync(path).isFile())
		.map((path) => readFileSync(path, "latin1"));
	expect(written.length).toBeGreaterThan(5);
	const bodies = server.asked.map(({ body }) => JSON.stringify(body));
	for (const marker of [KEY, "marker_reference_solution", HIDDEN]) {
		for (const text of [...written, ...bodies, JSON.stringify(events)]) expect(text).not.toContain(marker);
	}
	expect(readFileSync(files.log, "utf8")).toContain("[key]");
	expect(bodies.join()).toContain("Write f for a");
});
