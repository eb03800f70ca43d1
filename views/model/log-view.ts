import type { LogLine } from "../../src/artifacts/log-lines.js";
import { type LogView, queryOf, rowsOf, skippedOf } from "./log-state.js";
import { type Model, tellError } from "./model.js";
import { goToScreen } from "./navigation.js";

/** Rows that are asked for together. */
const BLOCK_ROWS = 256;
const KEPT_BLOCKS = 64;

/** Opens the log of a run at its end; it is left to the screen that it was opened from. */
export function openLog(model: Model, runId: string): void {
	const { screen } = model.ui.getState();
	if (model.log?.runId !== runId) {
		model.log?.close();
		model.log = startLog(model, runId);
	}
	if (screen !== 0) model.log.from = screen;
	goToScreen(model, 0);
}

export function leaveLog(model: Model): void {
	const from = model.log?.from ?? 2;
	model.log?.close();
	model.log = null;
	goToScreen(model, from);
}

/** Follows it from its end on, until it is closed. */
export function startLog(model: Model, runId: string): LogView {
	const closing = new AbortController();
	const log: LogView = {
		runId,
		from: 2,
		update: null,
		top: 0,
		follows: true,
		heldAt: null,
		wraps: false,
		times: false,
		isRaw: false,
		shift: 0,
		widest: { bytes: 0, cells: 1 },
		search: "",
		onlyMatches: false,
		found: null,
		blocks: new Map(),
		epoch: 0,
		close: () => closing.abort(),
	};
	void follow(model, log, AbortSignal.any([closing.signal, model.signal]));
	return log;
}

async function follow(model: Model, log: LogView, signal: AbortSignal): Promise<void> {
	// What was there is lost with the thread that read it: it is read again, as often as something comes of it.
	for (let goesOn = true; goesOn; ) {
		goesOn = false;
		try {
			for await (const update of model.workbench.followLog(log.runId, signal)) {
				if (log.update && update.status.generation !== log.update.status.generation) forget(log);
				else forgetLastRow(log);
				log.update = update;
				goesOn = true;
				model.changed();
			}
			return;
		} catch (error) {
			if (signal.aborted) return;
			tellError(model, "log", error);
			forget(log);
			log.update = null;
			log.onlyMatches = false;
		}
	}
}

/** What was read before is no longer what is there. */
function forget(log: LogView): void {
	log.blocks.clear();
	log.found = null;
	log.heldAt = null;
	log.epoch++;
}

/** It may not have ended when it was read. */
function forgetLastRow(log: LogView): void {
	const row = (log.update?.status.rows ?? 0) - 1;
	const at = Math.floor(row / BLOCK_ROWS);
	const block = log.blocks.get(at);
	if (block) block.lines = block.lines.slice(0, row - at * BLOCK_ROWS);
}

/** The line of a row; null while it is being fetched. */
export function lineAt(model: Model, log: LogView, row: number): LogLine | null {
	const { update } = log;
	if (update && skippedOf(log) === 0) {
		const inTail = update.tail[row - (update.status.rows - update.tail.length)];
		if (inTail) return inTail;
	}
	const at = Math.floor(row / BLOCK_ROWS);
	const line = log.blocks.get(at)?.lines[row - at * BLOCK_ROWS];
	if (!line) ask(model, log, at);
	return line ?? null;
}

/** Asks for a block before it is in view, so that a key rarely has to wait. */
export function prefetch(model: Model, log: LogView, row: number): void {
	const at = Math.floor(row / BLOCK_ROWS);
	const isThere = row >= 0 && (at + 1) * BLOCK_ROWS < rowsOf(log);
	if (isThere && !log.blocks.has(at)) ask(model, log, at);
}

function ask(model: Model, log: LogView, at: number): void {
	const { epoch } = log;
	const skipped = skippedOf(log);
	const known = log.blocks.get(at);
	if (known?.isAsked) return;
	log.blocks.set(at, { lines: known?.lines ?? [], isAsked: true });
	void model.workbench.readLog(log.runId, at * BLOCK_ROWS, BLOCK_ROWS, skipped).then(
		(lines) => {
			if (log.epoch !== epoch || skippedOf(log) !== skipped) return;
			// What is missing is asked for when it is looked at.
			log.blocks.set(at, { lines, isAsked: false });
			for (const oldest of log.blocks.keys()) {
				if (log.blocks.size <= KEPT_BLOCKS) break;
				log.blocks.delete(oldest);
			}
			model.changed();
		},
		(error: unknown) => {
			if (log.epoch === epoch && model.log === log) tellError(model, "log", error);
		},
	);
}

/** Pushes lines out to the left; what is not in view yet is read then. */
export function setShift(log: LogView, shift: number): void {
	const was = skippedOf(log);
	log.shift = shift;
	if (skippedOf(log) !== was) log.blocks.clear();
}

/** Shows only the lines with the text that is searched for, or all of them again, with the same line in view. */
export async function setOnlyMatches(model: Model, log: LogView, onlyMatches: boolean): Promise<void> {
	log.onlyMatches = onlyMatches;
	forget(log);
	log.update = null;
	log.follows = true;
	await model.workbench.filterLog(log.runId, onlyMatches ? queryOf(log.search) : null);
	model.changed();
}
