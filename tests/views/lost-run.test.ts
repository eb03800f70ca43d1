import { expect, test } from "vitest";
import { threadEnded } from "../../src/app/connect-workbench.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory } from "./screen-in-memory.js";

test("a run that is lost with the thread that works is interrupted, and the command log holds what resumes it", async () => {
	const lost = Promise.withResolvers<never>();
	let emitted = 0;
	const workbench = createFakeWorkbench({
		pace: (emit) => {
			while (emitted++ < 6) emit();
		},
	});
	const screen = openInMemory({
		columns: 120,
		rows: 40,
		workbench: {
			...workbench,
			startRun: (options) => ({ ...workbench.startRun(options), finished: lost.promise }),
		},
	});
	await screen.until((text) => text.includes("two_sum") && text.includes("sandbox bwrap"));
	screen.keys("r");
	await screen.until((text) => text.includes("Best-of-N on"));
	screen.keys("\r");
	await screen.until((text) => text.includes("● live"));
	lost.reject(threadEnded(new Error("out of memory"), true));
	await screen.until((text) => text.includes("interrupted"));
	screen.keys("@");
	const log = await screen.until((text) => text.includes("--resume"));
	expect(log).toMatch(/assay run --resume 2026\S+-best-of-n-test/);
	screen.abort();
});
