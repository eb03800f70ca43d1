import { type Instance, render } from "ink";
import type { ThemeName } from "../../src/store/themes.js";
import type { DrawnDialog } from "../dialogs/draw-dialog.js";
import type { Frame } from "../screens/frame.js";
import { innerOf } from "../screens/layout.js";
import { type Compositor, createCompositor, type Layer, type Look } from "../terminal/compositor.js";
import { paletteOf } from "../terminal/palette.js";
import { cellWidth } from "../text/cells.js";
import { bold, stripStyle } from "../text/style.js";
import { Chrome, DialogBox } from "./chrome.js";
import { createFakeKeyboard, FakeTerminal } from "./fake-streams.js";
import type { Painter } from "./painter.js";

/**
 * Ink draws borders and dialogs into terminals of their own; all other texts go straight to the compositor. Ink works
 * only for what it has not drawn lately: a walk through the panes costs one drawing each, and none the second time.
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
		const { columns, rows } = frame;
		const panes = frame.panes.map(({ box, focused }) => ({ box, focused }));
		const props = { frame: { columns, rows, panes }, ascii: look.ascii };
		const drawn = chrome.draw(columns, rows, JSON.stringify(props), <Chrome {...props} />);
		return { id: "chrome", x: 0, y: 0, width: columns, height: rows, rows: drawn };
	}

	function dialogLayers(dialog: DrawnDialog): Layer[] {
		const { x, y, width, height } = dialog;
		dialogRoot ??= createInkRoot({ columns: width, rows: height });
		const tree = <DialogBox dialog={dialog} ascii={look.ascii} />;
		const drawn = dialogRoot.draw(width, height, JSON.stringify(dialog), tree);
		const title = ` ${dialog.title} `;
		return [
			{ id: "dialog", x, y, width, height, rows: drawn },
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
	const line = { x: 0, width: columns, height: 1 };
	const layers: Layer[] = [
		{ ...line, id: "header", y: 0, rows: [frame.header] },
		{ ...line, id: "hints", y: frame.rows - 1, rows: [frame.hints] },
	];
	if (frame.info.length > 0) {
		layers.push({ id: "info", x: 0, y: 1, width: columns, height: frame.info.length, rows: frame.info });
	}
	const { notice } = frame;
	if (notice.length > 0) {
		const y = frame.rows - 1 - notice.length;
		layers.push({ id: "notice", x: 0, y, width: columns, height: notice.length, rows: notice });
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

/** Drawings kept by one root; more than a screen has panes. */
const KEPT_DRAWINGS = 16;

interface InkRoot {
	instance: Instance;
	/** The rows of a tree; `key` says all that it shows. */
	draw(columns: number, rows: number, key: string, tree: React.ReactNode): readonly string[];
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
		isScreenReaderEnabled: false,
	});
	const drawings = new Map<string, readonly string[]>();
	return {
		instance,
		draw(columns, rows, key, tree) {
			const known = drawings.get(key);
			if (known) return known;
			terminal.resize(columns, rows);
			instance.rerender(tree);
			drawings.set(key, terminal.frame);
			const [oldest] = drawings.keys();
			if (drawings.size > KEPT_DRAWINGS && oldest !== undefined) drawings.delete(oldest);
			return terminal.frame;
		},
	};
}
