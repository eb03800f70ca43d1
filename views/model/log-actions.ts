import { type LogView, queryOf, rowsOf } from "./log-state.js";
import { setOnlyMatches, setShift } from "./log-view.js";
import { type Model, tell, tellError } from "./model.js";
import { SIDE_CELLS } from "./scroll.js";

/** What a line that tells of a failure looks like. */
const ERROR_PATTERN = "~\\b(error|fatal|critical|panic|traceback|judge_error|run\\.failed)\\b";
const PANE = "log";

/** Scrolls; away from the end nothing moves by itself any more, and at the end it follows again. */
export function scrollLog(model: Model, by: number): void {
	const { log } = model;
	if (!log) return;
	goToLogRow(model, topOf(model, log) + by);
}

export function goToLogRow(model: Model, top: number): void {
	const { log } = model;
	if (!log) return;
	const last = Math.max(0, rowsOf(log) - pageOf(model));
	log.top = Math.max(0, Math.min(top, last));
	log.follows = log.heldAt === null && top >= last;
	model.changed();
}

export function pageOf(model: Model): number {
	return model.scroll.place(PANE).height;
}

/** The first row on the screen, whether that is the reader's wish or the end of the log. */
export function topOf(model: Model, log: LogView): number {
	return log.follows ? Math.max(0, rowsOf(log) - pageOf(model)) : log.top;
}

export function toggleFollow(model: Model): void {
	const { log } = model;
	if (!log) return;
	log.top = topOf(model, log);
	log.follows = !log.follows;
	if (log.follows) log.heldAt = null;
	model.changed();
}

/** What comes meanwhile is counted, and shown when it goes on. */
export function toggleHold(model: Model): void {
	const { log } = model;
	if (!log) return;
	log.top = topOf(model, log);
	log.heldAt = log.heldAt === null ? rowsOf(log) : null;
	log.follows = log.heldAt === null;
	model.changed();
}

export function toggleInLog(model: Model, what: "wraps" | "times" | "isRaw"): void {
	const { log } = model;
	if (!log) return;
	log[what] = !log[what];
	if (what !== "times") setShift(log, 0);
	model.changed();
}

export function shiftLog(model: Model, direction: 1 | -1): void {
	const { log } = model;
	if (!log) return;
	const { bytes, cells } = log.widest;
	// A byte that is shown as an escape takes four cells.
	const most = bytes <= cells ? 0 : bytes - Math.ceil(cells / 4);
	setShift(log, Math.max(0, Math.min(log.shift + direction * SIDE_CELLS, Math.max(most, log.shift))));
	model.changed();
}

/** To the beginning of the lines, or to the end of the longest one in view. */
export function shiftLogTo(model: Model, where: "start" | "end"): void {
	const { log } = model;
	if (!log) return;
	const { bytes, cells } = log.widest;
	setShift(log, where === "start" ? 0 : Math.max(0, bytes - cells + 1));
	model.changed();
}

/** The search goes on while it is typed; the empty one is over. */
export function searchLog(model: Model, search: string): void {
	const { log } = model;
	if (!log) return;
	const was = log.onlyMatches;
	log.search = search;
	if (search === "") {
		log.found = null;
		if (was) void show(model, log, false);
		model.changed();
	} else if (was) void show(model, log, true);
	else void find(model, search, { from: topOf(model, log), direction: 1, isTyping: true });
}

export function toggleOnlyMatches(model: Model): void {
	const { log } = model;
	if (!log) return;
	if (log.search === "" && !log.onlyMatches) tell(model, "note", "/ searches; then & shows only the lines with it");
	else void show(model, log, !log.onlyMatches);
}

async function show(model: Model, log: LogView, onlyMatches: boolean): Promise<void> {
	await setOnlyMatches(model, log, onlyMatches).catch((error: unknown) => tellError(model, "log", error));
}

export function nextMatch(model: Model, direction: 1 | -1): void {
	const { log } = model;
	if (log && log.search !== "") void findFromHere(model, log, log.search, direction);
}

export function nextError(model: Model, direction: 1 | -1): void {
	if (model.log) void findFromHere(model, model.log, ERROR_PATTERN, direction);
}

async function findFromHere(model: Model, log: LogView, search: string, direction: 1 | -1): Promise<void> {
	const here = log.found ?? (direction === 1 ? topOf(model, log) - 1 : topOf(model, log) + pageOf(model));
	await find(model, search, { from: here + direction, direction, isTyping: false });
}

/** Of two searches that are under way the newer one counts. */
const newest = new WeakMap<LogView, symbol>();

async function find(
	model: Model,
	search: string,
	how: { from: number; direction: 1 | -1; isTyping: boolean },
): Promise<void> {
	const { log } = model;
	if (!log) return;
	const mine = Symbol(search);
	newest.set(log, mine);
	const { epoch, runId } = log;
	const query = queryOf(search);
	const look = (from: number) => model.workbench.findInLog(runId, query, from, how.direction);
	try {
		let row = await look(Math.max(0, Math.min(how.from, rowsOf(log) - 1)));
		const isPast = row !== null && (how.direction === 1 ? row < how.from : row > how.from);
		if (row === null || isPast) {
			row = await look(how.direction === 1 ? 0 : rowsOf(log) - 1);
			if (row !== null && !how.isTyping) tell(model, "note", "searched past the end of the log");
		}
		if (newest.get(log) !== mine || log.epoch !== epoch) return;
		log.found = row;
		if (row === null) {
			if (!how.isTyping) tell(model, "note", search === ERROR_PATTERN ? "no line tells of an error" : `no ${search}`);
		} else showRow(model, log, row);
		model.changed();
	} catch (error) {
		tellError(model, "search", error);
	}
}

function showRow(model: Model, log: LogView, row: number): void {
	const page = pageOf(model);
	const top = topOf(model, log);
	const isShown = row >= top && row < top + page;
	log.follows = false;
	log.top = isShown ? top : Math.max(0, Math.min(row - Math.floor(page / 3), rowsOf(log) - page));
}
