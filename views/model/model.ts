import { createStore, type StoreApi } from "zustand/vanilla";
import type { TaskRow, Workbench } from "../../src/app/workbench.js";
import type { Status } from "../../src/domain/verdict.js";
import { AssayError } from "../../src/lib/errors.js";
import type { OutsideProgram, OutsideResult } from "../../src/lib/outside-program.js";
import { type CandidateTable, createCandidateTable } from "../../src/store/candidate-table.js";
import { createRunTable, type RunTable } from "../../src/store/run-table.js";
import { createTaskTable, type TaskTable } from "../../src/store/task-table.js";
import type { ChartLook } from "../charts/blocks.js";
import type { Timers } from "../terminal/frame-clock.js";
import type { LogView } from "./log-state.js";
import { createReadCache, type ReadCache } from "./read-cache.js";
import { createScrollMemory, type ScrollMemory } from "./scroll.js";
import { initialState, type Message, type UiState } from "./state.js";

/** A bug that took away one part of the screen, or one key. */
export interface Fault {
	/** What could not be done, as a noun. */
	where: string;
	message: string;
	/** The file with the stack; null while it is being written, or where it cannot be. */
	path: string | null;
}

/** Everything that keys act on and screens draw from. Actions are functions that take it first. */
export interface Model {
	readonly workbench: Workbench;
	readonly ui: StoreApi<UiState>;
	readonly tasks: TaskTable<TaskRow>;
	readonly candidates: CandidateTable;
	/** Recorded runs, on their screen. */
	readonly runs: RunTable;
	/** The log that is open. */
	log: LogView | null;
	readonly scroll: ScrollMemory;
	readonly cache: ReadCache;
	/** By task id. */
	readonly taskResults: Map<string, TaskResult>;
	/** Bugs met so far, by place and stack. */
	readonly faults: Map<string, Fault>;
	readonly timers: Timers;
	/** What charts have to know of the terminal. */
	readonly look: ChartLook;
	/** What is shown is read aloud: words in place of signs, sentences in place of charts. */
	readonly isSpoken: boolean;
	/** Fires when the program ends; ends reading. */
	readonly signal: AbortSignal;
	/** ISO 8601, for messages. */
	clock(): string;
	/** Something that is not in `ui` changed. */
	changed(): void;
	/** Set by whoever runs the terminal. */
	terminal: TerminalActions;
}

/** How a task did in the newest runs of the workspace. */
export interface TaskResult {
	/** The newest of them. */
	runId: string;
	accepted: number;
	n: number;
	/** Of the newest run, by sample: the first ones. */
	statuses: readonly (Status | null)[];
	/** Accepted share in each run, oldest first. */
	shares: readonly number[];
}

interface TerminalActions {
	quit(): void;
	suspend(): void;
	redraw(): void;
	/** Puts text on the clipboard and resolves to null, or writes it to a file and resolves to its path. */
	copy(text: string): Promise<string | null>;
	/** Writes a text to a new file whose name starts with `name`, and resolves to its path. */
	saveText(name: string, text: string): Promise<string>;
	/** Hands the terminal to an editor or a pager, and comes back when that has ended. */
	runOutside(program: OutsideProgram): Promise<OutsideResult>;
	/** Writes what the screen shows to a file and resolves to its path. */
	dumpFrame(): Promise<string>;
}

export interface ModelOptions {
	workbench: Workbench;
	columns: number;
	rows: number;
	timers: Timers;
	look: ChartLook;
	isSpoken?: boolean;
	signal: AbortSignal;
	clock?: () => string;
	changed: () => void;
}

export function createModel(options: ModelOptions): Model {
	const { workbench, timers, look, signal, changed } = options;
	const ui = createStore<UiState>(() => initialState(options.columns, options.rows));
	ui.subscribe(changed);
	const tasks = createTaskTable<TaskRow>(timers);
	tasks.subscribe(changed);
	const candidates = createCandidateTable(timers);
	candidates.subscribe(changed);
	const runs = createRunTable(timers);
	runs.subscribe(changed);
	return {
		workbench,
		ui,
		tasks,
		candidates,
		runs,
		log: null,
		scroll: createScrollMemory(),
		cache: createReadCache(changed),
		taskResults: new Map(),
		faults: new Map(),
		timers,
		look,
		isSpoken: options.isSpoken ?? false,
		signal,
		clock: options.clock ?? (() => new Date().toISOString()),
		changed,
		terminal: {
			quit: () => {},
			suspend: () => {},
			redraw: () => {},
			copy: () => Promise.reject(new Error("there is no terminal")),
			saveText: () => Promise.reject(new Error("there is no terminal")),
			runOutside: () => Promise.reject(new Error("there is no terminal")),
			dumpFrame: () => Promise.reject(new Error("there is no terminal")),
		},
	};
}

const KEPT_MESSAGES = 1000;

/** Notes the command line that does what the screen just did; only in the log, nobody has to act on it. */
export function logCommand(model: Model, line: string | null): void {
	if (line === null) return;
	const message: Message = { level: "command", text: line, at: model.clock() };
	model.ui.setState((was) => ({ messages: [...was.messages.slice(1 - KEPT_MESSAGES), message] }));
}

/** Shows a message until the next key, a note for some seconds at most, and keeps it in the message log. The hint says how to go on. */
export function tell(model: Model, level: Message["level"], text: string, hint: string | null = null): void {
	const message = { level, text: hint ? `${text} · ${hint}` : text, at: model.clock() };
	model.ui.setState((was) => ({ notice: message, messages: [...was.messages.slice(1 - KEPT_MESSAGES), message] }));
}

export function tellError(model: Model, what: string, error: unknown): void {
	if (model.signal.aborted) return;
	const hint = error instanceof AssayError ? error.hint : null;
	tell(model, "error", `${what}: ${messageOf(error)}`, hint);
}

export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
