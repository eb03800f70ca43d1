import { expect, test } from "vitest";
import { cellWidth } from "../../views/text/cells.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { KEYS, numbers } from "./random-keys.js";
import { openInMemory, quiet } from "./screen-in-memory.js";

const SIZES = [
	[80, 24],
	[120, 40],
	[200, 60],
	[60, 15],
	[50, 12],
	[100, 30],
	[300, 80],
] as const;

for (const seed of [1, 2, 3]) {
	test(`400 keys in no order, while sizes change, leave a screen that a redraw does not change (seed ${seed})`, async () => {
		const next = numbers(seed);
		const of = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
		const screen = openInMemory({ workbench: createFakeWorkbench({ taskCount: 300 }) });
		await screen.until((text) => text.includes("two_sum"));
		for (let i = 0; i < 400; i++) {
			const { dialog } = screen.model.ui.getState();
			// A lone Escape has to be told from what follows.
			if (next() < 0.1) {
				screen.keys("\x1b");
				await new Promise((later) => setTimeout(later, 25));
			} else screen.keys(dialog?.kind === "confirm" && next() < 0.5 ? "n" : of(KEYS));
			if (next() < 0.05) {
				const [columns, rows] = of(SIZES);
				screen.resize(columns, rows);
			}
			if (next() < 0.2) await new Promise((turn) => setImmediate(turn));
		}
		screen.resize(120, 40);
		await quiet(screen);
		const shown = await screen.lines();
		for (const line of shown) expect(cellWidth(line)).toBeLessThanOrEqual(120);
		screen.model.terminal.redraw();
		await quiet(screen);
		expect(await screen.lines()).toEqual(shown);
		for (let i = 0; i < 8; i++) {
			screen.keys("\x1b");
			await new Promise((later) => setTimeout(later, 25));
		}
		// Escape, often enough, always comes out at the list of tasks with nothing open.
		const { screen: id, taskPane, dialog, entry, zoomed } = screen.model.ui.getState();
		expect({ id, taskPane, dialog, entry, zoomed }).toEqual({
			id: 1,
			taskPane: "list",
			dialog: null,
			entry: null,
			zoomed: false,
		});
	});
}
