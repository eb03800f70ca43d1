import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startSession } from "./session.js";

const folder = mkdtempSync(join(tmpdir(), "assay-reader-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const { how, words, env } of [
	{ how: "--screen-reader", words: ["--screen-reader"], env: {} },
	{ how: "INK_SCREEN_READER=true", words: [], env: { INK_SCREEN_READER: "true" } },
]) {
	test(`${how} gives lines below each other on the screen that is there, and the terminal back as it was`, async () => {
		// The next start would go on where the last one ended.
		const workspace = mkdtempSync(join(folder, "workspace-"));
		const session = startSession({ words: ["open", "--workspace", workspace, ...words], columns: 200, env });
		try {
			await session.wrote(/\(selected\) binary_search, level easy[^\r]*, 1 of \d\d+\r/);
			session.send({ keys: "j" });
			await session.wrote(/\(selected\) caesar_shift[^\r]*, 2 of \d+\r/);
			session.send({ keys: "r" });
			await session.wrote(/dialog: Best-of-N on caesar_shift\r/);
			session.send({ keys: "\r" });
			await session.wrote(/run \S+ completed\r/);
			await session.wrote(/\(selected\) sample 0, /);
			session.send({ keys: "4" });
			await session.wrote(/tab: Traces/);
			session.send({ keys: "7" });
			await session.wrote(/\(selected\) \S+-best-of-n-\S+, completed/);
			session.send({ keys: "l" });
			await session.wrote(/Lineage/);
			session.send({ keys: "?" });
			await session.wrote(/dialog: Keys/);
			session.send({ keys: "\x0c" });
			session.send({ keys: "q" });
			await session.quiet();
			expect(session.isAlternate()).toBe(false);
			session.send({ keys: "Q" });
			const end = await session.ended;
			expect(end.exit).toBe(0);
			expect(end.modes).toEqual(end.before);
			expect(session.changedModes()).toEqual([]);
			const said = session.written().replace(/\x1b\[(\?[\d;]+[hl]|0m)/g, "");
			expect(said).not.toContain("\x1b");
			expect(said).not.toMatch(/[─-╿▀-▟⠀-⣿▸✓✗●]/u);
			expect(session.written()).not.toMatch(/\x1b\[\?(1049|25|7)/);
		} finally {
			session.kill();
		}
	});
}
