import { createHash } from "node:crypto";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { setTimeout as rest } from "node:timers/promises";

/** What was appended, written down when all of it was. */
export interface LogWritten {
	lines: number;
	sha256: string;
	seconds: number;
}

/** The text that a search looks for is in one line of so many. */
const NEEDLE_EVERY = 1000;
const TICK_MS = 5;

/** Appends so many lines a second to a file. */
async function main(): Promise<void> {
	const [path = "", perSecond = "", seconds = "", writtenPath = ""] = process.argv.slice(2);
	const total = Number(perSecond) * Number(seconds);
	const file = openSync(path, "a");
	const hash = createHash("sha256");
	const since = performance.now();
	let lines = 0;
	while (lines < total) {
		const due = Math.min(total, Math.ceil(((performance.now() - since) * Number(perSecond)) / 1000));
		let text = "";
		for (; lines < due; lines++) {
			text += `2026-11-21T09:30:00.000Z INFO ${lines % NEEDLE_EVERY === 0 ? "needle" : "step"} ${lines} reward 0.5 line ${lines}\n`;
		}
		hash.update(text);
		writeSync(file, text);
		await rest(TICK_MS);
	}
	closeSync(file);
	const written: LogWritten = { lines, sha256: hash.digest("hex"), seconds: (performance.now() - since) / 1000 };
	writeFileSync(writtenPath, JSON.stringify(written));
}

await main();
