import { expect, test } from "vitest";
import type { ModelRow, StartRunOptions, Workbench } from "../../src/app/workbench.js";
import { STRATEGIES } from "../../src/domain/choices.js";
import { generationConfigOf } from "../../src/generate/generation-config.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, quiet, type ScreenInMemory } from "./screen-in-memory.js";

function serverModel(over: Partial<ModelRow> = {}): ModelRow {
	const provider = { baseUrl: "http://lab:8000/v1", keyEnv: "LAB_KEY", keyFile: null, models: [] };
	const generation = generationConfigOf(
		"openai",
		{ model: "small", provider: "lab" },
		{ settings: { providers: { lab: provider }, prices: {} } },
	);
	if (generation === null) throw new Error("a model has a configuration");
	const description = "small by lab; licence mit";
	return {
		backend: "openai",
		name: "small",
		description,
		generation,
		strategies: STRATEGIES,
		asks: "chat",
		card: null,
		...over,
	};
}

async function start(over: Partial<ModelRow> = {}): Promise<{ screen: ScreenInMemory; started: StartRunOptions[] }> {
	const started: StartRunOptions[] = [];
	const fake = createFakeWorkbench({ models: [serverModel(over)] });
	const workbench: Workbench = {
		...fake,
		startRun: (options) => {
			started.push(options);
			return fake.startRun(options);
		},
	};
	const screen = openInMemory({ workbench, columns: 120, rows: 40 });
	await screen.until((text) => text.includes("two_sum") && screen.model.ui.getState().models.length === 1);
	await quiet(screen);
	return { screen, started };
}

test("a model is offered with its name and licence, and run at the temperature that is set", async () => {
	const { screen, started } = await start();
	screen.keys("r");
	await screen.until((text) => text.includes("< mock >  2 of 5") && !text.includes("temperature"));
	screen.keys("l");
	await screen.until((text) => text.includes("< openai · small >") && text.includes("small by lab; licence mit"));
	expect(await screen.text()).toMatch(/temperature +0\.8/);
	screen.keys("jl\x7f\x7f\x7f1.2");
	await screen.until((text) => /temperature +1\.2/.test(text));
	screen.keys("\r");
	await screen.until((text) => text.includes("completed"));
	expect(started).toMatchObject([
		{ backend: "openai", n: 8, generation: { model: "small", sampling: { temperature: 1.2, topP: 0.95 } } },
	]);
});

test("a temperature that no model takes is refused in the form", async () => {
	const { screen, started } = await start();
	screen.keys("rlj\x157\r");
	await screen.until((text) => text.includes("a temperature is from 0 to 5"));
	expect(started).toEqual([]);
});

test("a run is started again with the model and the sampling that it had", async () => {
	const { screen, started } = await start();
	screen.keys("rlj\x150.3\r");
	await screen.until((text) => text.includes("completed"));
	screen.keys("r");
	await screen.until((text) => text.includes("< openai · small >  3 of 5") && /temperature +0\.3/.test(text));
	screen.keys("\x1b");
	await screen.until((text) => !text.includes("temperature"));
	screen.keys("R");
	await screen.until(() => started.length === 2);
	expect(started[1]).toEqual(started[0]);
});

/** Goes to the field with this label. */
async function goTo(screen: ScreenInMemory, label: string): Promise<void> {
	for (let i = 0; i < 30; i++) {
		if (new RegExp(`▸ ${label} `).test(await screen.text())) return;
		screen.keys("\t");
		await quiet(screen);
	}
	throw new Error(`there is no field ${label}`);
}

test("what the command line has for best-of-N can be chosen, and runs and is repeated as chosen", async () => {
	const { screen, started } = await start();
	screen.keys("r");
	await screen.until((text) => text.includes("< mock >  2 of 5"));
	await goTo(screen, "N at most");
	screen.keys("16");
	await goTo(screen, "more for");
	screen.keys("l");
	await goTo(screen, "equal ones");
	screen.keys("ll");
	await goTo(screen, "pick by");
	screen.keys("l");
	await goTo(screen, "experiment");
	screen.keys("jade");
	await goTo(screen, "done tasks");
	screen.keys("l");
	await goTo(screen, "CPU seconds");
	screen.keys("2.5");
	await goTo(screen, "hidden tests");
	screen.keys("l");
	await screen.until((text) => text.includes("< always run >"));
	screen.keys("\r");
	await screen.until((text) => text.includes("completed"));
	expect(started).toMatchObject([
		{
			widen: { nMax: 16, groups: "mixed+none" },
			dedupe: "names",
			select: "public",
			experiment: "jade",
			skipExisting: true,
			limits: { cpuTimeMs: 2500, memoryBytes: null },
			gate: false,
			stopOnAccepted: null,
			samples: null,
		},
	]);
	screen.keys("r");
	await screen.until((text) => /N at most +16/.test(text) && text.includes("< names >"));
});

test("a path to samples is typed or pasted whole, and makes the static backend serve all tasks", async () => {
	const { screen, started } = await start();
	screen.keys("rh");
	await screen.until((text) => text.includes("< static >") && text.includes("serve 0"));
	await goTo(screen, "samples");
	screen.keys("\x1b[200~/tmp/it jk.jsonl\x1b[201~");
	await screen.until((text) => text.includes("/tmp/it jk.jsonl_") && !text.includes("serve 0"));
	screen.keys("\r");
	await screen.until(() => started.length === 1);
	expect(started).toMatchObject([{ backend: "static", samples: "/tmp/it jk.jsonl" }]);
});

test("what cannot be wanted together is refused in the form, at its field", async () => {
	const { screen, started } = await start();
	screen.keys("r");
	await screen.until((text) => text.includes("< mock >"));
	await goTo(screen, "N at most");
	screen.keys("8\r");
	await screen.until((text) => text.includes("this is no more than N"));
	screen.keys("0");
	await goTo(screen, "stop on");
	screen.keys("1\r");
	await screen.until((text) => text.includes("a task that stops early has no first N to go by"));
	expect(started).toEqual([]);
});

test("a script that is none is refused in the form, which stays", async () => {
	const { screen, started } = await start();
	screen.keys("rhh");
	await screen.until((text) => text.includes("< script >  5 of 5"));
	screen.keys("\r");
	await screen.until((text) => text.includes("a file with the answers is needed"));
	screen.keys("/no/such/file\r");
	await screen.until((text) => text.includes("/no/such/file: "));
	expect(started).toEqual([]);
});

test("card, first request and templates are read above the form, which is there again afterwards", async () => {
	const { screen } = await start({ card: "---\nlicense: mit\n---\n# small\n\nA **small** model. It is wrong.\n" });
	screen.keys("rl");
	await screen.until((text) => text.includes("card: A small model (i reads it)"));
	screen.keys("i");
	await screen.until((text) => text.includes("Card of small") && text.includes("It is wrong."));
	screen.keys("q");
	await screen.until((text) => text.includes("< openai · small >"));
	screen.keys("d");
	await screen.until((text) => text.includes("nothing was sent") && text.includes("POST of openai"));
	screen.keys("\x1b");
	await screen.until((text) => text.includes("< openai · small >"));
	screen.keys("t");
	await screen.until((text) => text.includes("Template direct.v1"));
	screen.keys("qq");
	await screen.until((text) => text.includes("< openai · small >"));
});

test("models that become known while the form is untouched are offered in it, and what was chosen stays", async () => {
	const fake = createFakeWorkbench();
	const waiting: ((models: ModelRow[]) => void)[] = [];
	const models = () => new Promise<ModelRow[]>((known) => waiting.push(known));
	const screen = openInMemory({ workbench: { ...fake, models }, columns: 120, rows: 40 });
	await screen.until((text) => text.includes("two_sum"));
	await quiet(screen);
	screen.keys("r");
	const before = await screen.until((text) => /< mock > +2 of \d/.test(text));
	for (const known of waiting.splice(0)) known([serverModel({})]);
	const after = await screen.until((text) => /< mock > +2 of \d/.test(text) && !text.includes(countIn(before)));
	expect(Number(countIn(after).slice(5))).toBe(Number(countIn(before).slice(5)) + 1);
});

function countIn(text: string): string {
	return /2 of \d/.exec(text)?.[0] ?? "none";
}
