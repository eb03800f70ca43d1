/**
 * Styles as SGR codes around text that `toCells` made safe. Colours are names, not yet colours: the palette of the theme
 * gives each the one that the terminal gets.
 */
const ESC = "\x1b[";
const around = (on: string, off: string) => (text: string) => (text === "" ? "" : `${ESC}${on}m${text}${ESC}${off}m`);

export const bold = around("1", "22");
export const dim = around("2", "22");
export const underline = around("4", "24");
export const inverse = around("7", "27");
export const red = around("31", "39");
export const green = around("32", "39");
export const yellow = around("33", "39");
export const blue = around("34", "39");
export const magenta = around("35", "39");
export const cyan = around("36", "39");
export const grey = around("90", "39");

/** Numbers that stand for backgrounds on the way to the palette. */
export const BACKGROUND_SLOTS = {
	cursorLine: 16,
	addedLine: 17,
	removedLine: 18,
	addedWord: 19,
	removedWord: 20,
} as const;
const behind = (slot: keyof typeof BACKGROUND_SLOTS) => `48;5;${BACKGROUND_SLOTS[slot]}`;
/** The line the cursor is on; always drawn with a mark too. */
export const cursorLine = around(behind("cursorLine"), "49");
export const isCursorLine = (row: string) => row.startsWith(`${ESC}${behind("cursorLine")}m`);
export const addedLine = around(behind("addedLine"), "49");
export const removedLine = around(behind("removedLine"), "49");
export const addedWord = around(behind("addedWord"), behind("addedLine"));
export const removedWord = around(behind("removedWord"), behind("removedLine"));

export type Paint = (text: string) => string;
export const plain: Paint = (text) => text;

/** The text alone. */
export const stripStyle = (text: string) => text.replace(/\x1b\[[0-9;]*m/g, "");
