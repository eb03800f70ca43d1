/** A mark at least so often; between two marks lines are counted anew. */
const LINES_BETWEEN = 64;
const BYTES_BETWEEN = 1 << 16;
const NEWLINE = 10;

export interface LineStart {
	line: number;
	offset: number;
}

/**
 * Where the lines of a growing text begin. Only some of the starts are kept, so that ten million lines cost two or three
 * megabytes. Lines count from 0; the last one may not have ended yet.
 */
export interface LineIndex {
	/** Ended lines, and the one that has begun. */
	readonly lines: number;
	readonly ended: number;
	readonly bytes: number;
	/** The bytes that come next. They may be cut anywhere. */
	add(chunk: Buffer): void;
	/** The last kept start that is not behind the line. */
	before(line: number): LineStart;
}

export function createLineIndex(): LineIndex {
	let lineOf = new Float64Array(1024);
	let offsetOf = new Float64Array(1024);
	/** The first line starts at 0. */
	let marks = 1;
	let ended = 0;
	let bytes = 0;
	let lastStart = 0;

	function mark(): void {
		if (marks === lineOf.length) {
			lineOf = wider(lineOf);
			offsetOf = wider(offsetOf);
		}
		lineOf[marks] = ended;
		offsetOf[marks] = lastStart;
		marks++;
	}

	return {
		get lines() {
			return bytes > lastStart ? ended + 1 : ended;
		},
		get ended() {
			return ended;
		},
		get bytes() {
			return bytes;
		},
		add(chunk) {
			for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, end + 1)) {
				ended++;
				lastStart = bytes + end + 1;
				const isDue =
					ended - (lineOf[marks - 1] ?? 0) >= LINES_BETWEEN || lastStart - (offsetOf[marks - 1] ?? 0) >= BYTES_BETWEEN;
				if (isDue) mark();
			}
			bytes += chunk.length;
		},
		before(line) {
			let low = 0;
			let high = marks - 1;
			while (low < high) {
				const middle = (low + high + 1) >>> 1;
				if ((lineOf[middle] ?? 0) <= line) low = middle;
				else high = middle - 1;
			}
			return { line: lineOf[low] ?? 0, offset: offsetOf[low] ?? 0 };
		},
	};
}

function wider(column: Float64Array): Float64Array<ArrayBuffer> {
	const next = new Float64Array(column.length * 2);
	next.set(column);
	return next;
}
