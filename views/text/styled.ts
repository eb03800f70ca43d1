import { cellWidth, codePointWidth } from "./cells.js";

const PIECES = /\x1b\[([0-9;]*)m|[\s\S]/gu;
const PLAIN_COLOUR = "\x1b[39m";

/** Cells of safe text with foreground colours in it. */
function styledWidth(text: string): number {
	return cellWidth(text.replace(/\x1b\[[0-9;]*m/g, ""));
}

/** Rows of exactly `width` cells; a colour goes on in the next row. The text is safe and has no styles but colours. */
export function wrapStyled(text: string, width: number): string[] {
	const rows: string[] = [];
	let colour = "";
	let row = "";
	let used = 0;
	const close = () => {
		rows.push(row + (colour && PLAIN_COLOUR) + " ".repeat(Math.max(0, width - used)));
		row = colour;
		used = 0;
	};
	for (const [piece, code] of text.matchAll(PIECES)) {
		if (code !== undefined) {
			colour = piece === PLAIN_COLOUR ? "" : piece;
			row += piece;
			continue;
		}
		const cells = codePointWidth(piece);
		if (used + cells > width) close();
		row += piece;
		used += cells;
	}
	close();
	return rows;
}

/** One row of exactly `width` cells, with an ellipsis where it had to be cut. */
export function cutStyled(text: string, width: number): string {
	if (styledWidth(text) <= width) return wrapStyled(text, width)[0] ?? "";
	return `${wrapStyled(text, Math.max(1, width - 1))[0] ?? ""}…`;
}
