import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { createLineIndex } from "./line-index.js";
import { type LinePart, type LogLine, visitLines } from "./log-lines.js";
import { type LogQuery, logMatcher } from "./log-matches.js";

export interface LogStatus {
	/** Lines that are shown: all, or those that the filter lets through so far. */
	rows: number;
	lines: number;
	/** All of them, or all but the last, whose end has not come. */
	ended: number;
	bytes: number;
	/** Lines that the filter has not looked at yet. */
	unfiltered: number;
	/** How often the file was cut short or replaced; lines of before cannot be read any more. */
	generation: number;
	/** There is no such file (yet). */
	isMissing: boolean;
}

/** A text file that may grow, be cut short, be replaced or not be there yet. Every call takes a few milliseconds. */
export interface LogReader {
	readonly status: LogStatus;
	/** Takes in what is there, a piece at a time. false: there is nothing more for now. */
	advance(): boolean;
	/** Lines that are shown, by their place among these; of long ones only a part. */
	rows(from: number, count: number, part?: LinePart): LogLine[];
	/** Only lines that have it are shown. null: all are. */
	setFilter(query: LogQuery | null): void;
	/** The next row with the text from `from` on (-1: backwards), as far as one call goes. */
	find(query: LogQuery, from: number, direction: 1 | -1): { row: number | null; searchOn: number | null };
	close(): void;
}

const PIECE_BYTES = 1 << 20;
/** Lines that a filter or a search looks at in one call. */
const LOOKED_AT = 8192;
/** Of a longer line only the beginning is searched. */
const SEARCHED_BYTES = 1 << 16;

export function createLogReader(path: string): LogReader {
	const buffer = Buffer.allocUnsafe(PIECE_BYTES);
	let file: number | null = null;
	let index = createLineIndex();
	let generation = 0;
	let matches: ((line: string) => boolean) | null = null;
	let matching = new Uint32Array(1024);
	let matched = 0;
	let lookedAt = 0;

	function restart(): void {
		if (file !== null) closeSync(file);
		file = null;
		if (index.bytes > 0) generation++;
		index = createLineIndex();
		matched = 0;
		lookedAt = 0;
	}

	/** Opens the file, again where another has its name now. */
	function settle(): boolean {
		const now = statSync(path, { throwIfNoEntry: false });
		if (file !== null) {
			const { ino, dev, size } = fstatSync(file);
			const isOther = now !== undefined && (now.ino !== ino || now.dev !== dev);
			// What was still written to the one that went is taken in first.
			if (size < index.bytes || (isOther && size === index.bytes)) restart();
		}
		if (file === null && now?.isFile()) file = openSync(path, "r");
		return file !== null;
	}

	function takeIn(): boolean {
		if (file === null) return false;
		const count = readSync(file, buffer, 0, PIECE_BYTES, index.bytes);
		if (count > 0) index.add(buffer.subarray(0, count));
		return count > 0;
	}

	/** Lines that have not ended yet are looked at when they have. */
	function filterOn(): boolean {
		const { ended } = index;
		if (matches === null || file === null || lookedAt >= ended) return false;
		const until = Math.min(ended, lookedAt + LOOKED_AT);
		const accepts = matches;
		visitLines(file, index, { from: lookedAt, headBytes: SEARCHED_BYTES }, ({ line, text }) => {
			if (line >= until) return false;
			if (accepts(text)) {
				if (matched === matching.length) {
					const wider = new Uint32Array(matched * 2);
					wider.set(matching);
					matching = wider;
				}
				matching[matched++] = line;
			}
			return line + 1 < until;
		});
		lookedAt = until;
		return true;
	}

	const lineOfRow = (row: number) => (matches === null ? row : (matching[row] ?? 0));
	const rowCount = () => (matches === null ? index.lines : matched);

	return {
		get status() {
			return {
				rows: rowCount(),
				lines: index.lines,
				ended: index.ended,
				bytes: index.bytes,
				unfiltered: matches === null ? 0 : index.ended - lookedAt,
				generation,
				isMissing: file === null,
			};
		},
		advance() {
			if (!settle()) return false;
			const read = takeIn();
			return filterOn() || read;
		},
		rows(from, count, part = {}) {
			const rows: LogLine[] = [];
			let row = Math.max(0, from);
			const end = Math.min(from + count, rowCount());
			while (file !== null && row < end) {
				const before = row;
				visitLines(file, index, { ...part, from: lineOfRow(row) }, (line) => {
					rows.push(line);
					row++;
					return row < end && lineOfRow(row) === line.line + 1;
				});
				if (row === before) break;
			}
			return rows;
		},
		setFilter(query) {
			matches = query === null ? null : logMatcher(query);
			matched = 0;
			lookedAt = 0;
		},
		find(query, from, direction) {
			const accepts = logMatcher(query);
			const last = rowCount() - 1;
			if (accepts === null || file === null || from < 0 || from > last) return { row: null, searchOn: null };
			const start = direction === 1 ? from : Math.max(0, from - LOOKED_AT + 1);
			const end = direction === 1 ? Math.min(last, from + LOOKED_AT - 1) : from;
			let found: number | null = null;
			let row = start;
			while (row <= end && !(direction === 1 && found !== null)) {
				const before = row;
				visitLines(file, index, { from: lineOfRow(row), headBytes: SEARCHED_BYTES }, ({ line, text }) => {
					if (accepts(text)) found = row;
					row++;
					if (direction === 1 && found !== null) return false;
					return row <= end && lineOfRow(row) === line + 1;
				});
				if (row === before) break;
			}
			const searchOn = direction === 1 ? end + 1 : start - 1;
			return { row: found, searchOn: found === null && searchOn >= 0 && searchOn <= last ? searchOn : null };
		},
		close() {
			if (file !== null) closeSync(file);
			file = null;
		},
	};
}
