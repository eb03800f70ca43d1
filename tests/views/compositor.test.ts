import xterm from "@xterm/headless";
import { describe, expect, test } from "vitest";
import { createCompositor, type Layer } from "../../views/terminal/compositor.js";
import { paletteOf } from "../../views/terminal/palette.js";
import { cursorLine, red } from "../../views/text/style.js";

const LOOK = { palette: paletteOf("dark", 4), ascii: false };
const layer = (id: string, x: number, y: number, rows: string[], width = 20): Layer => ({
	id,
	x,
	y,
	width,
	height: rows.length,
	rows,
});

async function shown(chunks: string[], columns = 40, rows = 10): Promise<string[]> {
	const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
	await new Promise<void>((done) => terminal.write(chunks.join(""), done));
	return Array.from(
		{ length: rows },
		(_, y) => terminal.buffer.active.getLine(y)?.translateToString(true).trimEnd() ?? "",
	);
}

describe("the compositor", () => {
	test("writes only cells that changed", () => {
		const compositor = createCompositor({ columns: 40, rows: 10 }, LOOK);
		compositor.compose([layer("a", 0, 0, ["hello", "world"])]);
		expect(compositor.compose([layer("a", 0, 0, ["hello", "world"])])).toBe("");
		expect(compositor.compose([layer("a", 0, 0, ["hello", "worle"])])).toBe(
			"\x1b[?2026h\x1b[2;5H\x1b[0me\x1b[0m\x1b[?2026l",
		);
		expect(compositor.compose([layer("a", 0, 0, ["hello", red("worle")])])).toContain("\x1b[0;31mworle");
	});

	test("300 random frames of overlapping layers with wide characters show what they should", async () => {
		const compositor = createCompositor({ columns: 40, rows: 10 }, LOOK);
		const chunks: string[] = [];
		let seed = 7;
		const random = (below: number) => {
			seed = (seed * 1103515245 + 12345) & 0x7fffffff;
			return seed % below;
		};
		const words = ["abc", "漢字", "x漢", "日本語テキスト", "  ", "é", "▸ row", "----------"];
		for (let frame = 0; frame < 300; frame++) {
			const layers = ["a", "b", "c"].map((id) => {
				const height = 1 + random(5);
				const rows = Array.from({ length: height }, () =>
					Array.from({ length: 4 }, () => words[random(words.length)]).join(""),
				);
				return layer(id, random(30), random(8), rows, 5 + random(20));
			});
			chunks.push(compositor.compose(layers));
		}
		expect(await shown(chunks)).toEqual(compositor.dump());
	});

	test("an upper layer hides a lower one that changes, and leaves nothing when it goes", async () => {
		const compositor = createCompositor({ columns: 40, rows: 10 }, LOOK);
		const below = (n: number) =>
			layer(
				"below",
				0,
				0,
				Array.from({ length: 10 }, (_, y) => `${y} value ${n * 7919}`),
				40,
			);
		const above = layer("above", 5, 2, ["+------+", "|dialog|", "+------+"], 8);
		const chunks = Array.from({ length: 50 }, (_, n) => compositor.compose([below(n), above]));
		const during = await shown(chunks);
		expect(during.slice(2, 5).map((line) => line.slice(5, 13))).toEqual(above.rows);
		chunks.push(compositor.compose([below(49)]));
		expect(await shown(chunks)).toEqual(below(49).rows.map((row) => row.trimEnd()));
	});

	test("without colours bold and inverse stay, and no style at all is no code at all", () => {
		const rows = [cursorLine(red("text")), "\x1b[1mbold\x1b[22m \x1b[7minverse\x1b[27m"];
		const monochrome = createCompositor({ columns: 40, rows: 2 }, { palette: paletteOf("none", 24), ascii: false });
		const out = monochrome.compose([layer("a", 0, 0, rows)]);
		expect(out).toContain("\x1b[0;1mbold");
		expect(out).toContain("\x1b[0;7minverse");
		expect(out).not.toMatch(/\x1b\[[0-9;]*(3[0-9]|4[0-9])[0-9;]*m/);
		const none = createCompositor({ columns: 40, rows: 2 }, { palette: paletteOf("dark", "no style"), ascii: true });
		none.compose([]);
		expect(none.compose([layer("a", 0, 0, rows)])).not.toMatch(/\x1b\[[0-9;]*m/);
	});

	test("what is over the edge is cut", async () => {
		const compositor = createCompositor({ columns: 10, rows: 2 }, LOOK);
		const out = compositor.compose([layer("a", 5, 0, ["abcdefghij", "漢字漢字"], 30), layer("b", 0, 5, ["below"])]);
		expect(await shown([out], 10, 2)).toEqual(["     abcde", "     漢字"]);
	});
});
