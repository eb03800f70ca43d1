import xterm from "@xterm/headless";
import { onTestFinished } from "vitest";
import type { Workbench } from "../../src/app/workbench.js";
import type { OutsideProgram } from "../../src/lib/outside-program.js";
import type { SavedView } from "../../src/store/saved-view.js";
import type { ThemeName } from "../../src/store/themes.js";
import type { ScreenId } from "../../views/model/state.js";
import { type OpenScreens, openScreens, type TerminalPort } from "../../views/open-screens.js";
import type { Clipboard } from "../../views/terminal/clipboard.js";
import type { Look } from "../../views/terminal/compositor.js";
import { systemTimers, type Timers } from "../../views/terminal/frame-clock.js";
import { createTerminalModes } from "../../views/terminal/modes.js";
import { createFakeWorkbench } from "./fake-workbench.js";

const DEADLINE_MS = 10_000;

export interface ScreenInMemory extends OpenScreens {
	/** The lines that a terminal shows after everything that was written. */
	lines(): Promise<string[]>;
	text(): Promise<string>;
	keys(text: string): void;
	resize(columns: number, rows: number): void;
	/** Of each match on the screen: the colour of its first character; -1 for that of the terminal. */
	coloursOf(pattern: RegExp): Promise<number[]>;
	until(accepts: (text: string) => boolean): Promise<string>;
	/** Everything written, ENTER included. */
	written(): string;
	bytes(): number;
	/** Whether the terminal is in the alternate screen. */
	isAlternate(): Promise<boolean>;
	rawModes: boolean[];
	/** What was handed to an editor or a pager. */
	outside: OutsideProgram[];
	abort(): void;
}

export interface ScreenOptions {
	columns?: number;
	rows?: number;
	workbench?: Workbench;
	look?: Partial<Look>;
	theme?: ThemeName;
	compositor?: boolean;
	clipboard?: Clipboard;
	lastView?: SavedView;
	/** What would be written to a file. */
	onSave?: (text: string) => void;
	screen?: ScreenId;
	ranking?: string;
	timers?: Timers;
	reducedMotion?: boolean;
	screenReader?: boolean;
}

/** The screens on a headless terminal, until the end of the test. */
export function openInMemory(options: ScreenOptions = {}): ScreenInMemory {
	let columns = options.columns ?? 80;
	let rows = options.rows ?? 24;
	const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
	let out = "";
	let press: (text: string) => void = () => {};
	let resized: () => void = () => {};
	const rawModes: boolean[] = [];
	const input = {
		isRaw: false,
		setRawMode(raw: boolean) {
			input.isRaw = raw;
			rawModes.push(raw);
		},
	};
	const modes = createTerminalModes(input, { write: (text) => port.write(text) }, options.screenReader);
	const port: TerminalPort = {
		columns: () => columns,
		rows: () => rows,
		write(text) {
			out += text;
			terminal.write(text);
			return true;
		},
		onDrain: () => {},
		onKeys: (call) => {
			press = call;
		},
		onResize: (call) => {
			resized = call;
		},
		enter: () => modes.enter(),
		mouse: (on) => modes.mouse(on),
		leave: () => modes.leave(),
		onStop: () => {},
		suspend: () => {},
		onContinue: () => {},
		close: () => {},
	};
	port.enter();
	const controller = new AbortController();
	const outside: OutsideProgram[] = [];
	const screens = openScreens({
		workbench: options.workbench ?? createFakeWorkbench(),
		terminal: port,
		look: { depth: 24, ascii: false, ...options.look },
		theme: options.theme ?? "dark",
		compositor: options.compositor ?? true,
		signal: controller.signal,
		timers: options.timers ?? systemTimers,
		screenReader: options.screenReader ?? false,
		reducedMotion: options.reducedMotion ?? false,
		clock: () => "2026-11-21T09:30:00.000Z",
		clipboard: options.clipboard ?? "osc52",
		lastView: options.lastView ?? null,
		screen: options.screen ?? null,
		...(options.ranking === undefined ? {} : { ranking: options.ranking }),
		runOutside: (program) => {
			outside.push(program);
			return Promise.resolve({
				command: `a-program ${"path" in program.text ? program.text.path : program.text.name}`,
				problem: null,
				changed: false,
			});
		},
		saveText(name, text) {
			options.onSave?.(text);
			return Promise.resolve(`artifacts/${name}.txt`);
		},
	});
	onTestFinished(() => controller.abort());
	const settled = () => new Promise<void>((done) => terminal.write("", done));
	const lines = async () => {
		await settled();
		const { active } = terminal.buffer;
		return Array.from(
			{ length: rows },
			(_, y) =>
				active
					.getLine(active.viewportY + y)
					?.translateToString(true)
					.trimEnd() ?? "",
		);
	};
	const text = async () => (await lines()).join("\n");
	return {
		...screens,
		lines,
		text,
		keys: (keys) => press(keys),
		resize(nextColumns, nextRows) {
			columns = nextColumns;
			rows = nextRows;
			terminal.resize(columns, rows);
			resized();
		},
		async coloursOf(pattern) {
			await settled();
			return (await lines()).flatMap((line, row) => {
				const found = pattern.exec(line);
				const cell = found && terminal.buffer.active.getLine(row)?.getCell(found.index);
				return cell ? [cell.isFgDefault() ? -1 : cell.getFgColor()] : [];
			});
		},
		async until(accepts) {
			const deadline = performance.now() + DEADLINE_MS;
			for (;;) {
				const shown = await text();
				if (accepts(shown)) return shown;
				if (performance.now() > deadline) throw new Error(`the screen never got there:\n${shown}`);
				await new Promise((next) => setImmediate(next));
			}
		},
		written: () => out,
		bytes: () => Buffer.byteLength(out),
		isAlternate: async () => {
			await settled();
			return terminal.buffer.active.type === "alternate";
		},
		rawModes,
		outside,
		abort: () => controller.abort(),
	};
}

/** Settles when nothing has been written for some turns of the event loop. */
export async function quiet(screen: ScreenInMemory): Promise<void> {
	const deadline = performance.now() + DEADLINE_MS;
	let before = -1;
	let still = 0;
	let since = performance.now();
	while (performance.now() < deadline) {
		const now = screen.bytes();
		if (now !== before) since = performance.now();
		still = now === before ? still + 1 : 0;
		before = now;
		// More turns than a frame takes.
		if (still > 20 && performance.now() - since > 60) return;
		await new Promise((next) => setImmediate(next));
	}
	throw new Error("the screen never came to rest");
}
