/** Alternate screen, no cursor, no wrapping at the right edge, pasted text marked, cleared. */
export const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h\x1b[0m\x1b[2J\x1b[H";
/** Presses and the wheel are reported, in a form that has no largest column; movements are not. */
const MOUSE_ON = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF = "\x1b[?1006l\x1b[?1000l";
/** Everything as it was; ends an unfinished frame first. Mouse reports too, whoever asked for them. */
export const LEAVE =
	"\x1b[?2026l\x1b[0m\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l";

/** The lines that are there stay, and so do the cursor and the end of a line: a screen reader follows them. */
const ENTER_LINES = "\x1b[?2004h";
const LEAVE_LINES = "\x1b[0m\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?2004l";

/** The part of a terminal that is changed while the screens have it. */
export interface TerminalModes {
	/** Keys come one by one and unseen; the alternate screen shows `first`. */
	enter(first?: string): void;
	/** Whether the mouse is reported; it stays so when the terminal is entered again. Off, it selects text. */
	mouse(on: boolean): void;
	/** Once only: leaving twice would put the cursor back to where it was, over what has been written since. */
	leave(): void;
}

export function createTerminalModes(
	input: { isRaw: boolean; setRawMode(raw: boolean): unknown },
	output: { write(text: string): unknown },
	/** For a screen reader: lines below each other, on the screen that is there. */
	isSpoken = false,
): TerminalModes {
	let entered = false;
	let hasMouse = false;
	return {
		enter(first = "") {
			entered = true;
			// After a stop the shell has changed what the runtime believes to be set.
			if (input.isRaw) input.setRawMode(false);
			input.setRawMode(true);
			output.write((isSpoken ? ENTER_LINES : ENTER) + (hasMouse ? MOUSE_ON : "") + first);
		},
		mouse(on) {
			if (on === hasMouse) return;
			hasMouse = on;
			if (entered) output.write(on ? MOUSE_ON : MOUSE_OFF);
		},
		leave() {
			if (!entered) return;
			entered = false;
			output.write(isSpoken ? LEAVE_LINES : LEAVE);
			try {
				input.setRawMode(false);
			} catch {
				// A terminal that has gone has no modes to give back.
			}
		},
	};
}

/** Asked for by flag, or by the variable that Ink knows. */
export function wantsScreenReader(flag: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
	return flag || env.INK_SCREEN_READER === "true";
}

/** What is there before the program is loaded: the header and a word on an empty screen, or a line. */
export function firstText({ columns, rows }: { columns: number; rows: number }, isSpoken: boolean): string {
	return isSpoken ? "assay is starting\r\n" : skeleton(columns || 80, rows || 24);
}

function skeleton(columns: number, rows: number): string {
	const head = " Tasks";
	const foot = " starting";
	return `${head.slice(0, columns)}\x1b[${rows};1H${foot.slice(0, columns)}`;
}
