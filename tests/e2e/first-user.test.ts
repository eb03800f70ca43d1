import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { type Session, startSession } from "./session.js";

const folder = mkdtempSync(join(tmpdir(), "assay-first-user-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sessions: Session[] = [];
afterEach(() => {
	for (const session of sessions.splice(0)) session.kill();
});

const KEYS: Readonly<Record<string, string>> = { Enter: "\r", Space: " ", Esc: "\x1b" };

/** Somebody who knows no key, and presses only what the screen names. */
function firstUser(columns: number, rows: number) {
	const words = ["open", "--workspace", mkdtempSync(join(folder, "workspace-"))];
	const session = startSession({ words, columns, rows });
	sessions.push(session);
	return {
		session,
		sees: session.until,
		/** Waits until the screen says what key does this, and presses that key. */
		async does(label: string): Promise<void> {
			const named = new RegExp(`(?:^|[ ·│])(Enter|Space|Esc|\\S) ${label}(?:$|[ ·│;])`, "m");
			const key = named.exec(await session.until(named))?.[1] ?? "";
			session.send({ keys: KEYS[key] ?? key });
		},
		/** Arrows are known from everywhere else. */
		moves: (direction: "down" | "right") => session.send({ keys: direction === "down" ? "\x1b[B" : "\x1b[C" }),
	};
}

describe("who reads only the screen", () => {
	for (const [columns, rows] of [
		[80, 24],
		[120, 40],
	] as const) {
		test(`runs three tasks, opens a failing test, compares, replays and quits at ${columns}x${rows}`, async () => {
			const user = firstUser(columns, rows);
			// All tasks are there, and what to do is said.
			await user.sees(/Tasks 49(?! · reading)[\s\S]*Space marks tasks; r runs best-of-N on them/);
			for (const marked of ["1 marked", "2 marked", "3 marked"]) {
				await user.does(marked === "1 marked" ? "marks tasks" : "mark");
				await user.sees(marked);
				user.moves("down");
			}
			await user.does("run best-of-N on 3");
			await user.sees("Best-of-N on 3 marked tasks");
			await user.does("starts");
			await user.sees(/run \S+ completed/);
			await user.sees(/24\/24 judged/);

			// A candidate with a failing test: the next one, until one is shown.
			await user.does("open");
			await user.does("tests");
			await user.sees("[tests]");
			while (!/✗ \S+ +failed/.test(await user.session.text())) {
				const before = await user.session.text();
				user.moves("right");
				await user.sees(/\[tests\]/);
				await user.session.quiet();
				expect(await user.session.text(), "there is another candidate").not.toBe(before);
			}

			await user.does("compare");
			await user.sees(/Compare #\d+ with/);
			user.moves("down");
			await user.sees(/▸ #\d/);
			await user.does("choose");
			await user.sees(/#\d+ → #\d+/);

			await user.does("replay");
			// So few candidates are replayed in less than a second.
			await user.sees(/paused +1x .* event (\d+) of \1 /);

			await user.does("back");
			await user.sees("q quit");
			await user.does("quit");
			expect(await user.session.exited).toBe(0);
			expect(user.session.isAlternate()).toBe(false);
		});
	}
});
