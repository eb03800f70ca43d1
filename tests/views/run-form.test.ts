import { afterEach, expect, test } from "vitest";
import type { ModelRow, StartRunOptions, Workbench } from "../../src/app/workbench.js";
import { STRATEGIES } from "../../src/domain/choices.js";
import { generationConfigOf } from "../../src/generate/generation-config.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, quiet, type ScreenInMemory } from "./screen-in-memory.js";

const open: ScreenInMemory[] = [];
afterEach(() => {
	for (const screen of open.splice(0)) screen.abort();
});

function serverModel(): ModelRow {
	const provider = { baseUrl: "http://lab:8000/v1", keyEnv: "LAB_KEY", keyFile: null, models: [] };
	const generation = generationConfigOf(
		"openai",
		{ model: "small", provider: "lab" },
		{ settings: { providers: { lab: provider }, prices: {} } },
	);
	if (generation === null) throw new Error("a model has a configuration");
	const description = "small by lab; licence mit";
	return { backend: "openai", name: "small", description, generation, strategies: STRATEGIES };
}

async function start(): Promise<{ screen: ScreenInMemory; started: StartRunOptions[] }> {
	const started: StartRunOptions[] = [];
	const fake = createFakeWorkbench({ models: [serverModel()] });
	const workbench: Workbench = {
		...fake,
		startRun: (options) => {
			started.push(options);
			return fake.startRun(options);
		},
	};
	const screen = openInMemory({ workbench, columns: 120, rows: 40 });
	open.push(screen);
	await screen.until((text) => text.includes("two_sum") && screen.model.ui.getState().models.length === 1);
	await quiet(screen);
	return { screen, started };
}

test("a model is offered with its name and licence, and run at the temperature that is set", async () => {
	const { screen, started } = await start();
	screen.keys("r");
	await screen.until((text) => text.includes("< mock >  2 of 3") && !text.includes("temperature"));
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
	await screen.until((text) => text.includes("< openai · small >  3 of 3") && /temperature +0\.3/.test(text));
	screen.keys("\x1b");
	await screen.until((text) => !text.includes("temperature"));
	screen.keys("R");
	await screen.until(() => started.length === 2);
	expect(started[1]).toEqual(started[0]);
});
