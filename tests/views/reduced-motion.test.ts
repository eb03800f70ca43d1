import { expect, test } from "vitest";
import { systemTimers } from "../../views/terminal/frame-clock.js";
import { openInMemory } from "./screen-in-memory.js";

for (const { reducedMotion, gapMs, otherMs } of [
	{ reducedMotion: false, gapMs: 1000 / 60, otherMs: 250 },
	{ reducedMotion: true, gapMs: 250, otherMs: 1000 / 60 },
]) {
	test(`with${reducedMotion ? "" : "out"} reduced motion data waits ${Math.round(gapMs)} ms for the next frame, keys do not`, async () => {
		const waits: number[] = [];
		const timers = {
			...systemTimers,
			// Time stands still: each wait is the whole gap between two frames.
			now: () => 0,
			after(ms: number, run: () => void) {
				waits.push(ms);
				return systemTimers.after(ms, run);
			},
		};
		const screen = openInMemory({ timers, reducedMotion });
		await screen.until((text) => text.includes("two_sum"));
		await screen.until(() => {
			screen.model.changed();
			return waits.includes(gapMs);
		});
		expect(waits).not.toContain(otherMs);
		screen.keys("?");
		await screen.until((text) => text.includes("Keys"));
		screen.abort();
	});
}
