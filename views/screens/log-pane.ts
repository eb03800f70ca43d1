import type { LogLine } from "../../src/artifacts/log-lines.js";
import { matching } from "../../src/store/row-filter.js";
import { topOf } from "../model/log-actions.js";
import { type LogView, rowsOf } from "../model/log-state.js";
import { lineAt, prefetch } from "../model/log-view.js";
import type { Model } from "../model/model.js";
import { toCells, visible } from "../text/cells.js";
import { formatBytes, formatCount, plural } from "../text/format.js";
import { layPieces } from "../text/pieces.js";
import { bold, dim, magenta, type Paint, plain, red, yellow } from "../text/style.js";
import { type Span, underlinedPieces, underlineSpans } from "../text/underlined.js";
import { wrapText } from "../text/wrap.js";
import { type PaneText, positionText } from "./pane-text.js";

const MARK_CELLS = 2;
const TIME_CELLS = 13;
/** A level is told by how a line begins, not by what is far behind. */
const LEVEL_CHARS = 400;
const LEVELS: readonly (readonly [RegExp, Paint])[] = [
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
	// Aloud, what comes is told by its newest line.
	const tail = model.isSpoken ? 1 : height;
	const rows = log.follows ? endRows(model, log, width, tail) : rowsFrom(model, log, { top, width, height });
	prefetch(model, log, top - height);
	prefetch(model, log, top + 2 * height);
	return { title: titleOf(log, top, height), rows: rows.length > 0 ? rows : [dim(toCells(whyEmpty(log), width))] };
}

function titleOf(log: LogView, top: number, height: number): string {
	const count = rowsOf(log);
	const status = log.update?.status;
	const parts = [`Log ${log.runId}`];
	if (status) parts.push(`${plural(status.lines, "line")} ${formatBytes(status.bytes)}`);
	if (log.onlyMatches) parts.push(`only ${log.search}: ${formatCount(count)}`);
	else if (log.search !== "") parts.push(`/${log.search}`);
	if (status && status.unfiltered > 0) parts.push(`${formatCount(status.unfiltered)} to look at`);
	if (log.heldAt !== null && status) parts.push(`held, ${formatCount(status.rows - log.heldAt)} more`);
	else if (log.follows) parts.push("following");
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

/** The last rows, where a wrapped line may need several. */
function endRows(model: Model, log: LogView, width: number, height: number): string[] {
	const rows: string[] = [];
	for (let row = rowsOf(log) - 1; row >= 0 && rows.length < height; row--) {
		rows.unshift(...drawLine(log, row, lineAt(model, log, row), width));
	}
	return rows.slice(-height);
}

function drawLine(log: LogView, row: number, line: LogLine | null, width: number): string[] {
	if (line === null) return [dim(toCells("  …", width))];
	const isFound = row === log.found;
	const time = log.times ? toCells(TIME.exec(line.text.slice(0, LEVEL_CHARS))?.[1] ?? "", TIME_CELLS) : "";
	const head = (isFirst: boolean) =>
		`${isFound && isFirst ? bold("▸ ") : "  "}${dim(isFirst ? time : " ".repeat(time.length))}`;
	const cells = Math.max(1, width - MARK_CELLS - time.length);
	const paint = levelOf(line.text);
	const spansIn = log.search === "" || log.search === "~" ? () => [] : matching(log.search).spansIn;
	return textRows(log, line, cells, spansIn).map((text, i) => head(i === 0) + paint(text));
}

/** The text in rows of exactly so many cells, with what is searched for underlined. */
function textRows(log: LogView, line: LogLine, cells: number, spansIn: (text: string) => Span[]): string[] {
	const isCut = Buffer.byteLength(line.text) < line.bytes - 1;
	const tail = isCut ? ` ${formatBytes(line.bytes)} in all` : "";
	if (log.wraps) {
		return wrapText(isCut ? `${line.text} …${tail}` : line.text, cells).map((text) => {
			const row = toCells(text, cells);
			return underlineSpans(row, spansIn(row));
		});
	}
	// No more than can be seen is made safe to show.
	const shown = visible(line.text.slice(0, 2 * (log.shift + cells)));
	const room = Math.max(1, cells - tail.length);
	const rows = layPieces(underlinedPieces(shown, spansIn(shown)), room, { wraps: false, left: log.shift });
	return rows.map((row) => row + dim(tail.slice(0, cells - room)));
}

function levelOf(text: string): Paint {
	const head = text.slice(0, LEVEL_CHARS);
	return LEVELS.find(([pattern]) => pattern.test(head))?.[1] ?? plain;
}
