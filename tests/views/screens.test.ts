import { describe, expect, test } from "vitest";
import { ENTER, LEAVE } from "../../views/terminal/modes.js";
import { SANDBOX } from "./fake-run.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, quiet, type ScreenInMemory } from "./screen-in-memory.js";

async function start(options: Parameters<typeof openInMemory>[0] = {}): Promise<ScreenInMemory> {
	const screen = openInMemory(options);
	await screen.until((text) => text.includes("two_sum"));
	return screen;
}

async function openRun(screen: ScreenInMemory): Promise<void> {
	screen.keys("o");
	await screen.until((text) => text.includes("Open a run"));
	screen.keys("\r");
	await screen.until((text) => text.includes("event 399 of 399"));
}

describe("the terminal", () => {
	test("nothing is written while nothing changes", async () => {
		const screen = await start({ columns: 120, rows: 40 });
		await openRun(screen);
		await quiet(screen);
		const before = screen.bytes();
		const until = performance.now() + 300;
		while (performance.now() < until) await new Promise((next) => setImmediate(next));
		expect(screen.bytes()).toBe(before);
	});

	test("a quit gives the terminal back as it was", async () => {
		const screen = await start();
		expect(await screen.isAlternate()).toBe(true);
		screen.keys("q");
		await screen.closed;
		expect(screen.written().startsWith(ENTER)).toBe(true);
		expect(screen.written().endsWith(LEAVE)).toBe(true);
		expect(screen.rawModes).toEqual([true, false]);
		expect(await screen.isAlternate()).toBe(false);
	});

	test("a signal gives it back too", async () => {
		const screen = await start();
		screen.abort();
		await screen.closed;
		expect(screen.written().endsWith(LEAVE)).toBe(true);
	});

	test("Ctrl-C quits the second time, and any key in between takes it back", async () => {
		const screen = await start();
		screen.keys("\x03");
		await screen.until((text) => text.includes("Ctrl-C again quits"));
		screen.keys("j");
		screen.keys("\x03");
		await screen.until((text) => text.includes("Ctrl-C again quits"));
		screen.keys("\x03");
		await screen.closed;
	});

	test("the screen is erased only when it is entered or resized, and the scrollback never", async () => {
		const screen = await start({ columns: 120, rows: 40 });
		await openRun(screen);
		screen.keys("jjll?");
		await quiet(screen);
		const out = screen.written().slice(ENTER.length);
		expect(out.match(/\x1b\[2J/g)?.length).toBe(1);
		expect(out).not.toContain("\x1b[3J");
	});

	test("a storm of sizes ends in the same screen as the last size from the start", async () => {
		const screen = await start({ columns: 120, rows: 40 });
		await openRun(screen);
		for (let i = 0; i < 40; i++) {
			screen.resize(60 + ((i * 37) % 141), 15 + ((i * 17) % 46));
			if (i % 4 === 0) await new Promise((next) => setImmediate(next));
		}
		screen.resize(50, 10);
		expect(await screen.until((text) => text.includes("too small"))).toContain("60x15 needed, now 50x10");
		screen.resize(100, 30);
		await quiet(screen);
		const other = await start({ columns: 100, rows: 30 });
		await openRun(other);
		await quiet(other);
		expect(await screen.text()).toBe(await other.text());
	});

	test("a dialog over panes that change leaves no wrong cell", async () => {
		const emits: (() => boolean)[] = [];
		const workbench = createFakeWorkbench({ pace: (emit) => void emits.push(emit) });
		const screen = await start({ columns: 120, rows: 40, workbench });
		screen.keys("jr\r");
		await screen.until((text) => text.includes("starting"));
		screen.keys(":");
		await screen.until((text) => text.includes("Commands"));
		const dialog = (await screen.lines()).map((line) => /╭─ Commands ─*╮|│ .{72} │/.exec(line)?.[0] ?? "");
		while (emits[0]?.()) {
			await quietFrame(screen);
			const now = (await screen.lines()).map((line) => /╭─ Commands ─*╮|│ .{72} │/.exec(line)?.[0] ?? "");
			expect(now.filter(Boolean).length).toBe(dialog.filter(Boolean).length);
		}
		screen.keys("\x1b");
		await screen.until((text) => !text.includes("Commands"));
		await quiet(screen);
		const shown = await screen.text();
		screen.keys("\x0c");
		await quiet(screen);
		expect(await screen.text()).toBe(shown);
	});
});

async function quietFrame(screen: ScreenInMemory): Promise<void> {
	await new Promise((next) => setImmediate(next));
	await screen.text();
}

describe("the sandbox", () => {
	test("a tier says what it lacks, and no more than that", async () => {
		const sandbox = {
			...SANDBOX,
			tier: "rlimit" as const,
			missing: ["namespaces of its own"],
			raise: "apt install bubblewrap",
		};
		const wide = await start({ columns: 120, rows: 40, workbench: createFakeWorkbench({ sandbox }) });
		await wide.until((text) => text.includes("sandbox rlimit (lacks namespaces of its own)"));
		const narrow = await start({ workbench: createFakeWorkbench({ sandbox }) });
		await narrow.until((text) => text.includes("sandbox rlimit (partial)"));
	});
});

describe("Tasks", () => {
	test("a filter works while it is typed, counts, and Esc goes back to the one before", async () => {
		const screen = await start();
		screen.keys("/fizz");
		expect(await screen.until((text) => text.includes("1 of 42"))).toContain("▸ fizzbuzz");
		screen.keys("\r");
		await screen.until((text) => text.includes("Tasks 1 of 42 · /fizz"));
		screen.keys("/zzz");
		await screen.until((text) => text.includes("no task matches the filter"));
		screen.keys("\x1b");
		await screen.until((text) => text.includes("Tasks 1 of 42 · /fizz"));
		screen.keys("\x1b");
		await screen.until((text) => text.includes("Tasks 42"));
	});

	test("hidden tests are a number until the question is answered with yes", async () => {
		const screen = await start({ columns: 120, rows: 40 });
		await screen.until((text) => text.includes("Hidden tests 10"));
		screen.keys("H");
		await screen.until((text) => text.includes("Show hidden tests?"));
		screen.keys("n");
		expect(await screen.until((text) => !text.includes("Show hidden tests?"))).not.toContain("[1, 2], 3");
		screen.keys("H");
		await screen.until((text) => text.includes("Show hidden tests?"));
		screen.keys("y");
		await screen.until((text) => text.includes("assert two_sum([1, 2], 3) == [0, 1]"));
	});

	test("a hundred thousand tasks are listed, filtered and walked to their end", async () => {
		const workbench = createFakeWorkbench({ taskCount: 100_000 });
		const screen = await start({ workbench });
		await screen.until((text) => text.includes("Tasks 100 000") && !text.includes("reading"));
		screen.keys("G");
		await screen.until((text) => text.includes("▸ task_99999"));
		screen.keys("/77777");
		await screen.until((text) => text.includes("1 of 100 000"));
	});
});

describe("Best-of-N", () => {
	test("marked tasks are run, cells go through their phases, and the result is in the list", async () => {
		const emits: (() => boolean)[] = [];
		const workbench = createFakeWorkbench({ pace: (emit) => void emits.push(emit) });
		const screen = await start({ workbench });
		screen.keys("  r");
		await screen.until((text) => text.includes("Best-of-N on 2 marked tasks"));
		screen.keys("jl\r");
		await screen.until((text) => text.includes("starting"));
		const emit = emits[0] ?? (() => false);
		for (let i = 0; i < 4; i++) emit();
		await screen.until((text) => text.includes("● live") && text.includes("g 1 gen") && text.includes("· 8 queued"));
		while (emit());
		await screen.until((text) => text.includes("completed") && text.includes("18/18 judged"));
		screen.keys("1");
		await screen.until((text) => text.includes("✓ 2/9"));
	});

	test("a run that goes on is cancelled only after a question, and quitting asks too", async () => {
		const emits: (() => boolean)[] = [];
		const workbench = createFakeWorkbench({ pace: (emit) => void emits.push(emit) });
		const screen = await start({ workbench });
		screen.keys("r\r");
		await screen.until((text) => text.includes("starting"));
		emits[0]?.();
		screen.keys("Q");
		await screen.until((text) => text.includes("A run is going on. Quit?"));
		screen.keys("n");
		screen.keys("x");
		await screen.until((text) => text.includes("Cancel this run?"));
		expect(workbench.cancelled).toBe(0);
		screen.keys("y");
		await screen.until((text) => text.includes("cancelling"));
		expect(workbench.cancelled).toBe(1);
	});

	test("a candidate's terminal escapes are shown as letters and never written", async () => {
		const screen = await start({ columns: 120, rows: 40 });
		await openRun(screen);
		screen.keys("\r]]]");
		await screen.until((text) => text.includes("hello \\x1b[31mred\\x1b[2J"));
		expect(screen.written()).not.toContain("\x1b]0;");
		expect(screen.written()).not.toContain("\x07");
	});

	test("tabs show code, diff, tests, output and verdict", async () => {
		const screen = await start({ columns: 120, rows: 40 });
		await openRun(screen);
		screen.keys("ll\r");
		await screen.until((text) => text.includes("✗ wrong answer (assertion) at line 10") && text.includes("▸ 10"));
		screen.keys("]");
		await screen.until((text) => text.includes("starter code → #2") && text.includes("@@"));
		screen.keys("]");
		await screen.until((text) => text.includes("public tests 3/3") && text.includes("hidden-7"));
		screen.keys("]]");
		await screen.until((text) => text.includes("peak memory") && text.includes("12 MiB"));
	});

	test("i shows the numbers of the run in tables", async () => {
		const screen = await start({ columns: 80, rows: 24 });
		await openRun(screen);
		screen.keys("i");
		await screen.until((text) => text.includes("Numbers of the run") && /accepted +│ 12 +│ 25\.0 %/.test(text));
		screen.keys("\x1b");
		await screen.until((text) => !text.includes("Numbers of the run"));
	});

	test("v compares with another candidate", async () => {
		const screen = await start({ columns: 200, rows: 60 });
		await openRun(screen);
		screen.keys("v");
		await screen.until((text) => text.includes("Compare #0 with"));
		screen.keys("j\r");
		await screen.until((text) => text.includes("#1 → #0"));
	});

	test("a recorded run is replayed by steps, to its start and its end", async () => {
		const screen = await start();
		await openRun(screen);
		screen.keys("0");
		await screen.until((text) => text.includes("event 0 of 399"));
		screen.keys("}}");
		await screen.until((text) => text.includes("2/48 judged"));
		screen.keys("{");
		await screen.until((text) => text.includes("1/48 judged"));
		screen.keys("$");
		await screen.until((text) => text.includes("event 399 of 399"));
		screen.keys("0>>");
		await screen.until((text) => text.includes("16x"));
		screen.keys("p");
		await screen.until((text) => text.includes("event 399 of 399") && text.includes("paused"));
	});

	test("only screens that are there have a tab and a digit", async () => {
		const screen = await start();
		await screen.until((text) => text.includes("two_sum") && text.includes("sandbox bwrap"));
		// Takes the word of welcome away.
		screen.keys("jk");
		await quiet(screen);
		const before = await screen.text();
		expect(before).toMatch(/^\[1 Tasks\] 2 {2}3 /);
		screen.keys("8");
		await quiet(screen);
		expect(await screen.text()).toBe(before);
	});
});
