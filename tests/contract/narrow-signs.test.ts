import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const { NARROW_SIGNS }: { NARROW_SIGNS: string } = await import(new URL("scripts/narrow-signs.mjs", root).href);
const ink = createRequire(fileURLToPath(new URL("node_modules/ink/package.json", root)));
const { default: stringWidth }: { default: (text: string) => number } = await import(
	pathToFileURL(ink.resolve("string-width")).href
);

test("Ink's measure says one cell of each sign that the bundle takes for narrow, beside any other too", () => {
	const isNarrow = new RegExp(`^[${NARROW_SIGNS}]$`);
	const signs = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)).filter((sign) =>
		isNarrow.test(sign),
	);
	expect(signs.length).toBeGreaterThan(500);
	expect(signs.filter((sign) => stringWidth(sign) !== 1)).toEqual([]);
	expect(stringWidth(signs.join(""))).toBe(signs.length);
	expect(stringWidth(signs.toReversed().join(""))).toBe(signs.length);
});
