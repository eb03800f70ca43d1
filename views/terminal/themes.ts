import type { ThemeName } from "../../src/store/themes.js";

/**
 * What each colour of `views/text/style.ts` says, as the six digits of its red, green and blue. The names are those of the
 * sixteen colours every terminal has; what a theme makes of them can be read on all of its backgrounds.
 */
export interface ThemeColours {
	/** Painted behind everything; null leaves the terminal's own background and text colour. */
	background: string | null;
	text: string;
	/** Labels, hints, what is not the point. */
	muted: string;
	/** Failed, removed. */
	red: string;
	/** Passed, added; strings in code. */
	green: string;
	/** Limits, warnings; names that are defined in code. */
	yellow: string;
	/** Constants in code. */
	blue: string;
	/** Crashed; keywords in code. */
	magenta: string;
	/** Where one is, what goes on; numbers in code. */
	cyan: string;
	/** Comments in code. */
	grey: string;
	cursorLine: string;
	addedLine: string;
	removedLine: string;
	addedWord: string;
	removedWord: string;
}

export const THEME_COLOURS: Readonly<Record<Exclude<ThemeName, "none">, ThemeColours>> = {
	dark: {
		background: null,
		text: "e4e4e4",
		muted: "9e9e9e",
		red: "ff8787",
		green: "87d787",
		yellow: "d7d787",
		blue: "87afff",
		magenta: "d7afff",
		cyan: "5fd7d7",
		grey: "a8a8a8",
		cursorLine: "303030",
		addedLine: "0f3d1a",
		removedLine: "4a1518",
		addedWord: "005f00",
		removedWord: "870000",
	},
	light: {
		background: null,
		text: "1c1c1c",
		muted: "5f5f5f",
		red: "af0000",
		green: "005f00",
		yellow: "6b4e00",
		blue: "005faf",
		magenta: "8700af",
		cyan: "005f6b",
		grey: "585858",
		cursorLine: "e4e4e4",
		addedLine: "d7ffd7",
		removedLine: "ffdfdf",
		addedWord: "afffaf",
		removedWord: "ffafaf",
	},
	"high-contrast": {
		background: "000000",
		text: "ffffff",
		muted: "e0e0e0",
		red: "ffb0b0",
		green: "5fff5f",
		yellow: "ffff5f",
		blue: "afd7ff",
		magenta: "ffb8ff",
		cyan: "5fffff",
		grey: "e0e0e0",
		cursorLine: "262640",
		addedLine: "003300",
		removedLine: "4a0000",
		addedWord: "005000",
		removedWord: "700000",
	},
};
