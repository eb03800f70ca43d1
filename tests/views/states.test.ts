import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/domain/events.js";
import { AssayError } from "../../src/lib/errors.js";
import { fakeEvents, fakeRollout, SANDBOX } from "./fake-run.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, quiet, type ScreenInMemory } from "./screen-in-memory.js";

function start(options: Parameters<typeof openInMemory>[0] = {}): ScreenInMemory {
	const screen = openInMemory(options);
	return screen;
}

async function openFirstRun(screen: ScreenInMemory): Promise<void> {
	await screen.until((text) => text.includes("two_sum"));
	screen.keys("o");
	await screen.until((text) => text.includes("Open a run"));
	screen.keys("\r");
	await screen.until((text) => /event \d+ of/.test(text));
}

/** A workbench whose recorded run has these events. */
function withEvents(change: (events: RunEvent[]) => RunEvent[]) {
	const workbench = createFakeWorkbench();
	const events = change(fakeEvents("20261121-093000-best-of-n-demo", ["two_sum", "fizzbuzz"], 8));
	return {
		...workbench,
		async *readEvents() {
			for (const event of events) yield await Promise.resolve(event);
		},
	};
}

describe("failures", () => {
	const broken = () =>
		new AssayError("prerequisite", "no python3 on the path", { hint: "install Python 3.9 or newer" });

	test("a judge that cannot start is named with its hint, on both screens", async () => {
		const workbench = {
			...createFakeWorkbench(),
			sandbox: () => Promise.reject(broken()),
			startRun: () => ({
				runId: new Promise<string>(() => {}),
				subscribe: () => () => {},
				cancel: () => {},
				finished: Promise.reject(broken()),
			}),
		};
		const screen = start({ columns: 120, rows: 40, workbench });
		await screen.until((text) => text.includes("sandbox: none works"));
		await screen.until((text) => text.includes("no python3 on the path · install Python 3.9 or newer"));
		screen.keys("r\r");
		await screen.until((text) => text.includes("not started") && text.includes("it did not start; ! shows why"));
		expect(await screen.text()).not.toContain("waiting for the first task");
	});

	test("a message that does not fit is read in the log, to its end", async () => {
		const message = `${"a long path/".repeat(12)} and its_end`;
		const workbench = { ...createFakeWorkbench(), listTasks: failing(message) };
		const screen = start({ workbench });
		await screen.until((text) => text.includes("! all of it") && text.includes("? help"));
		screen.keys("!");
		await screen.until((text) => text.includes("its_end"));
	});

	test("tasks that cannot be read say how to choose others", async () => {
		const screen = start({ workbench: { ...createFakeWorkbench(), listTasks: failing("nowhere: no such file") } });
		await screen.until((text) => text.includes("assay open --tasks PATH"));
	});

	test("tasks whose reading broke off are read on with a key, each once", async () => {
		const workbench = createFakeWorkbench();
		let isBroken = true;
		const screen = start({
			workbench: {
				...workbench,
				async *listTasks(signal) {
					let count = 0;
					for await (const row of workbench.listTasks(signal)) {
						if (isBroken && count++ === 5) throw new Error("the thread ended");
						yield row;
					}
				},
			},
		});
		await screen.until((text) => text.includes("R try again") && /Tasks 5\b/.test(text));
		isBroken = false;
		screen.keys("R");
		await screen.until((text) => /Tasks 42\b/.test(text) && !text.includes("R try again"));
	});

	function failing(message: string) {
		return async function* () {
			yield* [];
			await Promise.resolve();
			throw new Error(message);
		};
	}
});

describe("the sandbox of a recorded run", () => {
	test("is told from the one that works here now", async () => {
		const sandbox = {
			...SANDBOX,
			tier: "rlimit" as const,
			missing: ["namespaces of its own"],
			raise: "apt install it",
		};
		const screen = start({ columns: 120, rows: 40, workbench: createFakeWorkbench({ sandbox }) });
		await openFirstRun(screen);
		await screen.until((text) => text.includes("judged in bwrap; sandbox now rlimit"));
	});
});

describe("small and empty screens", () => {
	test("keys do nothing that cannot be seen while the terminal is too small", async () => {
		const screen = start();
		await screen.until((text) => text.includes("two_sum"));
		screen.resize(50, 10);
		await screen.until((text) => text.includes("60x15 needed"));
		screen.keys("jjr/q?");
		screen.resize(80, 24);
		await screen.until((text) => text.includes("▸ two_sum"));
		expect(await screen.text()).not.toContain("Best-of-N on");
	});

	for (const [columns, rows] of [
		[60, 15],
		[80, 24],
		[120, 40],
		[200, 60],
	] as const) {
		test(`without a run the second screen shows those that can be opened at ${columns}x${rows}`, async () => {
			const screen = start({ columns, rows });
			await screen.until((text) => text.includes("two_sum"));
			screen.keys("2");
			await screen.until((text) => text.includes("1 run to open") && text.includes("▸ 20261121-093000-best-of-n-demo"));
		});

		test(`help and the way out are in the hint line of every pane at ${columns}x${rows}`, async () => {
			const screen = start({ columns, rows });
			await openFirstRun(screen);
			for (const key of ["\t", "\t", "\t", "\t", "1", "\t", "7", "\t"]) {
				screen.keys(key);
				await quiet(screen);
				expect((await screen.lines()).at(-1)).toMatch(/\? help {2}q (?:back|quit)$/);
			}
		});
	}
});

describe("what a run shows", () => {
	test("a long task id gives way to the tabs and the counts, at its middle", async () => {
		const id = `a/${"very_long_".repeat(8)}end`;
		const workbench = withEvents(() => fakeEvents("run", [id, "fizzbuzz"], 8));
		const screen = start({ workbench });
		await openFirstRun(screen);
		await screen.until((text) => /a\/very.*…\S*end · \d of 8 accepted/.test(text));
		screen.keys("\r");
		await screen.until((text) => /…\S*end #0 \[code\] diff {2}tests {2}output {2}verdict/.test(text));
	});

	test("a recording without an end was interrupted, and its resume command can be copied", async () => {
		const workbench = withEvents((events) => events.slice(0, -20));
		const listRuns = async () =>
			(await createFakeWorkbench().listRuns()).map((row) => ({
				...row,
				recorded: false,
				outcome: "interrupted" as const,
			}));
		const screen = start({ columns: 120, rows: 40, workbench: { ...workbench, listRuns } });
		await screen.until((text) => text.includes("two_sum"));
		screen.keys("o");
		await screen.until((text) => text.includes("interrupted  mock (no model)"));
		screen.keys("\r");
		await screen.until((text) => text.includes("recorded, interrupted"));
		await screen.until((text) => text.includes("--resume 20261121-093000-best-of-n-demo"));
	});

	test("mock is no model, and samples have no N", async () => {
		const screen = start({ columns: 120, rows: 40 });
		await openFirstRun(screen);
		await screen.until((text) => text.includes("mock (no model)  N=8"));
		const workbench = withEvents((events) =>
			events.map((event) =>
				event.type === "run.planned"
					? { ...event, command: "verify", config: { ...event.config, backend: "samples", n: null } }
					: event,
			),
		);
		const samples = start({ columns: 120, rows: 40, workbench });
		await openFirstRun(samples);
		expect(await samples.until((text) => text.includes("recorded  samples  16/16"))).not.toContain("N=");
	});

	test("a candidate of a repository task is shown as the patch it is", async () => {
		const patch = "--- a/shop.py\n+++ b/shop.py\n@@ -1,2 +1,2 @@\n-limit > 3\n+limit >= 3\n";
		const demo = createFakeWorkbench();
		const patched = (code: string) => ({
			...demo,
			async readRollout(...[runId]: Parameters<typeof demo.readRollout>) {
				const rollout = await Promise.resolve(fakeRollout(runId, "two_sum", 0));
				const phases = [{ phase: "apply" as const, result: "passed" as const, wallTimeMs: 1 }];
				return { ...rollout, candidate: { ...rollout.candidate, code }, verdict: { ...rollout.verdict, phases } };
			},
		});
		const screen = start({ columns: 120, rows: 40, workbench: patched(patch) });
		await openFirstRun(screen);
		await screen.until((text) => text.includes("+limit >= 3") && text.includes("--- a/shop.py"));
		screen.keys("d");
		await screen.until((text) => text.includes("[diff]") && text.includes("-limit > 3"));
		const empty = start({ columns: 120, rows: 40, workbench: patched("") });
		await openFirstRun(empty);
		await empty.until((text) => text.includes("an empty patch: nothing is changed"));
	});

	test("w cuts long lines of code instead of going on in the next row", async () => {
		const demo = createFakeWorkbench();
		const workbench = {
			...demo,
			async readRollout(...[runId]: Parameters<typeof demo.readRollout>) {
				const rollout = await Promise.resolve(fakeRollout(runId, "two_sum", 0));
				return { ...rollout, candidate: { ...rollout.candidate, code: `x = "${"long ".repeat(40)}END"\n` } };
			},
		};
		const screen = start({ workbench });
		await openFirstRun(screen);
		screen.keys("\r");
		await screen.until((text) => text.includes('END"'));
		screen.keys("w");
		await screen.until((text) => text.includes("…") && !text.includes("END"));
	});

	test("r asks first and starts from what the run was; Enter on a task opens its last run", async () => {
		const screen = start({ columns: 120, rows: 40 });
		await screen.until((text) => text.includes("two_sum"));
		screen.keys("jr");
		await screen.until((text) => text.includes("Best-of-N on fizzbuzz"));
		screen.keys("\x1b[B\x7f3\r");
		await screen.until((text) => text.includes("completed") && text.includes("N=3"));
		screen.keys("r");
		await screen.until((text) => text.includes("Best-of-N on fizzbuzz") && /N +3/.test(text));
		screen.keys("\x1b");
		await screen.until((text) => !text.includes("Best-of-N on fizzbuzz"));
		screen.keys("1");
		await screen.until((text) => text.includes("Tasks 42"));
		screen.keys("\r\r");
		await screen.until((text) => text.includes("recorded") && text.includes("fizzbuzz #0"));
	});

	test("the log names the command line that does the same", async () => {
		const screen = start({ columns: 120, rows: 40 });
		await screen.until((text) => text.includes("two_sum"));
		screen.keys("r\r");
		await screen.until((text) =>
			text.includes("$ assay run fixtures/tasks --backend mock -n 8 --seed 1 --task two_sum"),
		);
	});
});

describe("the task list", () => {
	test("s lets choose a sort, S turns it round, and the cursor stays on its task", async () => {
		const screen = start();
		await screen.until((text) => text.includes("task_00010"));
		screen.keys("jjs");
		await screen.until((text) => text.includes("Sort tasks by"));
		screen.keys("j\r");
		await screen.until((text) => text.includes("by id") && /▸ reverse_string/.test(text));
		screen.keys("S");
		await screen.until((text) => text.includes("by id, reversed") && /▸ reverse_string/.test(text));
	});
});
