import { describe, expect, test } from "vitest";
import { THEMES } from "../../src/store/themes.js";
import { createCellRow, putText } from "../../views/terminal/cell-row.js";
import { createCompositor } from "../../views/terminal/compositor.js";
import { lookFor, themeFor } from "../../views/terminal/look.js";
import { type ColourDepth, indexedRgb, nearestIndexed, paletteOf } from "../../views/terminal/palette.js";
import { THEME_COLOURS } from "../../views/terminal/themes.js";
import { addedLine, addedWord, cursorLine, dim, green, red, removedLine } from "../../views/text/style.js";
import { openInMemory, quiet } from "./screen-in-memory.js";

/** Web Content Accessibility Guidelines 2.2, relative luminance and contrast ratio. */
function luminance(rgb: readonly number[]): number {
	const [r = 0, g = 0, b = 0] = rgb.map((value) => {
		const part = value / 255;
		return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: readonly number[], b: readonly number[]): number {
	const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
	return (high + 0.05) / (low + 0.05);
}

const rgbOf = (digits: string) => [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
const indexed = (digits: string) => indexedRgb(nearestIndexed(digits));

/** Backgrounds that terminals have by default. A theme that paints its own needs to fit no other. */
const BACKGROUNDS = {
	dark: ["000000", "1e1e1e", "282c34", "300a24"],
	light: ["ffffff", "fdf6e3", "eeeeee"],
	"high-contrast": ["000000"],
};
const LEAST = { dark: 4.5, light: 4.5, "high-contrast": 7 };

for (const theme of ["dark", "light", "high-contrast"] as const) {
	const colours = THEME_COLOURS[theme];
	const { text, muted, red, green, yellow, blue, magenta, cyan, grey } = colours;
	const pairs = [
		...[text, muted, red, green, yellow, blue, magenta, cyan, grey].flatMap((front) =>
			[...BACKGROUNDS[theme], colours.cursorLine, colours.addedLine, colours.removedLine].map((back) => ({
				front,
				back,
			})),
		),
		...[colours.addedWord, colours.removedWord].map((back) => ({ front: text, back })),
	];
	test(`every text of the theme ${theme} can be read on every background it has, in true colour and in 256`, () => {
		for (const { front, back } of pairs) {
			const said = `${front} on ${back}`;
			expect(contrast(rgbOf(front), rgbOf(back)), said).toBeGreaterThanOrEqual(LEAST[theme]);
			expect(contrast(indexed(front), indexed(back)), `${said}, 256`).toBeGreaterThanOrEqual(LEAST[theme]);
		}
	});
}

describe("a palette", () => {
	const sgrOf = (text: string, theme: (typeof THEMES)[number], depth: ColourDepth) => {
		const row = createCellRow(1);
		putText(row, 0, 1, text);
		return paletteOf(theme, depth).sgr(row.attributes[0] ?? 0);
	};
	test("gives a colour in as many bits as the terminal has", () => {
		expect(sgrOf(red("x"), "dark", 24)).toBe("\x1b[0;38;2;255;135;135m");
		expect(sgrOf(red("x"), "dark", 8)).toBe("\x1b[0;38;5;210m");
		expect(sgrOf(red("x"), "dark", 4)).toBe("\x1b[0;31m");
		expect(sgrOf(red("x"), "dark", "no colour")).toBe("\x1b[0m");
		expect(sgrOf(red("x"), "dark", "no style")).toBe("");
		expect(sgrOf(red("x"), "none", 24)).toBe("\x1b[0m");
	});
	test("paints its own background under everything where it has one", () => {
		expect(sgrOf("x", "high-contrast", 24)).toBe("\x1b[0;38;2;255;255;255;48;2;0;0;0m");
		expect(sgrOf(green("x"), "high-contrast", 4)).toBe("\x1b[0;97;40;92m");
		const { palette, size } = { palette: paletteOf("high-contrast", 24), size: { columns: 5, rows: 2 } };
		expect(createCompositor(size, { palette, ascii: false }).compose([]).match(/ {5}/g)).toHaveLength(2);
	});
	test("sets the text's colour on lines with a background of their own, which the terminal's text may not be read on", () => {
		expect(sgrOf(cursorLine("x"), "light", 24)).toBe("\x1b[0;38;2;28;28;28;48;2;228;228;228m");
		expect(sgrOf(cursorLine(red("x")), "light", 24)).toBe("\x1b[0;38;2;175;0;0;48;2;228;228;228m");
		expect(sgrOf("x", "light", 24)).toBe("\x1b[0m");
	});
	test("keeps labels quieter than text without making them unreadable", () => {
		expect(sgrOf(dim("x"), "dark", 24)).toBe("\x1b[0;38;2;158;158;158m");
		expect(sgrOf(dim(red("x")), "dark", 24)).toBe(sgrOf(red("x"), "dark", 24));
		expect(sgrOf(dim("x"), "none", 24)).toBe("\x1b[0;2m");
	});
	test("marks words that differ where there are no backgrounds to mark them with", () => {
		expect(sgrOf(addedLine(addedWord("x")), "none", 24)).toBe("\x1b[0;4m");
		expect(sgrOf(addedLine(addedWord("x")), "dark", 4)).toBe("\x1b[0;32;7m");
		expect(sgrOf(removedLine("x"), "dark", 4)).toBe("\x1b[0;31m");
		expect(sgrOf(addedLine(red("x")), "dark", 4)).toBe("\x1b[0;31;32m");
		expect(sgrOf(cursorLine("x"), "dark", 4)).toBe("\x1b[0m");
	});
});

describe("the look of a terminal", () => {
	const wants = { ascii: false, colour: true };
	const depth = (env: Record<string, string>) =>
		lookFor({ TERM: "xterm-256color", LANG: "C.UTF-8", ...env }, wants).depth;
	test("has the colours that TERM, COLORTERM and FORCE_COLOR speak of, and none with NO_COLOR", () => {
		expect(depth({})).toBe(8);
		expect(depth({ COLORTERM: "truecolor" })).toBe(24);
		expect(depth({ TERM: "xterm" })).toBe(4);
		expect(depth({ TERM: "vt100" })).toBe(4);
		expect(depth({ TERM: "dumb" })).toBe("no style");
		expect(depth({ FORCE_COLOR: "3" })).toBe(24);
		expect(depth({ FORCE_COLOR: "0" })).toBe("no colour");
		expect(depth({ NO_COLOR: "1", FORCE_COLOR: "3", COLORTERM: "truecolor" })).toBe("no colour");
		expect(depth({ NO_COLOR: "", CI: "1" })).toBe(8);
		expect(lookFor({ TERM: "xterm" }, { ascii: false, colour: false }).depth).toBe("no colour");
	});
	test("has the theme that was asked for, then the last one, then one for its background", () => {
		expect(themeFor({ ASSAY_THEME: "none" }, "light", "high-contrast")).toBe("light");
		expect(themeFor({ ASSAY_THEME: "none" }, undefined, "high-contrast")).toBe("none");
		expect(themeFor({}, undefined, "high-contrast")).toBe("high-contrast");
		expect(themeFor({ COLORFGBG: "0;15" }, undefined, null)).toBe("light");
		expect(themeFor({ COLORFGBG: "15;default;0" }, undefined, null)).toBe("dark");
		expect(themeFor({}, undefined, null)).toBe("dark");
		expect(() => themeFor({ ASSAY_THEME: "pink" }, undefined, null)).toThrow("there is no theme pink");
	});
});

test("a key goes through the themes, changes no letter, and the choice is kept for the next start", async () => {
	const screen = openInMemory();
	await screen.until((text) => text.includes("two_sum"));
	await quiet(screen);
	const bodies = new Set<string>();
	const seen: string[] = [];
	for (const _ of THEMES) {
		screen.keys("T");
		await screen.until((text) => text.includes(`[${screen.model.ui.getState().theme}]`));
		seen.push(screen.model.ui.getState().theme);
		bodies.add((await screen.lines()).slice(1, -1).join("\n"));
	}
	expect(new Set(seen)).toEqual(new Set(THEMES));
	expect(bodies.size).toBe(1);
	screen.keys("TQ");
	expect((await screen.closed).theme).toBe("light");
});
