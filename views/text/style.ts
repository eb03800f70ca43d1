/** Styles as SGR codes around text that `toCells` made safe. The compositor drops colours where they are not wanted. */
const ESC = "\x1b[";
const around = (on: string, off: string) => (text: string) => (text === "" ? "" : `${ESC}${on}m${text}${ESC}${off}m`);

export const bold = around("1", "22");
export const dim = around("2", "22");
export const inverse = around("7", "27");
export const red = around("31", "39");
export const green = around("32", "39");
export const yellow = around("33", "39");
export const blue = around("34", "39");
export const magenta = around("35", "39");
export const cyan = around("36", "39");
export const grey = around("90", "39");
/** The line the cursor is on; always drawn with a mark too. */
export const cursorLine = around("48;5;237", "49");
export const addedLine = around("48;5;22", "49");
export const removedLine = around("48;5;52", "49");
export const addedWord = around("48;5;28", "48;5;22");
export const removedWord = around("48;5;88", "48;5;52");

export type Paint = (text: string) => string;
export const plain: Paint = (text) => text;
