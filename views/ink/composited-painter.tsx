import { type Instance, render } from "ink";
import type { ThemeName } from "../../src/store/themes.js";
import type { DrawnDialog } from "../dialogs/draw-dialog.js";
import type { Frame } from "../screens/frame.js";
import { innerOf } from "../screens/layout.js";
import { type Compositor, createCompositor, type Layer, type Look } from "../terminal/compositor.js";
import { paletteOf } from "../terminal/palette.js";
import { cellWidth } from "../text/cells.js";
import { bold } from "../text/style.js";
import { Chrome, DialogBox } from "./chrome.js";
import { createFakeKeyboard, FakeTerminal } from "./fake-streams.js";
import type { Painter } from "./painter.js";

/**
 * Ink draws borders, hints and dialogs into terminals of their own; the texts of the panes go straight to the
 * compositor. Ink works only when what it draws has changed.
 */
export function createCompositedPainter(
	write: (bytes: string) => void,
	size: { columns: number; rows: number },
	look: Look,
): Painter & { readonly compositor: Compositor } {
	let theme: ThemeName = "dark";
	const compositor = createCompositor(size, { palette: paletteOf(theme, look.depth), ascii: look.ascii });
	const chrome = createInkRoot(size);
	let dialogRoot: InkRoot | null = null;

	function chromeLayer(frame: Frame): Layer {
		const { columns, rows, tooSmall, hints } = frame;
		const panes = frame.panes.map(({ box, focused }) => ({ box, focused }));
		const props = { frame: { columns, rows, tooSmall, hints, panes }, ascii: look.ascii };
		chrome.show(columns, rows, JSON.stringify(props), <Chrome {...props} />);
		return { id: "chrome", x: 0, y: 0, width: columns, height: rows, rows: chrome.terminal.frame };
	}

	function dialogLayers(dialog: DrawnDialog): Layer[] {
		const { x, y, width, height } = dialog;
		dialogRoot ??= createInkRoot({ columns: width, rows: height });
		dialogRoot.show(width, height, JSON.stringify(dialog), <DialogBox dialog={dialog} ascii={look.ascii} />);
		const title = ` ${dialog.title} `;
		return [
			{ id: "dialog", x, y, width, height, rows: dialogRoot.terminal.frame },
			{ id: "dialog title", x: x + 2, y, width: Math.min(cellWidth(title), width - 4), height: 1, rows: [bold(title)] },
		];
	}

	return {
		compositor,
		paint(frame) {
			if (frame.theme !== theme) {
				theme = frame.theme;
				compositor.repaint(paletteOf(theme, look.depth));
			}
			const bytes = compositor.compose(
				frame.tooSmall === null
					? [chromeLayer(frame), ...textLayers(frame), ...(frame.dialog ? dialogLayers(frame.dialog) : [])]
					: [{ id: "too small", x: 0, y: 0, width: frame.columns, height: 1, rows: [frame.tooSmall] }],
			);
			if (bytes !== "") write(bytes);
		},
		resize: (columns, rows) => compositor.resize(columns, rows),
		invalidate: () => compositor.invalidate(),
		dump: () => compositor.dump(),
		close() {
			chrome.instance.unmount();
			dialogRoot?.instance.unmount();
		},
	};
}

function textLayers(frame: Frame): Layer[] {
	const { columns } = frame;
	const layers: Layer[] = [{ id: "header", x: 0, y: 0, width: columns, height: 1, rows: [frame.header] }];
	if (frame.info.length > 0) {
		layers.push({ id: "info", x: 0, y: 1, width: columns, height: frame.info.length, rows: frame.info });
	}
	for (const { box, title, rows } of frame.panes) {
		const inset = box.bordered ? 2 : 0;
		const titleCells = box.bordered ? Math.min(cellWidth(stripStyle(title)), box.width - 4) : box.width;
		layers.push(
			{ id: `${box.id} title`, x: box.x + inset, y: box.y, width: titleCells, height: 1, rows: [title] },
			{ id: box.id, ...innerOf(box), rows },
		);
	}
	return layers;
}

const stripStyle = (text: string) => text.replace(/\x1b\[[0-9;]*m/g, "");

interface InkRoot {
	terminal: FakeTerminal;
	instance: Instance;
	show(columns: number, rows: number, key: string, tree: React.ReactNode): void;
}

/** A rerender of Ink is over when it returns: the frame is in the fake terminal then. */
function createInkRoot(size: { columns: number; rows: number }): InkRoot {
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
	return {
		terminal,
		instance,
		show(columns, rows, key, tree) {
			if (key === shown) return;
			shown = key;
			terminal.resize(columns, rows);
			instance.rerender(tree);
		},
	};
}
