import { expect, test } from "vitest";
import { createModel, tell } from "../../views/model/model.js";
import { fadeNotes } from "../../views/model/notices.js";
import { systemTimers } from "../../views/terminal/frame-clock.js";
import { createFakeWorkbench } from "./fake-workbench.js";

/** A model whose time passes when it is told to. */
function start() {
	const pending = new Set<() => void>();
	const model = createModel({
		workbench: createFakeWorkbench(),
		columns: 80,
		rows: 24,
		timers: {
			...systemTimers,
			after(_ms, run) {
				pending.add(run);
				return () => pending.delete(run);
			},
		},
		look: { ascii: false },
		signal: new AbortController().signal,
		changed: () => {},
	});
	const pass = () => {
		for (const run of pending) {
			pending.delete(run);
			run();
		}
	};
	return { model, pending, pass, stop: fadeNotes(model), shown: () => model.ui.getState().notice?.text ?? null };
}

test("a note goes away after a while and stays in the log; what is wrong stays on the screen", () => {
	const { model, pass, shown } = start();
	tell(model, "note", "the run is done");
	expect(shown()).toBe("the run is done");
	pass();
	expect(shown()).toBe(null);
	expect(model.ui.getState().messages).toHaveLength(1);
	for (const level of ["warning", "error"] as const) {
		tell(model, level, `a ${level}`);
		pass();
		expect(shown()).toBe(`a ${level}`);
	}
});

test("the time of a note never takes away a later message, and nothing waits after the end", () => {
	const { model, pending, pass, stop, shown } = start();
	tell(model, "note", "first");
	tell(model, "error", "second");
	pass();
	expect(shown()).toBe("second");
	tell(model, "note", "third");
	stop();
	expect(pending.size).toBe(0);
});
