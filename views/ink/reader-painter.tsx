import { Box, type BoxProps, render, Text } from "ink";
import { createAnnouncer } from "../reader/announce.js";
import type { SpokenLine, SpokenPage } from "../reader/page.js";
import { asciiCell } from "../terminal/ascii.js";
import { wrapText } from "../text/wrap.js";
import { createFakeKeyboard, FakeTerminal } from "./fake-streams.js";
import type { Painter } from "./painter.js";

/** Wider than any line: they are broken afterwards, between words. */
const COLUMNS = 10_000;

/**
 * For screen readers: lines of words below each other, never written over. Ink alone would write its whole frame again
 * at each change; here it makes lines, with the roles and states that readers know, only of what is news.
 */
export function createReaderPainter(
	write: (text: string) => void,
	{ ascii, columns }: { ascii: boolean; columns: () => number },
): Painter<SpokenPage> {
	const terminal = new FakeTerminal(COLUMNS, 24);
	const instance = render(null, {
		stdout: terminal as unknown as NodeJS.WriteStream,
		stdin: createFakeKeyboard(),
		debug: true,
		interactive: true,
		patchConsole: false,
		exitOnCtrlC: false,
		isScreenReaderEnabled: true,
	});
	const announcer = createAnnouncer();
	let said: readonly string[] = [];
	return {
		paint(page) {
			const lines = announcer.next(page);
			if (lines.length === 0) return;
			instance.rerender(<Announcement lines={lines} />);
			const rows = terminal.frame.flatMap((row) => wrapText(row, columns()));
			said = ascii ? rows.map((row) => [...row].map(asciiCell).join("")) : rows;
			write(`${said.join("\r\n")}\r\n`);
		},
		// Lines stay as they were written.
		resize: () => {},
		invalidate: announcer.forget,
		dump: () => [...said],
		close: () => instance.unmount(),
	};
}

const ROLES: Partial<Record<SpokenLine["kind"], Pick<BoxProps, "aria-role">>> = {
	place: { "aria-role": "tab" },
	typed: { "aria-role": "textbox" },
};

function Announcement({ lines }: { lines: readonly SpokenLine[] }) {
	return (
		<Box flexDirection="column">
			{lines.map(({ kind, text, isSelected }, i) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
				<Box key={i} {...ROLES[kind]} aria-state={{ selected: isSelected }}>
					<Text>{text}</Text>
				</Box>
			))}
		</Box>
	);
}
