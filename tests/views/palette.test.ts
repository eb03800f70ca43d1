import { expect, test } from "vitest";
import { paletteEntries } from "../../views/keys/palette.js";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

async function start(): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 100, rows: 30 });
	await screen.until((text) => text.includes("two_sum") && text.includes("sandbox bwrap"));
	return screen;
}

const labels = (screen: ScreenInMemory, text: string) => paletteEntries(screen.model, text).map(({ label }) => label);

test("starts of words and words in any order are found, and slips of the finger are forgiven", async () => {
	const screen = await start();
	expect(labels(screen, "gta")[0]).toBe("go to Tasks");
	expect(labels(screen, "bon")[0]).toBe("run best-of-N");
	expect(labels(screen, "log mess")[0]).toBe("message log");
	expect(labels(screen, "hiddne")).toContain("show hidden tests (asks)");
	expect(labels(screen, "xyzzy")).toEqual([]);
});

test("the palette names each command's key and marks the letters that match", async () => {
	const screen = await start();
	screen.keys(":");
	screen.keys("reve");
	const shown = await screen.until((text) => text.includes(": reve_"));
	expect(shown).toMatch(/▸ reverse the sort +Tasks +S/);
	expect(screen.written()).toMatch(/\x1b\[[0-9;]*\b4\b[0-9;]*mreve/);
});

test("commands of another screen go there first, and say so by their keys", async () => {
	const screen = await start();
	screen.keys("o\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	expect(labels(screen, "reverse the sort")).toEqual(["reverse the sort"]);
	expect(paletteEntries(screen.model, "reverse the sort")[0]).toMatchObject({ key: "1 S", where: "Tasks" });
	screen.keys(":reverse the sort\r");
	await screen.until((text) => text.includes("[1 Tasks]") && text.includes("by file order, reversed"));
});

test("what was run last comes first in an empty palette", async () => {
	const screen = await start();
	screen.keys(":reverse\r");
	await screen.until((text) => text.includes("reversed"));
	screen.keys(":");
	await screen.until((text) => /▸ reverse the sort/.test(text));
	expect(labels(screen, "").filter((label) => label === "reverse the sort")).toHaveLength(1);
});
