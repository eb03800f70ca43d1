import type { ThemeName } from "../../src/store/themes.js";
import { BACKGROUND_SLOTS } from "../text/style.js";
import { type Style, styleOf } from "./cell-row.js";
import { THEME_COLOURS, type ThemeColours } from "./themes.js";

/** What a terminal can show: no style at all, no colours, or colours of so many bits. */
export type ColourDepth = "no style" | "no colour" | 4 | 8 | 24;

/** Turns what texts ask for into what this terminal shows under this theme. */
export interface Palette {
	/** The sequence that sets exactly this attribute; equal for attributes that look the same. */
	sgr(attribute: number): string;
	/** The sequence that ends a frame; "" where none was begun. */
	readonly reset: string;
	/** Blank cells have a colour too, which clearing the screen does not give them everywhere. */
	readonly fillsBackground: boolean;
}

/** Codes by slot: what stands after `38;5;` or `48;5;` in a text. */
interface Codes {
	base: string;
	muted: string;
	/** Of text without a colour of its own on a line that has a background: the terminal's own text may not be read on it. */
	onLine: string;
	foreground(slot: number): string;
	background(slot: number): string;
}

export function paletteOf(theme: ThemeName, depth: ColourDepth): Palette {
	if (depth === "no style") return { sgr: () => "", reset: "", fillsBackground: false };
	const codes = codesOf(theme, depth);
	const known = new Map<number, string>();
	return {
		reset: "\x1b[0m",
		fillsBackground: codes.base !== "",
		sgr(attribute) {
			let sequence = known.get(attribute);
			if (sequence === undefined) {
				sequence = `\x1b[0${sgrCodes(styleOf(attribute), codes)}m`;
				known.set(attribute, sequence);
			}
			return sequence;
		},
	};
}

function codesOf(theme: ThemeName, depth: "no colour" | 4 | 8 | 24): Codes {
	if (theme === "none" || depth === "no colour") return NO_COLOUR;
	return depth === 4 ? sixteenColours(THEME_COLOURS[theme]) : fullColours(THEME_COLOURS[theme], depth);
}

function sgrCodes(style: Style, codes: Codes): string {
	const isMuted = style.dim && style.foreground === null;
	return [
		codes.base,
		style.bold ? "1" : "",
		style.italic ? "3" : "",
		style.underline ? "4" : "",
		style.inverse ? "7" : "",
		isMuted ? codes.muted : "",
		style.background !== null && style.foreground === null && !isMuted ? codes.onLine : "",
		style.foreground === null ? "" : codes.foreground(style.foreground),
		// Last: where a line of a diff has a text colour for want of backgrounds, it is that of the line.
		style.background === null ? "" : codes.background(style.background),
	]
		.filter((code) => code !== "")
		.map((code) => `;${code}`)
		.join("");
}

const FOREGROUND_NAMES: readonly (keyof ThemeColours | null)[] = [
	null,
	"red",
	"green",
	"yellow",
	"blue",
	"magenta",
	"cyan",
	null,
	"grey",
];

/** Where colours are off the words that differ stay marked: lines have their signs. */
const NO_COLOUR: Codes = {
	base: "",
	muted: "2",
	onLine: "",
	foreground: () => "",
	background: (slot) => (slot === BACKGROUND_SLOTS.addedWord || slot === BACKGROUND_SLOTS.removedWord ? "4" : ""),
};

/** Sixteen colours hold no quiet backgrounds: lines get a text colour instead, and the cursor's line has its mark. */
function sixteenColours({ background }: ThemeColours): Codes {
	const lines: Readonly<Record<number, string>> = {
		[BACKGROUND_SLOTS.addedLine]: "32",
		[BACKGROUND_SLOTS.removedLine]: "31",
		[BACKGROUND_SLOTS.addedWord]: "32;7",
		[BACKGROUND_SLOTS.removedWord]: "31;7",
	};
	const isBright = background !== null;
	return {
		base: isBright ? "97;40" : "",
		muted: isBright ? "37" : "2",
		onLine: "",
		foreground: (slot) => (slot === 8 ? (isBright ? "37" : "90") : slot < 8 ? String((isBright ? 90 : 30) + slot) : ""),
		background: (slot) => lines[slot] ?? "",
	};
}

function fullColours(colours: ThemeColours, depth: 8 | 24): Codes {
	const code = (kind: 38 | 48, digits: string) =>
		depth === 24 ? `${kind};2;${rgbOf(digits).join(";")}` : `${kind};5;${nearestIndexed(digits)}`;
	const names = new Map<number, keyof typeof BACKGROUND_SLOTS>();
	for (const name of ["cursorLine", "addedLine", "removedLine", "addedWord", "removedWord"] as const)
		names.set(BACKGROUND_SLOTS[name], name);
	return {
		base: colours.background === null ? "" : `${code(38, colours.text)};${code(48, colours.background)}`,
		muted: code(38, colours.muted),
		onLine: code(38, colours.text),
		foreground(slot) {
			const name = FOREGROUND_NAMES[slot] ?? null;
			const digits = name === null ? null : colours[name];
			return digits === null ? "" : code(38, digits);
		},
		background(slot) {
			const name = names.get(slot);
			return name === undefined ? "" : code(48, colours[name]);
		},
	};
}

function rgbOf(digits: string): [number, number, number] {
	const part = (at: number) => Number.parseInt(digits.slice(at, at + 2), 16);
	return [part(0), part(2), part(4)];
}

const CUBE = [0, 95, 135, 175, 215, 255];

/** The nearest of the 216 colours and 24 greys that are the same on every terminal. */
export function nearestIndexed(digits: string): number {
	const wanted = rgbOf(digits);
	let best = 16;
	let least = Number.POSITIVE_INFINITY;
	for (let index = 16; index < 256; index++) {
		const shown = indexedRgb(index);
		const distance = wanted.reduce((sum, value, i) => sum + (value - (shown[i] ?? 0)) ** 2, 0);
		if (distance < least) {
			least = distance;
			best = index;
		}
	}
	return best;
}

/** Red, green and blue of the indexed colours from 16 on, as every terminal has them. */
export function indexedRgb(index: number): [number, number, number] {
	if (index >= 232) {
		const grey = 8 + 10 * (index - 232);
		return [grey, grey, grey];
	}
	const cube = index - 16;
	const level = (value: number) => CUBE[value % 6] ?? 0;
	return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6)), level(cube)];
}
