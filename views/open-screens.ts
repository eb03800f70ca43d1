import type { Workbench } from "../src/app/workbench.js";
import type { OutsideProgram, OutsideResult } from "../src/lib/outside-program.js";
import type { SavedView } from "../src/store/saved-view.js";
import type { ThemeName } from "../src/store/themes.js";
import { createCompositedPainter } from "./ink/composited-painter.js";
import type { Painter } from "./ink/painter.js";
import { createPlainPainter } from "./ink/plain-painter.js";
import { createReaderPainter } from "./ink/reader-painter.js";
import { dispatch } from "./keys/dispatch.js";
import { openRecorded } from "./model/energy-recorded.js";
import { noteFault } from "./model/faults.js";
import { createModel, type Model, tell, tellError } from "./model/model.js";
import { fadeNotes } from "./model/notices.js";
import { hasLiveRun, loadModels } from "./model/run-actions.js";
import { followRuns } from "./model/runs-actions.js";
import type { ScreenId } from "./model/state.js";
import { loadTasks } from "./model/task-actions.js";
import { loadTaskResults } from "./model/task-results.js";
import { restoreCursor, restoreList, restoreRun, takeView } from "./model/view-memory.js";
import { drawPage } from "./reader/page.js";
import { drawFrame } from "./screens/frame.js";
import { screenOf } from "./screens/screens.js";
import { type Clipboard, clipboardSequence } from "./terminal/clipboard.js";
import type { Look } from "./terminal/compositor.js";
import { createFrameClock, systemTimers, type Timers } from "./terminal/frame-clock.js";
import { createKeyReader } from "./terminal/keys.js";

const FRAMES_PER_SECOND = 60;
/** Plain Ink draws everything for every frame. */
const PLAIN_FRAMES_PER_SECOND = 20;
/** For people whom movement disturbs. Keys are answered at once all the same. */
const CALM_FRAMES_PER_SECOND = 4;
/** Nobody can listen faster. */
const SPOKEN_FRAMES_PER_SECOND = 2;
const ONE_PANE_COLUMNS = 80;
/** Fewer rows than would bring the strip of messages, which are read out anyway. */
const PAGE_ROWS = { least: 15, most: 29 };

const PRESS_WORDS = { paste: "pasted text", mouse: "the mouse" } as const;

/** The part of a terminal that the screens use; tests pass one in memory. */
export interface TerminalPort {
	columns(): number;
	rows(): number;
	/** false: the terminal cannot take more until `onDrain` calls. */
	write(text: string): boolean;
	onDrain(call: () => void): void;
	onKeys(call: (text: string) => void): void;
	onResize(call: () => void): void;
	/** Takes the terminal: keys unseen, an empty alternate screen. */
	enter(): void;
	/** Reports the mouse, or leaves it to the terminal, which selects text with it. */
	mouse(on: boolean): void;
	/** Gives it back as it was. */
	leave(): void;
	/** Stops the process, as a shell stops a job. */
	suspend(): void;
	/** Others ask the process to stop. */
	onStop(call: () => void): void;
	/** The process goes on after it was stopped, by us or by others. */
	onContinue(call: () => void): void;
	close(): void;
}

export interface ScreenOptions {
	workbench: Workbench;
	terminal: TerminalPort;
	look: Look;
	theme: ThemeName;
	compositor: boolean;
	/** Lines of words for screen readers, in place of a picture that is painted over. */
	screenReader?: boolean;
	/** What changes by itself changes a few times a second only. */
	reducedMotion?: boolean;
	/** Ends the screens, for instance when the process is told to end. */
	signal: AbortSignal;
	timers?: Timers;
	clock?: () => string;
	clipboard: Clipboard;
	/** Where the screens were left the last time. */
	lastView?: SavedView | null;
	/** The screen to start on, instead of the last one. */
	screen?: ScreenId | null;
	/** A file of `assay rank --out` that the screen of energies opens with. */
	ranking?: string | null;
	runOutside(program: OutsideProgram): Promise<OutsideResult>;
	/** Writes a text under a new name that starts with `name`, and resolves to where it is. */
	saveText(name: string, text: string): Promise<string>;
}

export interface OpenScreens {
	model: Model;
	/** Resolves when the user quits or the signal fires, to where the screens were left; the terminal is as it was then. */
	closed: Promise<SavedView>;
}

/** The workbench on a terminal that has been entered already. Nothing is written while nothing changes. */
export function openScreens(options: ScreenOptions): OpenScreens {
	const { workbench, terminal, signal } = options;
	const timers = options.timers ?? systemTimers;
	const ended = new AbortController();
	const isSpoken = options.screenReader === true;
	const sizeNow = () => sizeOf(terminal, isSpoken);
	const size = sizeNow();
	let blocked = false;
	let suspended = false;
	const write = (bytes: string) => {
		blocked = !terminal.write(bytes);
	};
	const display = isSpoken ? spokenDisplay(write, options) : drawnDisplay(write, size, options);
	/** Resolves when a page of tasks is on the screen, or what there is. */
	const { promise: firstPage, resolve: pageShown } = Promise.withResolvers<void>();
	const paint = () => {
		// A slow terminal gets the newest state when it is ready, not every state in between.
		if (blocked || suspended) return;
		display.paint(model);
		if (model.tasks.total >= model.ui.getState().rows || model.ui.getState().tasks !== "reading") pageShown();
	};
	const frames = createFrameClock(paint, timers, framesPerSecond(options));
	const model = createModel({
		workbench,
		...size,
		timers,
		look: options.look,
		isSpoken,
		signal: ended.signal,
		...(options.clock ? { clock: options.clock } : {}),
		changed: frames.schedule,
	});

	const keys = createKeyReader((press) => {
		frames.urgent();
		try {
			dispatch(model, press);
		} catch (error) {
			noteFault(model, press.kind === "key" ? `the key ${press.name}` : PRESS_WORDS[press.kind], error);
		}
	}, timers.after);
	terminal.onKeys(keys.feed);
	terminal.onDrain(() => {
		blocked = false;
		frames.schedule();
	});
	const follow = () => {
		const next = sizeNow();
		display.resize(next.columns, next.rows);
		model.ui.setState(next);
	};
	terminal.onResize(follow);
	/** Another program has the terminal. */
	let lent = false;
	const leave = () => {
		suspended = true;
		terminal.leave();
	};
	const enter = () => {
		suspended = false;
		terminal.enter();
		follow();
		display.invalidate();
		frames.urgent();
	};
	terminal.onStop(() => model.terminal.suspend());
	terminal.onContinue(() => {
		if (!lent) enter();
	});
	model.ui.setState({ theme: options.theme });
	const stopFading = fadeNotes(model);
	model.ui.subscribe(({ mouse }) => terminal.mouse(mouse));

	const closed = new Promise<SavedView>((resolve) => {
		const close = () => {
			if (ended.signal.aborted) return;
			ended.abort();
			frames.stop();
			stopFading();
			keys.close();
			model.ui.getState().run?.replay?.close();
			display.close();
			terminal.leave();
			terminal.close();
			resolve(takeView(model));
		};
		model.terminal = {
			quit: close,
			redraw() {
				display.invalidate();
				frames.urgent();
			},
			suspend() {
				if (!lent) leave();
				terminal.suspend();
			},
			saveText: options.saveText,
			async runOutside(program) {
				leave();
				lent = true;
				try {
					return await options.runOutside(program);
				} finally {
					lent = false;
					if (!ended.signal.aborted) enter();
				}
			},
			dumpFrame: () => options.saveText("screen", `${display.dump().join("\n")}\n`),
			copy(text) {
				const sequence = clipboardSequence(text, options.clipboard);
				if (sequence === null) return options.saveText("copy", text);
				write(sequence);
				return Promise.resolve(null);
			},
		};
		if (signal.aborted) close();
		else signal.addEventListener("abort", close, { once: true });
	});

	const { screen = null } = options;
	const lastView = options.lastView && screen ? { ...options.lastView, screen } : (options.lastView ?? null);
	if (screen) model.ui.setState({ screen });
	if (lastView) restoreList(model, lastView);
	if (options.ranking != null) void openRecorded(model, options.ranking);
	screenOf(model.ui.getState()).opened?.(model);
	paint();
	void loadTasks(model).then(() => lastView && restoreCursor(model, lastView));
	// What takes processors and disk waits until there is something to look at.
	void firstPage.then(() => {
		if (ended.signal.aborted) return;
		void loadModels(model);
		void probeSandbox(model);
		return recallRuns(model, lastView);
	});
	return { model, closed };
}

/** What is read aloud has the layout with one pane, whatever the terminal's size. */
function sizeOf(terminal: TerminalPort, isSpoken: boolean): { columns: number; rows: number } {
	const size = { columns: terminal.columns(), rows: terminal.rows() };
	return isSpoken
		? { columns: ONE_PANE_COLUMNS, rows: Math.max(PAGE_ROWS.least, Math.min(size.rows, PAGE_ROWS.most)) }
		: size;
}

function framesPerSecond({ screenReader, reducedMotion, compositor }: ScreenOptions): number {
	if (screenReader) return SPOKEN_FRAMES_PER_SECOND;
	if (reducedMotion) return CALM_FRAMES_PER_SECOND;
	return compositor ? FRAMES_PER_SECOND : PLAIN_FRAMES_PER_SECOND;
}

type Display = Painter<Model>;

function drawnDisplay(
	write: (bytes: string) => void,
	size: { columns: number; rows: number },
	options: ScreenOptions,
): Display {
	const painter = (options.compositor ? createCompositedPainter : createPlainPainter)(write, size, options.look);
	return { ...painter, paint: (model) => painter.paint(drawFrame(model)) };
}

function spokenDisplay(write: (text: string) => void, { look, terminal }: ScreenOptions): Display {
	const painter = createReaderPainter(write, { ...look, columns: terminal.columns });
	return { ...painter, paint: (model) => painter.paint(drawPage(model)) };
}

async function recallRuns(model: Model, lastView: SavedView | null): Promise<void> {
	await new Promise<void>((seen) => void followRuns(model, seen));
	if (model.signal.aborted) return;
	const hasOwn = model.ui.getState().runRows.some((row) => !row.recorded);
	if (!hasOwn && !hasLiveRun(model)) tell(model, "note", "Space marks tasks; r runs best-of-N on them; o opens runs");
	if (lastView) restoreRun(model, lastView);
	await loadTaskResults(model);
}

async function probeSandbox(model: Model): Promise<void> {
	try {
		const sandbox = await model.workbench.sandbox();
		model.ui.setState({ sandbox });
		if (sandbox.missing.length === 0) return;
		const hint = sandbox.raise && `raise it with: ${sandbox.raise}`;
		tell(model, "warning", `sandbox tier ${sandbox.tier} lacks ${sandbox.missing.join("; ")}`, hint);
	} catch (error) {
		model.ui.setState({ sandbox: "failed" });
		tellError(model, "sandbox", error);
	}
}
