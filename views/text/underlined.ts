import { underline } from "./style.js";

/** A stretch of a text, by string indexes. */
export interface Span {
	start: number;
	end: number;
}

/** Underlines stretches of a text without styles. They are in order and do not overlap. */
export function underlineSpans(text: string, spans: readonly Span[]): string {
	let out = "";
	let at = 0;
	for (const { start, end } of spans) {
		out += text.slice(at, start) + underline(text.slice(start, end));
		at = end;
	}
	return out + text.slice(at);
}
