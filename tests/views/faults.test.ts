import { expect, test } from "vitest";
import type { TaskDetail } from "../../src/app/workbench.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

function start(changes: Partial<ReturnType<typeof createFakeWorkbench>>, columns = 120, rows = 40): ScreenInMemory {
	const screen = openInMemory({ columns, rows, workbench: { ...createFakeWorkbench(), ...changes } });
	return screen;
}

/** What no type allows, and a bug may still make. */
const broken = (value: unknown) => value as TaskDetail;

test("a pane that cannot be drawn says why, where the stack is, and how to go on; the others are as they were", async () => {
	const screen = start({ openTask: (id) => Promise.resolve(broken({ title: `no input of ${id}` })) });
	const text = await screen.until((shown) => shown.includes("its stack is in artifacts/crash.txt"));
	expect(text).toMatch(/│ ! a bug in assay: the pane task/);
	expect(text).toContain("Cannot read properties of undefined");
	expect(text).toContain("two_sum");
	expect(text).toContain("sandbox bwrap");
	screen.keys("j");
	await screen.until((shown) => shown.includes("▸ fizzbuzz"));
	screen.keys("2");
	await screen.until((shown) => shown.includes("Best-of-N") && !shown.includes("! a bug in assay"));
	screen.keys("o\r");
	await screen.until((shown) => shown.includes("event 399 of 399"));
});

test("the stack of a bug that shows again at every frame is saved once", async () => {
	const screen = start({ openTask: () => Promise.resolve(broken({})) });
	await screen.until((shown) => shown.includes("its stack is in"));
	for (let i = 0; i < 20; i++) {
		screen.keys("\x0c");
		await new Promise((turn) => setImmediate(turn));
	}
	const bugs = screen.model.ui.getState().messages.filter(({ text }) => text.startsWith("a bug in assay"));
	expect(bugs).toHaveLength(1);
	expect(bugs[0]?.text).toContain("the stack is in artifacts/crash.txt");
});

test("a key whose work throws is told about, and every other key works", async () => {
	const screen = start({
		backends: () => {
			throw new Error("no list of \x1b[2Jbackends");
		},
	});
	await screen.until((shown) => shown.includes("two_sum"));
	screen.keys("r");
	await screen.until((shown) => shown.includes("a bug in assay: the key r: no list of \\x1b[2Jbackends"));
	screen.keys("j");
	await screen.until((shown) => shown.includes("▸ fizzbuzz"));
});

test("a dialog that cannot be drawn is closed like any other", async () => {
	const screen = start({});
	await screen.until((shown) => shown.includes("two_sum"));
	screen.model.ui.setState({ dialog: { kind: "text", title: "broken", text: undefined as unknown as string } });
	await screen.until((shown) => shown.includes("a bug in assay: the dialog text"));
	screen.keys("\x1b");
	await screen.until((shown) => !shown.includes("! a bug in assay"));
});
