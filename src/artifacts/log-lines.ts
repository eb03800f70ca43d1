import { readSync } from "node:fs";
import type { LineIndex } from "./line-index.js";

/** A longer line is cut, with its whole length told. */
const SHOWN_BYTES = 4096;
const PIECE_BYTES = 1 << 18;
/** No longer lines are given whole. */
export const WHOLE_LINE_BYTES = PIECE_BYTES;
const NEWLINE = 10;

/** One line of a log. */
export interface LogLine {
	/** From 0, in the file. */
	line: number;
	/** Of some of its bytes: the first ones, or those after `skipped`. */
	text: string;
	/** Bytes before the text. */
	skipped: number;
	/** Without the newline. */
	bytes: number;
}

/** The part of a long line that is read. */
export interface LinePart {
	skipBytes?: number;
	headBytes?: number;
}

/**
 * Goes through the lines of a file from a line on, until `visit` says that it is enough. A text has up to `headBytes` of
 * what comes after the skipped ones.
 */
export function visitLines(
	file: number,
	index: LineIndex,
	options: LinePart & { from: number },
	visit: (line: LogLine) => boolean,
): void {
	const { lines, bytes: end } = index;
	const { skipBytes = 0, headBytes = SHOWN_BYTES } = options;
	let { line, offset } = index.before(options.from);
	let piece = Buffer.alloc(0);
	let pieceAt = offset;
	/** The bytes at a place of the file; fewer only at its end. */
	const bytesAt = (at: number, wanted: number): Buffer => {
		if (at < pieceAt || at + wanted > pieceAt + piece.length) {
			const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - at));
			piece = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, at));
			pieceAt = at;
		}
		return piece.subarray(at - pieceAt, at - pieceAt + wanted);
	};
	for (; line < lines; line++) {
		const available = Math.max(1, pieceAt + piece.length - offset);
		let head = bytesAt(offset, Math.min(available, end - offset));
		if (head.indexOf(NEWLINE) < 0) head = bytesAt(offset, Math.min(PIECE_BYTES, end - offset));
		const cut = head.indexOf(NEWLINE);
		const next = cut >= 0 ? offset + cut + 1 : endOfLongLine(line, offset);
		const length = cut >= 0 ? cut : next - offset - (next < end || endsWithNewline() ? 1 : 0);
		if (line >= options.from) {
			const skipped = Math.min(skipBytes, length);
			const wanted = Math.min(length - skipped, headBytes);
			const isThere = skipped + wanted <= head.length;
			const part = isThere ? head.subarray(skipped, skipped + wanted) : bytesAt(offset + skipped, wanted);
			const text = textOf(part, { isCutBefore: skipped > 0, isCutAfter: skipped + wanted < length });
			if (!visit({ line, text, skipped, bytes: length })) return;
		}
		offset = next;
	}

	/** Lines that do not fit into a piece are always followed by a mark, or not ended. */
	function endOfLongLine(at: number, start: number): number {
		const mark = index.before(at + 1);
		if (mark.line === at + 1) return mark.offset;
		for (let from = start; from < end; from += PIECE_BYTES) {
			const found = bytesAt(from, Math.min(PIECE_BYTES, end - from)).indexOf(NEWLINE);
			if (found >= 0) return from + found + 1;
		}
		return end;
	}
	function endsWithNewline(): boolean {
		return end > 0 && bytesAt(end - 1, 1)[0] === NEWLINE;
	}
}

/** A character that was cut is not one that is broken. */
function textOf(bytes: Buffer, { isCutBefore, isCutAfter }: { isCutBefore: boolean; isCutAfter: boolean }): string {
	const text = isCutBefore ? textAfter(bytes, 0) : bytes.toString("utf8");
	if (isCutAfter) return text.replace(/\ufffd$/, "");
	return text.endsWith("\r") ? text.slice(0, -1) : text;
}

/** The text from a byte on, or from the first character that begins after it. */
function textAfter(bytes: Buffer, skipBytes: number): string {
	let start = skipBytes;
	while (start < skipBytes + 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
	return bytes.toString("utf8", start);
}
