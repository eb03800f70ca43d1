import { expect, test } from "vitest";
import { parseSavedView, type SavedView } from "../../src/store/saved-view.js";
import { openInMemory, quiet, type ScreenInMemory } from "./screen-in-memory.js";

function start(options: Parameters<typeof openInMemory>[0] = {}): ScreenInMemory {
	const screen = openInMemory({ columns: 120, rows: 40, ...options });
	return screen;
}

async function quit(screen: ScreenInMemory): Promise<SavedView> {
	screen.keys("Q");
	const view = parseSavedView(JSON.stringify(await screen.closed));
	if (view === null) throw new Error("the view cannot be read again");
	return view;
}

test("a kept view is read only where every field of it makes sense; fields that came later may be missing", async () => {
	const view = await quit(start());
	const read = (change: object) => parseSavedView(JSON.stringify({ ...view, ...change }));
	expect(read({})).toEqual(view);
	expect(read({ candidate: { taskId: "a", sampleIndex: 3 } })?.candidate).toEqual({ taskId: "a", sampleIndex: 3 });
	expect(read({ theme: undefined, recentCommands: undefined })).toMatchObject({ theme: null, recentCommands: [] });
	const wrong: object[] = [
		{ schemaVersion: 2 },
		{ screen: 9 },
		{ sort: "colour" },
		{ reversed: 1 },
		{ filter: null },
		{ filter: undefined },
		{ theme: "pink" },
		{ recentCommands: [3] },
		{ candidate: { taskId: "a", sampleIndex: -1 } },
		{ candidate: { taskId: "a" } },
		{ another: true },
	];
	for (const change of wrong) expect(read(change), JSON.stringify(change)).toBeNull();
	for (const text of ["", "null", "[]", "3", "{"]) expect(parseSavedView(text)).toBeNull();
});

test("the next start has the filter, the sort and the cursor of the last one", async () => {
	const first = start();
	await first.until((text) => text.includes("Tasks 42"));
	first.keys("/task_\rS");
	await first.until((text) => text.includes("file order, reversed"));
	first.keys("gjj");
	const view = await quit(first);
	expect(view).toMatchObject({ screen: 1, filter: "task_", sort: "file order", reversed: true, taskId: "task_00039" });
	const next = start({ lastView: view });
	await next.until((text) => /▸ task_00039/.test(text) && text.includes("36 of 42 · /task_"));
});

test("a run that was on the screen is opened again at its candidate", async () => {
	const first = start();
	await first.until((text) => text.includes("two_sum"));
	first.keys("o");
	await first.until((text) => text.includes("Open a run"));
	first.keys("\r");
	await first.until((text) => text.includes("event 399 of 399"));
	first.keys("jll");
	const view = await quit(first);
	expect(view.candidate).toEqual({ taskId: "fizzbuzz", sampleIndex: 2 });
	const next = start({ lastView: view });
	await next.until((text) => text.includes("event 399 of 399") && text.includes("fizzbuzz #2"));
});

test("a view of other tasks changes nothing in the list, and a run that is gone is not missed", async () => {
	const view: SavedView = {
		schemaVersion: 1,
		tasksPath: "/elsewhere",
		screen: 2,
		taskId: "fizzbuzz",
		filter: "zzz",
		sort: "id",
		reversed: true,
		runId: "20200101-000000-gone",
		candidate: null,
		stripShown: true,
		wraps: true,
		theme: null,
		recentCommands: [],
	};
	const screen = start({ lastView: view });
	await screen.until((text) => text.includes("Tasks 42 "));
	await quiet(screen);
	expect(await screen.text()).toMatch(/▸ two_sum/);
});

test("the palette begins with the commands that were run last, also after the next start", async () => {
	const first = start();
	await first.until((text) => text.includes("two_sum"));
	first.keys(":next colour theme\r");
	first.keys(":reverse the sort\r");
	await first.until((text) => text.includes("reversed"));
	const view = await quit(first);
	const next = start({ lastView: view });
	await next.until((text) => text.includes("Tasks 42"));
	next.keys(":");
	await next.until((text) => /Commands[\s\S]*▸ reverse the sort[^\n]*\n[^\n]* next colour theme/.test(text));
});
