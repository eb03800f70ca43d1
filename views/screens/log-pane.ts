import type { LogLine } from "../../src/artifacts/log-lines.js";
import { STATUSES } from "../../src/domain/statuses.js";
import { matching } from "../../src/store/row-filter.js";
import { topOf } from "../model/log-actions.js";
import { type LogView, rowsOf } from "../model/log-state.js";
import { lineAt, prefetch } from "../model/log-view.js";
import type { Model } from "../model/model.js";
import { whyBehind } from "../model/remote-log.js";
import { toCells, visible } from "../text/cells.js";
import { eventLine } from "../text/event-line.js";
import { formatBytes, formatCount, plural } from "../text/format.js";
import { CUT, layPieces } from "../text/pieces.js";
import { bold, dim, magenta, type Paint, plain, red, yellow } from "../text/style.js";
import { trainerLine, trainerTime } from "../text/trainer-line.js";
import { type Span, underlinedPieces, underlineSpans } from "../text/underlined.js";
import { wrapText } from "../text/wrap.js";
import { type PaneText, positionText } from "./pane-text.js";

const MARK_CELLS = 2;
const TIME_CELLS = 13;
/** A level is told by how a line begins, not by what is far behind. */
const LEVEL_CHARS = 400;
const REFUSALS = STATUSES.filter((status) => status !== "accepted").join("|");
const LEVELS: readonly (readonly [RegExp, Paint])[] = [
	[new RegExp(`^verdict\\.recorded\\s.* (${REFUSALS})( |$)`), red],
	[/^\s*(Traceback \(most recent|File "[^"]*", line \d+)/, magenta],
	[/\b(error|fatal|critical|panic|exception|judge_error|failed)\b/i, red],
	[/\b(warn|warning)\b/i, yellow],
	[/\b(debug|trace)\b/i, dim],
];
const TIME = /\d{4}-\d\d-\d\d[T ](\d\d:\d\d:\d\d(?:[.,]\d{1,3})?)/;

/** A log of any length: only the rows in view are here. */
export function drawLog(model: Model, width: number, height: number): PaneText {
	const { log } = model;
	if (!log) return { title: "Log", rows: [] };
	const count = rowsOf(log);
	model.scroll.top("log", height, count);
	const top = topOf(model, log);
	if (!log.wraps) log.top = top;
	log.widest = { bytes: 0, cells: 1 };
	// Aloud, what comes is told by its newest line.
	const tail = model.isSpoken ? 1 : height;
	const rows = log.follows ? endRows(model, log, width, tail) : rowsFrom(model, log, { top, width, height });
	prefetch(model, log, top - height);
	prefetch(model, log, top + 2 * height);
	return {
		title: titleOf(model, log, top, height),
		rows: rows.length > 0 ? rows : [dim(toCells(whyEmpty(log), width))],
	};
}

function titleOf(model: Model, log: LogView, top: number, height: number): string {
	const count = rowsOf(log);
	const status = log.update?.status;
	const parts = [`Log ${log.runId}`];
	if (status) parts.push(`${plural(status.lines, "line")} ${formatBytes(status.bytes)}`);
	if (log.onlyMatches) parts.push(`only ${log.search}: ${formatCount(count)}`);
	else if (log.search !== "") parts.push(`/${log.search}`);
	if (status && status.unfiltered > 0) parts.push(`${formatCount(status.unfiltered)} to look at`);
	if (log.shift > 0) parts.push(`from byte ${formatCount(log.shift)}`);
	if (log.heldAt !== null && status) parts.push(`held, ${formatCount(status.rows - log.heldAt)} more`);
	else if (log.follows) parts.push(whyBehind(model, log.runId) ?? "following");
	const position = positionText(top, height, count);
	if (position !== "" && !log.follows) parts.push(position);
	if (status && status.generation > 0) parts.push("the file was replaced");
	return parts.join(" · ");
}

function whyEmpty(log: LogView): string {
	if (!log.update) return "  reading";
	if (log.update.status.isMissing) return "  there is no log yet";
	if (log.onlyMatches) return `  no line with ${log.search}: & shows all`;
	return "  nothing yet";
}

function rowsFrom(model: Model, log: LogView, view: { top: number; width: number; height: number }): string[] {
	const rows: string[] = [];
	const count = rowsOf(log);
	for (let row = view.top; row < count && rows.length < view.height; row++) {
		rows.push(...drawLine(log, row, lineAt(model, log, row), view.width));
	}
	return rows.slice(0, view.height);
}

/** The last rows of a log, where a wrapped line may need several. */
export function endRows(model: Model, log: LogView, width: number, height: number): string[] {
	return lastRows(log, (row) => lineAt(model, log, row), { count: rowsOf(log), width, height });
}

/** The same of lines that are not in the log yet. */
export function textEndRows(log: LogView, texts: readonly string[], width: number, height: number): string[] {
	const lineOf = (row: number): LogLine => {
		const text = texts[row] ?? "";
		return { line: row, text, skipped: 0, bytes: Buffer.byteLength(text) };
	};
	return lastRows(log, lineOf, { count: texts.length, width, height });
}

function lastRows(
	log: LogView,
	lineOf: (row: number) => LogLine | null,
	{ count, width, height }: { count: number; width: number; height: number },
): string[] {
	const rows: string[] = [];
	for (let row = count - 1; row >= 0 && rows.length < height; row--) {
		rows.unshift(...drawLine(log, row, lineOf(row), width));
	}
	return rows.slice(-height);
}

function drawLine(log: LogView, row: number, line: LogLine | null, width: number): string[] {
	if (line === null) return [dim(toCells("  …", width))];
	const isFound = row === log.found;
	const time = log.times ? toCells(timeOf(line.text.slice(0, LEVEL_CHARS)), TIME_CELLS) : "";
	const head = (isFirst: boolean) =>
		`${isFound && isFirst ? bold("▸ ") : "  "}${dim(isFirst ? time : " ".repeat(time.length))}`;
	const cells = Math.max(1, width - MARK_CELLS - time.length);
	const spansIn = log.search === "" || log.search === "~" ? () => [] : matching(log.search).spansIn;
	const shown = shownOf(log, line, spansIn);
	return textRows(log, shown, cells, spansIn).map((row, i) => head(i === 0) + levelOf(shown.text)(row));
}

const timeOf = (text: string) => TIME.exec(trainerTime(text) ?? text)?.[1] ?? "";

interface ShownLine extends Pick<LogLine, "text" | "skipped" | "bytes"> {
	/** It goes on behind its text. */
	isCut: boolean;
}

/** An event in words, unless what is searched for stands only in the line itself. */
function shownOf(log: LogView, line: LogLine, spansIn: (text: string) => Span[]): ShownLine {
	const { text, skipped, bytes } = line;
	const isCut = skipped + Buffer.byteLength(text) < bytes - 1;
	const words = log.isRaw || skipped > 0 ? null : (eventLine(text) ?? trainerLine(text));
	if (words === null || (spansIn(words).length === 0 && spansIn(text).length > 0)) return { ...line, isCut };
	return { text: words, skipped, bytes: isCut ? bytes : Buffer.byteLength(words), isCut };
}

/** The text in rows of exactly so many cells, with what is searched for underlined. */
function textRows(log: LogView, line: ShownLine, cells: number, spansIn: (text: string) => Span[]): string[] {
	const { text, skipped, bytes, isCut } = line;
	log.widest = { bytes: Math.max(log.widest.bytes, bytes), cells };
	const tail = isCut ? ` ${formatBytes(bytes)} in all` : "";
	if (log.wraps) {
		return wrapText(isCut ? `${text} …${tail}` : text, cells).map((part) => {
			const row = toCells(part, cells);
			return underlineSpans(row, spansIn(row));
		});
	}
	const room = Math.max(1, cells - tail.length);
	const rest = textAfter(text, log.shift - skipped);
	const shifted = log.shift > 0 && rest !== "" ? `…${rest.slice(1)}` : rest;
	// No more than can be seen is made safe to show.
	const shown = visible(shifted.slice(0, 2 * cells));
	return layPieces(underlinedPieces(shown, spansIn(shown)), room, CUT).map(
		(row) => row + dim(tail.slice(0, cells - room)),
	);
}

/** The text without the characters that begin in its first bytes. */
function textAfter(text: string, bytes: number): string {
	let left = bytes;
	let start = 0;
	while (left > 0 && start < text.length) {
		const code = text.codePointAt(start) ?? 0;
		left -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
		start += code < 0x10000 ? 1 : 2;
	}
	return text.slice(start);
}

function levelOf(text: string): Paint {
	const head = text.slice(0, LEVEL_CHARS);
	return LEVELS.find(([pattern]) => pattern.test(head))?.[1] ?? plain;
}
