import { afterEach, describe, expect, test } from "vitest";
import { createFakeTrainings } from "./fake-trainings.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { expectGolden } from "./golden-text.js";
import { openInMemory, quiet, type ScreenInMemory } from "./screen-in-memory.js";

const open: ScreenInMemory[] = [];
afterEach(() => {
	for (const screen of open.splice(0)) screen.abort();
});

async function start(options: Parameters<typeof openInMemory>[0] = {}) {
	const trainings = createFakeTrainings();
	const workbench = { ...createFakeWorkbench(), ...trainings };
	const screen = openInMemory({ columns: 80, rows: 24, screen: 5, workbench, ...options });
	open.push(screen);
	await screen.until((text) => text.includes("interrupted") && text.includes("sandbox bwrap"));
	await quiet(screen);
	screen.keys("jk");
	return { screen, asked: trainings.asked };
}

describe("golden screens", () => {
	for (const [columns, rows] of [
		[80, 24],
		[120, 40],
		[200, 60],
	] as const) {
		test(`a training and a loop at ${columns}x${rows}`, async () => {
			const { screen } = await start({ columns, rows });
			await quiet(screen);
			expectGolden(`training-${columns}x${rows}`, await screen.lines());
			screen.keys("j\r");
			await screen.until((text) => text.includes("Loop · interrupted"));
			await quiet(screen);
			expectGolden(`loop-${columns}x${rows}`, await screen.lines());
		});
	}

	test("without Unicode and without colours nothing but ASCII is written", async () => {
		const { screen } = await start({ look: { ascii: true, depth: "no colour" } });
		screen.keys("\r");
		await screen.until((text) => text.includes("held out"));
		await quiet(screen);
		expectGolden("training-ascii-80x24", await screen.lines());
		expect(screen.written()).not.toMatch(/[^\x00-\x7f]/);
	});
});

test("a figure of an unknown name is under other, and the alarms stand above", async () => {
	const { screen } = await start();
	expect(await screen.text()).toContain("! the gradient norm was 9 at step 21");
	screen.keys("\rG");
	await screen.until((text) => text.includes("strangeness"));
});

test("an alarm of a training that goes on is in the message log and at the tab, one of an interrupted loop is neither", async () => {
	const { screen } = await start();
	screen.keys("1");
	expect((await screen.text()).split("\n")[0]).toContain("5!");
	screen.keys("!");
	await screen.until((text) => text.includes("second: the gradient norm was 9 at step 21"));
	expect(await screen.text()).not.toContain("significantly worse");
});

test("an interrupted loop goes on with u, and its last iterations are compared with v", async () => {
	const { screen, asked } = await start();
	screen.keys("ju");
	await screen.until((text) => text.includes("3 iterations are done"));
	expect(asked).toEqual(["resume 20261121-095000-loop-demo"]);
	screen.keys("v");
	await screen.until((text) => text.includes("cannot tell B from A"));
});

test("a loop starts only after its exact plan was shown", async () => {
	const { screen, asked } = await start();
	screen.keys("r");
	await screen.until((text) => text.includes("learn from the judge's rewards"));
	screen.keys("l");
	await screen.until((text) => text.includes("Begin with"));
	screen.keys("\r");
	await screen.until((text) => text.includes("2 iterations, 4 samples"));
	screen.keys("j\r");
	await screen.until((text) => text.includes("iterations: 2,"));
	expect(asked).toEqual([]);
	screen.keys("y");
	await screen.until((text) => text.includes("finished"));
	expect(asked).toEqual(["run 20261121-100000-loop-new"]);
});
