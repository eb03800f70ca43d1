import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";

const folder = new URL("./golden/", import.meta.url);

/** Compares with tests/views/golden; UPDATE_GOLDEN=1 writes it. A change of a picture is looked at like one of code. */
export function expectGolden(name: string, rows: readonly string[]): void {
	const text = `${rows.map((row) => row.trimEnd()).join("\n")}\n`;
	const path = new URL(`${name}.txt`, folder);
	if (process.env.UPDATE_GOLDEN) {
		mkdirSync(folder, { recursive: true });
		writeFileSync(path, text);
	}
	expect(text).toBe(readFileSync(path, "utf8"));
}
