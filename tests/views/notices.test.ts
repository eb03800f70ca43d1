import { expect, test } from "vitest";
import { createModel, tell } from "../../views/model/model.js";
import { fadeNotes } from "../../views/model/notices.js";
import { systemTimers } from "../../views/terminal/frame-clock.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory } from "./screen-in-memory.js";

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

test("a warning and an error stand above the keys, and take the room of a pane while they are there", async () => {
	for (const [columns, rows] of [
		[80, 24],
		[120, 40],
	] as const) {
		const screen = openInMemory({ columns, rows });
		await screen.until((text) => text.includes("two_sum"));
		const before = await screen.lines();
		tell(screen.model, "error", `run: the judge failed ${"again and ".repeat(30)}`, "see the log");
		const shown = await screen.until((text) => text.includes("error: run: the judge failed"));
		const lines = shown.split("\n");
		expect(lines.at(-1)).toContain("Enter read the task");
		expect(lines.at(-1)).toContain("? help");
		expect(lines.at(-2)).toContain("! all of it");
		expect(lines.at(-3)).toContain("error: run");
		expect(lines.filter((line) => line.includes("two_sum")).length).toBeGreaterThan(0);
		screen.keys("k");
		await screen.until((text) => !text.includes("error: run: the judge failed") || columns > 100);
		expect((await screen.lines()).at(-2)?.slice(0, 10)).toBe(before.at(-2)?.slice(0, 10));
		screen.abort();
	}
});
