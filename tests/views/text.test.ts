import { describe, expect, test } from "vitest";
import { cellWidth, takeCells, toCells, visible } from "../../views/text/cells.js";
import { diffRows } from "../../views/text/diff-rows.js";
import { formatBytes, formatClock, formatCount, formatMs, formatRate, formatScore } from "../../views/text/format.js";
import { patchRows } from "../../views/text/patch-rows.js";
import { CUT, layPieces, overhangOf, WRAPPED } from "../../views/text/pieces.js";
import { colourPython } from "../../views/text/python-colours.js";
import { addedWord } from "../../views/text/style.js";
import { fitColumns } from "../../views/text/table.js";
import { joinProse, wrapText } from "../../views/text/wrap.js";

const bare = (text: string) => text.replace(/\x1b\[[0-9;]*m/g, "");

describe("toCells", () => {
	test("gives exactly the wanted number of cells", () => {
		const texts = [
			"",
			"abc",
			"漢字漢字漢字",
			"a\tb",
			"\x1b[31mred",
			"e\u0301te\u0301",
			"👨‍👩‍👧 family",
			"\u202eevil",
			"x".repeat(99),
		];
		for (const text of texts)
			for (const width of [1, 2, 3, 7, 8, 40]) expect(cellWidth(toCells(text, width))).toBe(width);
	});
	test("shows control codes, line ends and invisible characters as letters", () => {
		expect(visible("\x1b]0;title\x07\x9b2J\r\n\u202e\u200b")).toBe("\\x1b]0;title\\x07\\x9b2J\\r\\n\\u202e\\u200b");
		expect(visible("\ud800")).toBe("\ufffd");
	});
	test("keeps marks on their character, not more than a few, and never on what the screen has before them", () => {
		expect(visible("e\u0301")).toBe("e\u0301");
		expect(visible("\u0301x")).toBe("\u25cc\u0301x");
		expect(visible(`a${"\u0301".repeat(5)}`)).toBe("a\u0301\u0301\u0301\\u0301\\u0301");
		expect(visible("\t\u0301")).toBe("    \u25cc\u0301");
		expect(toCells("e\u0301", 3)).toBe("e\u0301  ");
	});
	test("shows the parts of an emoji, and letters for whatever else nobody could see", () => {
		expect(visible("👨‍👩‍👧 ❤️ 1️⃣ 🇩🇪")).toBe("👨👩👧 ❤ 1\u20e3 🇩🇪");
		expect(visible("x\ufe0fy\u200dz")).toBe("x\\ufe0fy\\u200dz");
		expect(visible("a\u{e0100}\u{e0041}")).toBe("a\\U000e0100\\U000e0041");
		expect(visible("\u3164\u115f\u034f\u2028\uffff")).toBe("\\u3164\\u115f\\u034f\\u2028\\uffff");
	});
	test("a wide character is never cut in two", () => {
		expect(takeCells("漢字", 3)).toBe("漢 ");
		expect(toCells("漢字漢", 4)).toBe("漢 …");
	});
});

describe("long lines of code", () => {
	const long = `value = "${"漢字 ".repeat(9)}" + other_name # end`;
	test("go on in the next row, in the same colour, and lose nothing", () => {
		const [coloured = []] = colourPython([long]);
		const rows = layPieces(coloured, 20, WRAPPED);
		for (const row of rows) expect(cellWidth(bare(row))).toBe(20);
		expect(
			rows
				.map((row) => bare(row).trimEnd())
				.join("")
				.replace(/ /g, ""),
		).toBe(long.replace(/ /g, ""));
		expect(rows[1]).toContain("\x1b[32m");
	});
	test("are cut with an ellipsis where wrapping is off", () => {
		const [coloured = []] = colourPython([long]);
		const [row = ""] = layPieces(coloured, 20, CUT);
		expect(bare(row)).toMatch(/^value = "漢字 .*…$/);
		expect(cellWidth(bare(row))).toBe(20);
	});
	test("move sideways with an ellipsis at both sides, whatever their characters, and no further than their end", () => {
		const texts = [long, "x = 1", "", "e\u0301".repeat(30), "a漢".repeat(20), "0123456789".repeat(4)];
		for (const text of texts) {
			const [line = []] = colourPython([text]);
			const cells = cellWidth(text);
			for (const width of [1, 2, 7, 20]) {
				for (let left = 0; left <= cells + 2; left++) {
					const rows = layPieces(line, width, { wraps: false, left }).map(bare);
					expect(rows.map(cellWidth), `${text} from ${left} in ${width}`).toEqual([width]);
					if (width > 1) {
						expect(rows[0]?.startsWith("…")).toBe(left > 0 && cells > 0);
						expect(rows[0]?.endsWith("…")).toBe(cells - left > width);
					}
				}
			}
		}
		const [digits = []] = colourPython(["0123456789".repeat(4)]);
		expect(bare(layPieces(digits, 10, { wraps: false, left: 10 })[0] ?? "")).toBe("…12345678…");
		expect(overhangOf([digits], 10)).toBe(30);
		expect(bare(layPieces(digits, 10, { wraps: false, left: 30 })[0] ?? "")).toBe("…123456789");
		const [wide = []] = colourPython(["漢字漢字漢字"]);
		expect(bare(layPieces(wide, 6, { wraps: false, left: 2 })[0] ?? "")).toBe("… 漢 …");
	});
	test("are whole in a diff too, in both of its forms", () => {
		const side = (end: string) => ({ name: end, text: `before = [${"item, ".repeat(20)}${end}]\n` });
		for (const sideBySide of [false, true]) {
			const { rows } = diffRows(side("one"), side("two"), 60, { ...WRAPPED, sideBySide, isPython: true });
			for (const row of rows) expect(cellWidth(bare(row))).toBe(60);
			const text = rows.map(bare).join("");
			expect(text.match(/m/g)?.length).toBe(40);
			expect(text.match(/]/g)?.length).toBe(2);
		}
	});
});

test("a carriage return of a candidate is shown, not taken for the end of a line", () => {
	expect(wrapText("10 %\r20 %\r\ndone\n", 40).map((line) => toCells(line, 12).trimEnd())).toEqual([
		"10 %\\r20 %",
		"done",
	]);
});

test("numbers are short and have their unit", () => {
	expect([0.42, 12.6, 1500, 65_000, null].map(formatMs)).toEqual(["0.4 ms", "13 ms", "1.5 s", "01:05", "·"]);
	expect([0, 1023, 1536, 12 << 20, null].map(formatBytes)).toEqual(["0 B", "1023 B", "1.5 KiB", "12 MiB", "·"]);
	expect([3.14, 600.4, null].map(formatRate)).toEqual(["3.1/s", "600/s", "·"]);
	expect(formatClock(3_725_000)).toBe("1:02:05");
	expect(formatCount(1234567)).toBe("1 234 567");
	expect(formatScore(0.5)).toBe("0.500");
});

test("text is broken at spaces, and a word that is too long in the middle", () => {
	expect(wrapText("one two three", 8)).toEqual(["one two", "three"]);
	expect(wrapText("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
	expect(wrapText("a\n\nb\n", 8)).toEqual(["a", "", "b"]);
});

test("columns are dropped in their order until the rest fits, and one grows", () => {
	const column = (title: string, width: number, drop: number) => ({
		title,
		width,
		drop,
		grow: drop === 0,
		text: () => "",
	});
	const columns = [column("id", 10, 0), column("a", 10, 1), column("b", 10, 2)];
	expect(fitColumns(columns, 40).map(({ title, width }) => `${title}${width}`)).toEqual(["id18", "a10", "b10"]);
	expect(fitColumns(columns, 25).map(({ title, width }) => `${title}${width}`)).toEqual(["id14", "a10"]);
	expect(fitColumns(columns, 5).map(({ title }) => title)).toEqual(["id"]);
});

describe("code", () => {
	test("colours change no letter and no width", () => {
		const lines = [
			"def f(x):  # a",
			'    """doc',
			"    more 'it'",
			'    """ + "s" + 1',
			"    return None",
			"\tx = '\\'' + \"#\"",
		];
		const coloured = colourPython(lines.map(visible)).flatMap((line) => layPieces(line, 30, CUT));
		expect(coloured.map(bare)).toEqual(lines.map((line) => toCells(line, 30)));
		expect(coloured[2]?.startsWith(`\x1b[32m${(lines[2] ?? "").trimEnd()}\x1b[39m`)).toBe(true);
	});
	test("diffs of Python have its colours, and words that differ stay stronger than those", () => {
		const before = { name: "a", text: 'def f():\n    """one\n    return 1"""\n    return None\n' };
		const after = { name: "b", text: 'def f():\n    """one\n    return 2"""\n    return True\n' };
		for (const wraps of [true, false]) {
			const layout = { wraps, left: 0, sideBySide: false, isPython: true };
			const rows = diffRows(before, after, 60, layout).rows;
			const added = rows.filter((row) => bare(row).includes(" + "));
			expect(rows.some((row) => row.includes("\x1b[35mdef\x1b[39m"))).toBe(true);
			// Inside the string that began two lines before nothing is a keyword.
			expect(added[0]).toContain(`\x1b[32m    return \x1b[39m${addedWord("2")}`);
			expect(added[1]).toContain(`\x1b[35mreturn\x1b[39m ${addedWord("True")}`);
			const uncoloured = diffRows(before, after, 60, { ...layout, isPython: false }).rows;
			expect(rows.map(bare)).toEqual(uncoloured.map(bare));
		}
	});
	test("patches of Python files have its colours, and keep every sign", () => {
		const patch = [
			"--- a/x.py",
			"+++ b/x.py",
			"@@ -1 +1,2 @@",
			"-return 1",
			"+return 2",
			"+x = None",
			" pass",
			"",
		].join("\n");
		const { rows, marks } = patchRows(patch, 30, CUT);
		expect(rows.map((row) => bare(row).trimEnd())).toEqual(
			patch
				.trimEnd()
				.split("\n")
				.map((line) => ` ${line}`),
		);
		expect(marks).toEqual([2]);
		expect(rows[4]).toContain("\x1b[35mreturn\x1b[39m");
		expect(patchRows(patch.replaceAll(".py", ".txt"), 30, CUT).rows[4]).not.toContain("\x1b[35m");
	});
	test("diffs have signs and numbers, one head a hunk, and rows of one width", () => {
		const before = { name: "a", text: "one\ntwo\nthree\n" };
		const after = { name: "b", text: "one\n2\nthree\nfour\n" };
		for (const sideBySide of [false, true]) {
			const { rows, marks } = diffRows(before, after, 60, { ...WRAPPED, sideBySide, isPython: true });
			for (const row of rows) expect(cellWidth(bare(row))).toBe(60);
			expect(marks).toEqual([1]);
			expect(rows.map(bare).join("\n")).toMatch(/- two/);
			expect(rows.map(bare).join("\n")).toMatch(/\+ four/);
		}
		expect(
			bare(diffRows(before, before, 40, { ...WRAPPED, sideBySide: false, isPython: true }).rows[1] ?? ""),
		).toContain("no difference");
	});
});

test("paragraphs are joined, and code, lists and short lines keep their breaks", () => {
	const prose =
		"Given a list of integers sorted in ascending order and a target, return the\nindex of the first one, or -1.\n\nNext.";
	expect(joinProse(prose)).toBe(prose.replace("the\nindex", "the index"));
	for (const text of [
		"short\nline",
		"def f(x):\n    return x",
		"- a list entry that is quite long, longer than fifty\n- next",
	]) {
		expect(joinProse(text)).toBe(text);
	}
});
