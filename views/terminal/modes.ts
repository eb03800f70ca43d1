/** Alternate screen, no cursor, no wrapping at the right edge, pasted text marked, cleared. */
export const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h\x1b[0m\x1b[2J\x1b[H";
/** Everything as it was; ends an unfinished frame first. Harmless when sent twice. */
export const LEAVE = "\x1b[?2026l\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l";

/** What is there before the program is loaded: the header and a word. */
export function skeleton(columns: number, rows: number): string {
	const head = " Tasks";
	const foot = " starting";
	return `${ENTER}${head.slice(0, columns)}\x1b[${rows};1H${foot.slice(0, columns)}`;
}
