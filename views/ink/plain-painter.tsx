import { render } from "ink";
import type { Frame } from "../screens/frame.js";
import { toAscii } from "../terminal/ascii.js";
import type { Look } from "../terminal/compositor.js";
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
	});
	let shown = "";
	let clear = true;
	return {
		paint(frame: Frame) {
			terminal.resize(frame.columns, frame.rows);
			instance.rerender(<PlainScreen frame={frame} ascii={look.ascii} />);
			const text = terminal.frame.map((row) => styled(row, look)).join("\x1b[K\r\n");
			if (text === shown && !clear) return;
			shown = text;
			write(`\x1b[?2026h${clear ? "\x1b[2J" : ""}\x1b[H${text}\x1b[K\x1b[J\x1b[?2026l`);
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

const COLOUR_CODES = /^(3[0-9]|4[0-9]|9[0-7]|10[0-7])$/;

/** Takes away what the terminal or the user does not want. */
function styled(row: string, look: Look): string {
	let out = row;
	if (look.style !== "colour") {
		out = out.replace(/\x1b\[([0-9;:]*)m/g, (_, codes: string) =>
			look.style === "none" || COLOUR_CODES.test(codes.split(/[;:]/)[0] ?? "") ? "" : `\x1b[${codes}m`,
		);
	}
	if (look.ascii) out = out.replace(/[^\x00-\x7f]/gu, toAscii);
	return out;
}
