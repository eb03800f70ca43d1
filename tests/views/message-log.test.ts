import { expect, test } from "vitest";
import { logCommand, tell } from "../../views/model/model.js";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

async function start(): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 80, rows: 24 });
	await screen.until((text) => text.includes("two_sum") && text.includes("sandbox bwrap"));
	for (let i = 0; i < 60; i++) tell(screen.model, "note", `note number ${i}`);
	tell(screen.model, "error", "the judge is gone");
	logCommand(screen.model, "assay run tasks -n 4");
	return screen;
}

test("the log opens at its end and scrolls back to its beginning", async () => {
	const screen = await start();
	screen.keys("!");
	await screen.until((text) => text.includes("assay run tasks -n 4") && !text.includes("note number 1 "));
	screen.keys("g");
	await screen.until((text) => text.includes("note number 0"));
});

test("what comes while the end is in view is seen, and does not move what is read further up", async () => {
	const screen = await start();
	screen.keys("!");
	await screen.until((text) => text.includes("assay run tasks"));
	tell(screen.model, "note", "the newest of all");
	await screen.until((text) => text.includes("the newest of all"));
	screen.keys("g");
	await screen.until((text) => text.includes("note number 0"));
	tell(screen.model, "note", "newer still");
	await screen.until((text) => text.includes("Messages · 65"));
	expect(await screen.text()).toContain("note number 0");
});

test("it is filtered as one types, and by kind", async () => {
	const screen = await start();
	screen.keys("!/judge");
	const shown = await screen.until((text) => text.includes("1 of 63"));
	expect(shown).toContain("the judge is gone");
	expect(shown).not.toContain("note number");
	screen.keys("\r\t");
	await screen.until((text) => text.includes("Alerts · 1 of 63"));
	screen.keys("\x1b");
	await screen.until((text) => !text.includes("/judge"));
	screen.keys("\t");
	await screen.until((text) => text.includes("Commands · 1 of 63") && text.includes("assay run tasks -n 4"));
	screen.keys("\x1b");
	await screen.until((text) => !text.includes("Commands ·"));
});

test("@ opens the commands, and y copies them as they are", async () => {
	const screen = await start();
	screen.keys("@");
	await screen.until((text) => text.includes("Commands · 1 of"));
	screen.keys("y");
	await screen.until((text) => text.includes("the log is copied"));
	expect(screen.written()).toContain(Buffer.from("assay run tasks -n 4\n").toString("base64"));
});
