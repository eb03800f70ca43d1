import { expect, test } from "vitest";
import { GenerationWatch } from "../../../src/app/generation-watch.js";
import type { LanguageModel } from "../../../src/generate/language-model.js";

const NOTHING_SPENT = { requests: 0, promptTokens: 0, completionTokens: 0, estimated: false, costUsd: null };

/** A model that is only looked at. */
const MODEL: LanguageModel = {
	name: "m",
	concurrency: 4,
	generate: () => Promise.reject(new Error("nobody asks")),
	peakMemoryBytes: () => null,
	close: () => Promise.resolve(),
};

function watchAt(clock: { ms: number }) {
	return new GenerationWatch({ model: MODEL, judges: 2, earlier: NOTHING_SPENT, now: () => clock.ms });
}

test("a model that leaves judges idle is the bottleneck, on this machine or behind a server", () => {
	const clock = { ms: 0 };
	const watch = watchAt(clock);
	watch.moved({ generating: 4 });
	clock.ms = 900;
	watch.moved({ generating: -1, judging: 1 });
	clock.ms = 1000;
	watch.moved({ judging: -1 });
	expect(watch.progress()).toMatchObject({ generating: 3, judging: 0, bottleneck: "generation" });
	expect(watch.totals()?.bottleneck).toBe("generation");
});

test("judges that are all busy while candidates wait for them are the bottleneck", () => {
	const clock = { ms: 0 };
	const watch = watchAt(clock);
	watch.moved({ generating: 4 });
	clock.ms = 100;
	watch.moved({ generating: -4, judging: 4 });
	clock.ms = 2000;
	expect(watch.progress()).toMatchObject({ generating: 0, judging: 4, bottleneck: "judging" });
	expect(watch.totals()?.bottleneck).toBe("judging");
});

test("nothing is called a bottleneck before anything was waited for, nor where no model is asked", () => {
	const clock = { ms: 0 };
	expect(watchAt(clock).progress()?.bottleneck).toBeNull();
	const own = new GenerationWatch({ model: null, judges: 2, earlier: NOTHING_SPENT, now: () => 0 });
	expect(own.totals()).toBeNull();
});
