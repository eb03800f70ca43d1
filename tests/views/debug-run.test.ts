import { describe, expect, test } from "vitest";
import type { ModelRow, StartRunOptions } from "../../src/app/workbench.js";
import { STRATEGIES } from "../../src/domain/choices.js";
import { isEphemeral } from "../../src/domain/ephemeral.js";
import type { RunEvent, RunEventBody } from "../../src/domain/events.js";
import type { TraceStep } from "../../src/domain/trace.js";
import { generationConfigOf } from "../../src/generate/generation-config.js";
import { fakeEvents } from "./fake-run.js";
import { fakeSteps, recordOf, stepAt } from "./fake-traces.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, quiet } from "./screen-in-memory.js";

const RUN_ID = "20261121-101500-self-debug-live";

function modelRow(): ModelRow {
	const provider = { baseUrl: "http://lab:8000/v1", keyEnv: null, keyFile: null, models: [] };
	const settings = { settings: { providers: { lab: provider }, prices: {} } };
	const generation = generationConfigOf("openai", { model: "small", provider: "lab" }, settings);
	if (generation === null) throw new Error("a model has a configuration");
	return {
		backend: "openai",
		name: "small",
		description: "small by lab",
		generation,
		strategies: STRATEGIES,
		asks: "chat",
		card: null,
	};
}

/** A screen whose runs do what the test says. */
async function start(columns = 120, rows = 40) {
	const started: StartRunOptions[] = [];
	const cancelled: string[] = [];
	let listener: ((event: RunEvent) => void) | null = null;
	let seq = 0;
	const workbench = createFakeWorkbench({ models: [modelRow()] });
	const screen = openInMemory({
		workbench: {
			...workbench,
			startRun(options) {
				started.push(options);
				return {
					runId: Promise.resolve(RUN_ID),
					finished: new Promise(() => {}),
					cancel: () => void cancelled.push(RUN_ID),
					subscribe(next) {
						listener = next;
						return () => {};
					},
				};
			},
			readStep: (_source, address) => stepAt(STEPS, address),
		},
		columns,
		rows,
	});
	await screen.until((text) => text.includes("two_sum") && screen.model.ui.getState().models.length === 1);
	await quiet(screen);
	const tell = (body: RunEventBody) => {
		const isLogged = !isEphemeral(body.type);
		listener?.({ ...body, seq: isLogged ? seq++ : seq, at: new Date(seq * 1000).toISOString(), runId: RUN_ID });
	};
	const begin = () => {
		for (const event of fakeEvents(RUN_ID, ["two_sum"], 2)) {
			if (event.type === "run.planned") tell({ ...event, command: "debug" });
			if (event.type === "run.started") tell(event);
			if (event.type === "task.started") tell(event);
		}
	};
	const step = (number: number, sampleIndex = 0) => {
		const whole = STEPS.find((known) => known.sampleIndex === sampleIndex && known.step === number);
		if (!whole) throw new Error("no such step");
		const { taskId, outline } = recordOf(whole, 0);
		tell({ type: "step.recorded", taskId, sampleIndex, outline, trace: { offset: 0, bytes: 1 } });
	};
	return { screen, started, cancelled, tell, begin, step };
}

const STEPS: readonly TraceStep[] = fakeSteps(RUN_ID).filter(({ taskId }) => taskId === "two_sum");
const KEY = { taskId: "two_sum", sampleIndex: 0 };
/** From the list of tasks: the dialog, its model, the row of self-debug. */
const TO_STRATEGY = "rljj";

describe("the run dialog", () => {
	test("starts self-debug loops with their strategy, revisions and budgets", async () => {
		const { screen, started } = await start();
		screen.keys(`${TO_STRATEGY}lll`);
		await screen.until((text) => text.includes("Self-debug on two_sum") && text.includes("< feedback >"));
		screen.keys("jlj\x15\x32j\x15\x39000j6");
		const text = await screen.until((shown) => shown.includes("most seconds"));
		expect(text).toMatch(/revisions +4/);
		screen.keys("\r");
		await screen.until((shown) => shown.includes("[4"));
		expect(started).toMatchObject([
			{
				backend: "openai",
				taskIds: ["two_sum"],
				debug: { strategy: "feedback", maxRevisions: 4, branch: 2, maxTokens: 9000, maxWallMs: 6000 },
			},
		]);
	});

	test("offers no self-debug where no model is asked, and refuses numbers that make no loop", async () => {
		const { screen, started } = await start();
		screen.keys("r");
		expect(await screen.until((text) => text.includes("Best-of-N on two_sum"))).not.toContain("self-debug ");
		screen.keys("\x1b");
		screen.keys(`${TO_STRATEGY}lllj\x151001\r`);
		await screen.until((text) => text.includes("the number of revisions is from 0 to 1000"));
		expect(started).toEqual([]);
	});

	test("a strategy that the next backend cannot do is off there", async () => {
		const { screen } = await start();
		screen.keys(`${TO_STRATEGY}ll`);
		await screen.until((text) => text.includes("< retry >"));
		screen.keys("kkh");
		const text = await screen.until((shown) => shown.includes("Best-of-N on two_sum"));
		expect(text).not.toContain("self-debug ");
	});
});

for (const [columns, rows] of [
	[80, 24],
	[120, 40],
] as const) {
	test(`a loop is seen at work at ${columns}x${rows}: its text as it comes, its steps, and the next loop after it`, async () => {
		const { screen, tell, begin, step } = await start(columns, rows);
		screen.keys(`${TO_STRATEGY}ll\r`);
		await screen.until((text) => text.includes("[4"));
		begin();
		tell({ type: "candidate.started", ...KEY });
		await screen.until((text) => /two_sum +0 … not yet/.test(text));
		if (columns < 100) screen.keys("\r");
		await screen.until((text) => text.includes("asks for a first program"));
		tell({ type: "candidate.asked", ...KEY, prompt: [{ role: "user", content: "Please sum two.\x1b[2J" }] });
		await screen.until(
			(text) => text.includes("[prompt] completion asked") && text.includes("Please sum two.\\x1b[2J"),
		);
		tell({ type: "candidate.delta", ...KEY, text: "def two_sum(numbers" });
		await screen.until(
			(text) => text.includes("is being written, 19 characters") && text.includes("def two_sum(numbers"),
		);
		tell({ type: "candidate.delta", ...KEY, text: `, target):\n${"    pass\n".repeat(80)}    return \x1b[2J7` });
		await screen.until((text) => text.includes("return \\x1b[2J7") && !text.includes("def two_sum"));
		tell({ type: "candidate.delta", ...KEY, text: null });
		tell({ type: "candidate.delta", ...KEY, text: "again" });
		await screen.until((text) => text.includes("5 characters so far"));
		screen.keys("[");
		await screen.until(
			(text) => text.includes("[prompt] completion being written") && text.includes("Please sum two."),
		);
		screen.keys("]");
		await screen.until((text) => text.includes("prompt [completion] being written"));
		step(0);
		await screen.until((text) => text.includes("[completion] code") && text.includes("runs the public tests"));
		step(1);
		await screen.until((text) => text.includes("1 of 2 public tests pass"));
		for (const number of [2, 3, 4, 5]) step(number);
		await screen.until((text) => text.includes("runs all tests, once"));
		tell({ type: "candidate.started", ...KEY, sampleIndex: 1 });
		step(6);
		await screen.until((text) => text.includes("two_sum #1") || /▸ two_sum +1 … not yet/.test(text));
		expect(screen.written()).not.toContain("\x1b[2J7");
	});
}

test("while the cursor follows a loop, what was there stays until the next step has been read", async () => {
	const { screen, tell, begin, step } = await start();
	screen.keys(`${TO_STRATEGY}ll\r`);
	await screen.until((text) => text.includes("[4"));
	begin();
	tell({ type: "candidate.started", ...KEY });
	await screen.until((text) => text.includes("asks for a first program"));
	const before = screen.written().length;
	for (const number of [0, 1, 2, 3]) {
		tell({ type: "candidate.delta", ...KEY, text: "def two_sum(numbers" });
		await screen.until((text) => text.includes("being written"));
		step(number);
		await screen.until(
			(text) => text.includes(`Steps ${number + 1} · following`) && /Step \d.*\[(?:code|tests)\]/.test(text),
		);
		expect(screen.written().slice(before)).not.toContain("reading");
	}
});

test("a step that is looked at stays where it is while others come, and the end is followed again", async () => {
	const { screen, tell, begin, step } = await start();
	screen.keys(`${TO_STRATEGY}ll\r`);
	await screen.until((text) => text.includes("[4"));
	begin();
	tell({ type: "candidate.started", ...KEY });
	for (const number of [0, 1]) step(number);
	await screen.until((text) => text.includes("Steps 2 · following"));
	screen.keys("\rk");
	await screen.until((text) => /▸ +0 propose/.test(text));
	for (const number of [2, 3]) step(number);
	tell({ type: "candidate.delta", ...KEY, text: "more" });
	await screen.until((text) => text.includes("Steps 4") && /▸ +0 propose/.test(text));
	screen.keys("$");
	await screen.until((text) => /▸ +4 … is being written/.test(text));
	screen.keys("k");
	await screen.until((text) => /▸ +3 tests/.test(text));
	screen.keys("jj");
	await screen.until((text) => /▸ +4 … is being written/.test(text));
});

test("a run of loops is cancelled from the screen of traces", async () => {
	const { screen, begin, cancelled } = await start();
	screen.keys(`${TO_STRATEGY}ll\r`);
	await screen.until((text) => text.includes("[4"));
	begin();
	await screen.until((text) => text.includes("1 live run"));
	screen.keys("x");
	await screen.until((text) => text.includes("Cancel this run?"));
	screen.keys("y");
	await screen.until(() => cancelled.length === 1);
});
