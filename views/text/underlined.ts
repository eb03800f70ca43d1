import type { FilterTerm } from "../../src/store/row-filter.js";
import { type Piece, plainPiece } from "./pieces.js";
import { underline } from "./style.js";

/** A stretch of a text, by string indexes. */
export interface Span {
	start: number;
	end: number;
}

/** Underlines stretches of a text without styles. They are in order and do not overlap. */
export function underlineSpans(text: string, spans: readonly Span[]): string {
	return underlinedPieces(text, spans)
		.map((piece) => piece.paint(piece.text))
		.join("");
}

export function underlinedPieces(text: string, spans: readonly Span[]): Piece[] {
	const pieces: Piece[] = [];
	let at = 0;
	for (const { start, end } of spans) {
		pieces.push(plainPiece(text.slice(at, start)), { text: text.slice(start, end), paint: underline });
		at = end;
	}
	return [...pieces, plainPiece(text.slice(at))];
}

/** Underlines what the words of a filter found. */
export function underlineTerms(text: string, terms: readonly FilterTerm[]): string {
	const spans = terms.filter((term) => !term.isNegated).flatMap((term) => term.spansIn(text));
	return underlineSpans(text, joined(spans));
}

function joined(spans: readonly Span[]): Span[] {
	const out: Span[] = [];
	for (const span of [...spans].sort((a, b) => a.start - b.start)) {
		const last = out.at(-1);
		if (last && span.start <= last.end) out[out.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
		else out.push(span);
	}
	return out;
}
