import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { createContext } from "../../../commands/cli/context.js";
import { printable, tableLines } from "../../../commands/cli/print.js";
import { normaliseArguments } from "../../../commands/cli/program.js";
import { createProgress, progressText } from "../../../commands/cli/progress.js";
import { runCommand } from "../../../commands/main.js";
import { durationText } from "../../../src/lib/duration.js";
import { collect, fileWith, yamlTask } from "./files.js";

test.each([
	[[], ["open"]],
	[
		["--workspace", "w"],
		["open", "--workspace", "w"],
	],
	[
		["--json", "tasks", "list", "x"],
		["tasks", "list", "x", "--json"],
	],
	[
		["--seed", "7", "--out=f", "run", "x", "--", "-n"],
		["run", "x", "--seed", "7", "--out=f", "--", "-n"],
	],
	[["--help"], ["--help"]],
	[
		["run", "--json"],
		["run", "--json"],
	],
	[["--workspace"], ["open", "--workspace"]],
])("the arguments %j mean %j", (argv, words) => {
	expect(normaliseArguments(argv)).toEqual(words);
});

describe("a command's context", () => {
	const surroundings = (env: Record<string, string>, isTTY = true) => ({
		stdout: Object.assign(new PassThrough(), { isTTY }),
		stderr: new PassThrough(),
		signal: new AbortController().signal,
		env,
		cwd: "/here",
	});
	const options = { color: true, seed: 1 };

	test("has colours on a terminal, unless --no-color, NO_COLOR or a dumb terminal say otherwise", () => {
		expect(createContext(options, surroundings({})).color).toBe(true);
		expect(createContext(options, surroundings({}, false)).color).toBe(false);
		expect(createContext({ ...options, color: false }, surroundings({})).color).toBe(false);
		expect(createContext(options, surroundings({ NO_COLOR: "1" })).color).toBe(false);
		expect(createContext(options, surroundings({ TERM: "dumb" })).color).toBe(false);
	});

	test("has the workspace of the option, else of the environment, else the current folder", () => {
		const env = { ASSAY_WORKSPACE: "env" };
		expect(createContext({ ...options, workspace: "/w" }, surroundings(env)).workspace).toBe("/w");
		expect(createContext(options, surroundings(env)).workspace).toBe("/here/env");
		expect(createContext(options, surroundings({})).workspace).toBe("/here");
	});
});

describe("progress", () => {
	function shown(isTTY: boolean, updates: readonly (readonly [number, number])[]): string {
		let clock = 0;
		const stderr = Object.assign(new PassThrough(), { isTTY });
		const progress = createProgress(
			{ stderr, quiet: false },
			{ label: "x", unit: "tasks", total: 100, now: () => clock },
		);
		for (const [at, done] of updates) {
			clock = at;
			progress.update(done);
		}
		progress.end();
		return String(stderr.read() ?? "");
	}

	test("is silent within the first second, then a plain line every few seconds", () => {
		expect(
			shown(false, [
				[400, 1],
				[999, 2],
			]),
		).toBe("");
		expect(
			shown(false, [
				[1000, 10],
				[3000, 30],
				[6000, 60],
			]),
		).toBe("x: 10/100 tasks, 10.0/s, 9 s left\nx: 60/100 tasks, 10.0/s, 4 s left\n");
	});

	test("redraws one line on a terminal and clears it at the end", () => {
		expect(
			shown(true, [
				[1000, 10],
				[1050, 11],
				[1200, 12],
			]),
		).toBe("\r\u001b[2Kx: 10/100 tasks, 10.0/s, 9 s left\r\u001b[2Kx: 12/100 tasks, 10.0/s, 9 s left\r\u001b[2K");
	});

	test("says no remaining time that it cannot know", () => {
		expect(progressText({ done: 0, total: 10, unit: "tasks", elapsedMs: 1000 })).toBe("0/10 tasks, 0.0/s");
		expect(progressText({ done: 500, total: null, unit: "samples", elapsedMs: 1000 })).toBe("500 samples, 500/s");
		expect([8_000, 200_000, 7_500_000].map(durationText)).toEqual(["8 s", "3 min 20 s", "2 h 5 min"]);
	});
});

test("a table's columns fit its rows, and longer cells are cut", async () => {
	const columns = [
		{ title: "ID", text: (row: [string, number]) => row[0], maxWidth: 6 },
		{ title: "N", text: (row: [string, number]) => String(row[1]), align: "right" as const },
	];
	expect(
		await collect(
			tableLines(columns, [
				["a", 1],
				["much longer", 100],
			]),
		),
	).toEqual(["ID        N", "a         1", "much …  100"]);
	expect(await collect(tableLines(columns, []))).toEqual([]);
});

test("control characters of foreign text are shown, not sent", () => {
	expect(printable("a\u001b[2Jb\u0007\n\u202e\u009b")).toBe("a\\x1b[2Jb\\x07\\x0a\\u202e\\x9b");
	expect(printable("a\n\tb", "\n\t")).toBe("a\n\tb");
});

test("a command that is stopped exits 130 and says so in one line", async () => {
	const controller = new AbortController();
	controller.abort(new Error("stopped"));
	const stderr = new PassThrough();
	const surroundings = { stdout: new PassThrough(), stderr, signal: controller.signal, env: {}, cwd: "/" };
	expect(await runCommand(["tasks", "list", fileWith("add.yaml", yamlTask())], surroundings)).toBe(130);
	expect(String(stderr.read())).toBe("assay: interrupted\n");
});
