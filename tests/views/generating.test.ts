import { expect, test } from "vitest";
import type { RunEvent } from "../../src/domain/events.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory } from "./screen-in-memory.js";

type Body<T> = T extends RunEvent ? Omit<T, "seq" | "at" | "runId"> : never;

/** A run that has come to its first candidate, which a model is making. */
async function generating(columns: number, rows: number) {
	const emits: (() => boolean)[] = [];
	const screen = openInMemory({
		workbench: createFakeWorkbench({ pace: (emit) => void emits.push(emit) }),
		columns,
		rows,
	});
	await screen.until((text) => text.includes("two_sum"));
	screen.keys("r\r");
	await screen.until((text) => text.includes("starting"));
	for (let i = 0; i < 4; i++) emits[0]?.();
	await screen.until((text) => text.includes("● live"));
	const store = screen.model.ui.getState().run?.store;
	if (!store) throw new Error("no run is open");
	const tell = (body: Body<RunEvent>, later = 0) => {
		const { lastSeq, runId } = store.getState().run;
		store.dispatch({ ...body, seq: lastSeq + later, at: new Date(0).toISOString(), runId: runId ?? "" } as RunEvent);
	};
	return { screen, tell };
}

const KEY = { taskId: "two_sum", sampleIndex: 0 };

for (const [columns, rows] of [
	[80, 24],
	[120, 40],
] as const) {
	test(`the text of a candidate is seen growing, to its end, at ${columns}x${rows}`, async () => {
		const { screen, tell } = await generating(columns, rows);
		if (columns < 100) screen.keys("\r");
		tell({ type: "candidate.delta", ...KEY, text: "def two_sum(numbers" });
		await screen.until((text) => text.includes("generating, 19 characters") && text.includes("def two_sum(numbers"));
		tell({ type: "candidate.delta", ...KEY, text: `, target):\n${"    pass\n".repeat(60)}    return \x1b[2J7` });
		await screen.until((text) => text.includes("return \\x1b[2J7") && !text.includes("def two_sum"));
	});
}

test("the run says how fast tokens come, what they cost and which side is waited for", async () => {
	const { screen, tell } = await generating(120, 40);
	const usage = { promptTokens: 10, completionTokens: 2_400, estimated: false };
	tell({ type: "spend.recorded", ...KEY, usage, costUsd: 0.0125 }, 1);
	const generation = {
		generating: 8,
		judging: 0,
		tokensPerSecond: 812.4,
		costUsd: 0.0125,
		bottleneck: "generation",
	} as const;
	tell({ type: "run.progress", done: 0, total: 8, samplesPerSecond: 0, etaMs: null, generation });
	const text = await screen.until((shown) => shown.includes("812 tokens/s"));
	expect(text).toContain("bound by generation");
	expect(text).toMatch(/2.400 tokens {2}\$0\.0125/);
});

test("which side is waited for is named on the smallest screen too", async () => {
	const { screen, tell } = await generating(80, 24);
	const generation = {
		generating: 0,
		judging: 6,
		tokensPerSecond: 812.4,
		costUsd: null,
		bottleneck: "judging",
	} as const;
	tell({ type: "run.progress", done: 2, total: 8, samplesPerSecond: 3, etaMs: 9_000, generation });
	await screen.until((shown) => shown.includes("bound by judging"));
});

test("a candidate without a completion says why, and is told from one that waits", async () => {
	const { screen, tell } = await generating(120, 40);
	tell({ type: "candidate.failed", ...KEY, failure: "rate_limited", message: "429: slow down", attempts: 5 }, 1);
	tell({ type: "candidate.skipped", taskId: "two_sum", sampleIndex: 7 }, 1);
	const text = await screen.until((shown) => shown.includes("no completion: rate limited after 5 requests"));
	expect(text).toContain("429: slow down");
	expect(text).toContain("f 1 no completion");
	expect(text).toContain("s 1 skipped");
	expect(text).toContain("· 6 queued");
});
