import { describe, expect, test } from "vitest";
import { createFakeTrainings } from "./fake-trainings.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { expectGolden } from "./golden-text.js";
import { openInMemory, quiet } from "./screen-in-memory.js";

async function start(options: Parameters<typeof openInMemory>[0] = {}) {
	const trainings = createFakeTrainings();
	const workbench = { ...createFakeWorkbench(), ...trainings };
	const screen = openInMemory({ columns: 80, rows: 24, screen: 5, workbench, ...options });
	await screen.until((text) => text.includes("interrupted") && text.includes("sandbox bwrap"));
	await quiet(screen);
	screen.keys("jk");
	return { screen, asked: trainings.asked, wishes: trainings.wishes };
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

test("of the iteration that is going on all stages are listed, of later ones the first", async () => {
	const { screen } = await start({ columns: 100, rows: 40 });
	screen.keys("j\r");
	await screen.until((text) => text.includes("Loop · interrupted"));
	const text = await screen.text();
	for (const stage of ["generate", "export", "train", "evaluate", "compare"])
		expect(text).toMatch(new RegExp(`3 ${stage}`));
});

test("rows are filtered by words, sorted by what a column says, and a click selects", async () => {
	const { screen } = await start({ columns: 120, rows: 40 });
	screen.keys("/interrupted\r");
	await screen.until((text) => text.includes("Trainings 1") && text.includes("Loop · interrupted"));
	screen.keys("/\u0015nowhere\r");
	await screen.until((text) => text.includes("nothing matches"));
	screen.keys("/\u0015\r");
	await screen.until((text) => text.includes("Trainings 2"));
	screen.keys("sa");
	const order = (text: string) => text.indexOf("2026112109") < text.indexOf("second");
	await screen.until((text) => text.includes("Trainings 2") && order(text));
});

async function openForm(key: string, options: Parameters<typeof start>[0] = {}) {
	const { screen, asked, wishes } = await start(options);
	screen.keys("r");
	await screen.until((text) => text.includes("learn from the judge's rewards"));
	screen.keys(key);
	await screen.until((text) => text.includes("Enter shows the plan"));
	return { screen, asked, wishes };
}

test("a loop starts only after its exact plan was shown, with what it takes", async () => {
	const { screen, asked } = await openForm("l");
	// Down to the iterations, and one less.
	screen.keys("j\u001b[Bh\r");
	await screen.until((text) => text.includes("about 9 min"));
	expect(await screen.text()).toContain("iterations: 2,");
	expect(asked).toEqual([]);
	screen.keys("y");
	await screen.until((text) => text.includes("finished"));
	expect(asked).toEqual(["run 20261121-100000-loop-new"]);
});

test("a loop can train on a host, within a deadline and a budget", async () => {
	const { screen, wishes } = await openForm("l", { columns: 120, rows: 40 });
	// Up from the first field to the last ones: settings, config, budget, deadline, host.
	screen.keys("\u001b[A\u001b[A\u001b[A30\u001b[A2h\r");
	await screen.until((text) => text.includes("kept by another host: choose one"));
	screen.keys("\u001b[A\u001b[C\r");
	await screen.until((text) => text.includes("Start this?"));
	expect(wishes).toEqual([
		expect.objectContaining({
			remote: { host: "gpu1", deadlineSeconds: 7200, budgetUsd: 30, graceSeconds: 10, env: [] },
		}),
	]);
});

test("a field that cannot be what is typed is said, and nothing is planned", async () => {
	const { screen } = await openForm("l");
	screen.keys("j\u001b[B\u0015\r");
	await screen.until((text) => text.includes("iterations: something has to be typed"));
	screen.keys("101\r");
	await screen.until((text) => text.includes("iterations: a whole number from 1 to 100"));
});

test("text goes to the fields that take it, and settings that are none are refused", async () => {
	const { screen } = await openForm("g", { columns: 120, rows: 40 });
	screen.keys("\u001b[A");
	await screen.until((text) => text.includes("▸ settings"));
	screen.keys("jkl groupSize=4\r");
	await screen.until((text) => text.includes("settings: expected name=value, not jkl"));
	screen.keys("\u0015groupSize=4\r");
	await screen.until((text) => text.includes("training: grpo, checkpoint grpo-"));
});

test.each(["l", "g"])("a form takes a file of settings beside those that are typed: %s", async (key) => {
	const { screen, wishes } = await openForm(key, { columns: 120, rows: 40 });
	// Up to the settings, which are last, and to the file before them.
	screen.keys("\u001b[A epochs=2\u001b[Amine.yaml\r");
	await screen.until((text) => text.includes("Start this?"));
	expect(wishes).toEqual([expect.objectContaining({ settingsFile: "mine.yaml" })]);
	expect(wishes[0]?.settings).toEqual({ epochs: "2" });
});

for (const [columns, rows] of [
	[80, 24],
	[120, 40],
] as const) {
	test(`the form of a loop at ${columns}x${rows}`, async () => {
		const { screen } = await openForm("l", { columns, rows });
		await quiet(screen);
		expectGolden(`loop-form-${columns}x${rows}`, await screen.lines());
	});
}
