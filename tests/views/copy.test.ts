import { describe, expect, test } from "vitest";
import { clipboardFor, clipboardSequence } from "../../views/terminal/clipboard.js";
import { code } from "./fake-run.js";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

async function startOnRun(options: Parameters<typeof openInMemory>[0] = {}): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 120, rows: 40, ...options });
	await screen.until((text) => text.includes("fizzbuzz"));
	screen.keys("o");
	await screen.until((text) => text.includes("Open a run"));
	screen.keys("\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	await screen.until((text) => text.includes("def two_sum"));
	return screen;
}

function copied(screen: ScreenInMemory): string | null {
	const base64 = /\x1b\]52;c;([A-Za-z0-9+/=]*)\x07/.exec(screen.written())?.[1];
	return base64 === undefined ? null : Buffer.from(base64, "base64").toString("utf8");
}

describe("the copy menu", () => {
	test("puts the code of the candidate on the terminal's clipboard", async () => {
		const screen = await startOnRun();
		screen.keys("l");
		await screen.until((text) => text.includes("two_sum #1"));
		screen.keys("y");
		await screen.until((text) => text.includes("code of two_sum #1") && text.includes("command of this run"));
		screen.keys("\r");
		await screen.until((text) => text.includes("code of two_sum #1 copied"));
		expect(copied(screen)).toBe(code(1));
	});

	test("gives the command line that repeats the run", async () => {
		const screen = await startOnRun();
		screen.keys("y");
		await screen.until((text) => text.includes("command of this run"));
		while (!/▸ command of this run/.test(await screen.text())) screen.keys("j");
		screen.keys("\r");
		await screen.until((text) => text.includes("command of this run copied"));
		expect(copied(screen)).toBe(
			"assay run /home/user/tasks --backend mock -n 8 --seed 1 --task two_sum --task fizzbuzz --task reverse_string --task is_palindrome --task max_subarray --task fibonacci --workspace /home/user",
		);
	});

	test("writes a file where the terminal has no clipboard", async () => {
		const screen = await startOnRun({ clipboard: "none" });
		screen.keys("y\r");
		await screen.until((text) => text.includes("written to artifacts/copy.txt"));
		expect(copied(screen)).toBe(null);
	});

	test("has the id, the prompt and a command of a task", async () => {
		const screen = openInMemory({ columns: 120, rows: 40 });
		await screen.until((text) => text.includes("Public tests"));
		screen.keys("y");
		await screen.until((text) => text.includes("task id") && text.includes("assay tasks show fixtures/tasks two_sum"));
		screen.keys("\r");
		await screen.until((text) => text.includes("task id copied"));
		expect(copied(screen)).toBe("two_sum");
	});
});

describe("the clipboard of a terminal", () => {
	test("is reached through tmux and screen too, and not on consoles that have none", () => {
		expect(clipboardFor({ TERM: "xterm-256color" })).toBe("osc52");
		expect(clipboardFor({ TERM: "screen-256color", TMUX: "/tmp/tmux" })).toBe("tmux");
		expect(clipboardFor({ TERM: "screen", STY: "1.pts" })).toBe("screen");
		expect(clipboardFor({ TERM: "dumb" })).toBe("none");
		expect(clipboardFor({ TERM: "linux" })).toBe("none");
		expect(clipboardSequence("a", "tmux")).toBe("\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\\x1b]52;c;YQ==\x07");
		expect(clipboardSequence("a", "screen")).toBe("\x1bP\x1b]52;c;YQ==\x07\x1b\\");
	});

	test("takes no text that is so long that terminals drop it", () => {
		expect(clipboardSequence("x".repeat(70_000), "osc52")).not.toBe(null);
		expect(clipboardSequence("x".repeat(80_000), "osc52")).toBe(null);
	});
});
