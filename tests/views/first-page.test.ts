import { expect, test } from "vitest";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory } from "./screen-in-memory.js";

test("the judge's probes and the index wait until a page of tasks is on the screen", async () => {
	const workbench = createFakeWorkbench();
	const { promise: mayList, resolve: list } = Promise.withResolvers<void>();
	/** What had been written when something was asked for. */
	const asked: [name: string, written: string][] = [];
	const screen = openInMemory({
		workbench: {
			...workbench,
			async *listTasks(signal) {
				await mayList;
				yield* workbench.listTasks(signal);
			},
			sandbox() {
				asked.push(["sandbox", screen.written()]);
				return workbench.sandbox();
			},
			listRuns() {
				asked.push(["runs", screen.written()]);
				return workbench.listRuns();
			},
		},
	});
	await screen.until((text) => text.includes("Tasks"));
	expect(asked).toEqual([]);
	list();
	await screen.until((text) => text.includes("sandbox bwrap"));
	expect(asked.map(([name]) => name).sort()).toEqual(["runs", "sandbox"]);
	for (const [, written] of asked) expect(written).toContain("two_sum");
	screen.abort();
});

test("without any task the probes start too", async () => {
	const workbench = createFakeWorkbench({ taskCount: 0 });
	const screen = openInMemory({ workbench });
	await screen.until((text) => text.includes("sandbox bwrap"));
	screen.abort();
});
