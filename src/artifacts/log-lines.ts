import { readSync } from "node:fs";
import type { LineIndex } from "./line-index.js";

/** A longer line is cut, with its whole length told. */
export const SHOWN_BYTES = 4096;
const PIECE_BYTES = 1 << 18;
/** No longer lines are given whole. */
export const WHOLE_LINE_BYTES = PIECE_BYTES;
const NEWLINE = 10;

/** One line of a log. */
export interface LogLine {
	/** From 0, in the file. */
	line: number;
	/** Of its first bytes. */
	text: string;
	/** Without the newline. */
	bytes: number;
}

/** Goes through the lines of a file from a line on, until `visit` says that it is enough. Heads have up to `headBytes`. */
export function visitLines(
	file: number,
	index: LineIndex,
	options: { from: number; headBytes: number },
	visit: (line: LogLine) => boolean,
): void {
	const { lines, bytes: end } = index;
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
			const text = textOf(head.subarray(0, Math.min(length, options.headBytes)), length > options.headBytes);
			if (!visit({ line, text, bytes: length })) return;
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

function textOf(bytes: Buffer, isCut: boolean): string {
	const text = bytes.toString("utf8");
	// A character that was cut is not one that is broken.
	if (isCut) return text.replace(/\ufffd$/, "");
	return text.endsWith("\r") ? text.slice(0, -1) : text;
}
