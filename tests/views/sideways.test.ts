import { test } from "vitest";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory } from "./screen-in-memory.js";

test("lines of code that are cut move sideways, come back, and begin anew at another candidate", async () => {
	const workbench = createFakeWorkbench();
	const code = `x = "${"0123456789".repeat(12)}"\nreturn x\n`;
	const screen = openInMemory({
		workbench: {
			...workbench,
			readRollout: async (runId, place) => {
				const rollout = await workbench.readRollout(runId, place);
				return { ...rollout, candidate: { ...rollout.candidate, code } };
			},
		},
	});
	await screen.until((text) => text.includes("fizzbuzz"));
	screen.keys("o\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	screen.keys("l\r");
	await screen.until((text) => /1 {2}x = "0123/.test(text));
	const right = "\x1b[1;2C";
	// Nothing is cut yet.
	screen.keys(`${right}w`);
	await screen.until((text) => /1 {2}x = "0123.*…/.test(text));
	screen.keys(right);
	await screen.until((text) => /1 {2}…2345.*…/.test(text) && /2 {2}…/.test(text));
	screen.keys(right.repeat(20));
	await screen.until((text) => /1 {2}….*89"$/m.test(text));
	screen.keys("\x1b[1;2D".repeat(20));
	await screen.until((text) => /1 {2}x = "0123.*…/.test(text));
	screen.keys(`${right}l`);
	await screen.until((text) => /#2.*\[code\]/.test(text) && /1 {2}x = "0123.*…/.test(text));
});

test("so do lines of a step's code on the screen of traces", async () => {
	const workbench = createFakeWorkbench({ traces: true });
	const code = `x = "${"0123456789".repeat(12)}"\nreturn x\n`;
	const screen = openInMemory({
		screen: 4,
		workbench: {
			...workbench,
			readStep: async (source, address, place) => {
				const step = await workbench.readStep(source, address, place);
				return step.kind === "generation" ? { ...step, code } : step;
			},
		},
	});
	await screen.until((text) => text.includes("self-debug-demo"));
	screen.keys("\r");
	await screen.until((text) => text.includes("fizzbuzz"));
	screen.keys("\r\rcw");
	await screen.until((text) => /1 {2}x = "0123.*…/.test(text));
	const right = "\x1b[1;2C";
	screen.keys(right);
	await screen.until((text) => /1 {2}…2345.*…/.test(text) && /2 {2}…/.test(text));
	screen.keys(right.repeat(20));
	await screen.until((text) => /1 {2}….*89"/.test(text));
	screen.keys("\x1b[1;2D".repeat(20));
	await screen.until((text) => /1 {2}x = "0123.*…/.test(text));
});
