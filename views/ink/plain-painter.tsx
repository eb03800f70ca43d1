import { render } from "ink";
import type { Frame } from "../screens/frame.js";
import { asciiCell } from "../terminal/ascii.js";
import { createCellRow, putText } from "../terminal/cell-row.js";
import type { Look } from "../terminal/compositor.js";
import { type Palette, paletteOf } from "../terminal/palette.js";
import { createFakeKeyboard, FakeTerminal } from "./fake-streams.js";
import type { Painter } from "./painter.js";
import { PlainScreen } from "./plain-screen.js";

/** Ink alone: it draws every row, and each frame that differs is written whole. */
export function createPlainPainter(
	write: (bytes: string) => void,
	size: { columns: number; rows: number },
	look: Look,
): Painter {
	const terminal = new FakeTerminal(size.columns, size.rows);
	const instance = render(null, {
		stdout: terminal as unknown as NodeJS.WriteStream,
		stdin: createFakeKeyboard(),
		debug: true,
		interactive: true,
		patchConsole: false,
		exitOnCtrlC: false,
		isScreenReaderEnabled: false,
	});
	let shown = "";
	let clear = true;
	return {
		paint(frame: Frame) {
			terminal.resize(frame.columns, frame.rows);
			instance.rerender(<PlainScreen frame={frame} ascii={look.ascii} />);
			const palette = paletteOf(frame.theme, look.depth);
			const text = terminal.frame.map((row) => shownRow(row, frame.columns, palette, look.ascii)).join("\r\n");
			if (text === shown && !clear) return;
			shown = text;
			write(`\x1b[?2026h${clear ? "\x1b[2J" : ""}\x1b[H${text}\x1b[J\x1b[?2026l`);
			clear = false;
		},
		resize() {
			clear = true;
		},
		invalidate() {
			clear = true;
		},
		dump: () => terminal.frame.map((row) => row.replace(/\x1b\[[0-9;:]*m/g, "").trimEnd()),
		close: () => instance.unmount(),
	};
}

/** A row of Ink's as this terminal shows it. */
function shownRow(row: string, columns: number, palette: Palette, ascii: boolean): string {
	const cells = createCellRow(columns);
	putText(cells, 0, columns, row);
	let out = "";
	let sgr = "";
	cells.chars.forEach((char, x) => {
		const wanted = palette.sgr(cells.attributes[x] ?? 0);
		if (wanted !== sgr) out += wanted;
		sgr = wanted;
		out += ascii ? asciiCell(char) : char;
	});
	return out + palette.reset;
}
