import { visible } from "./cells.js";
import { type LineLayout, layPieces, overhangOf, type Piece, plainPiece } from "./pieces.js";
import { pythonColourer } from "./python-colours.js";
import { addedLine, bold, cyan, dim, type Paint, plain, removedLine } from "./style.js";

/** A unified diff as it stands, the rows of its hunks' heads, and how far its lines go on beyond the pane. */
export function patchRows(
	patch: string,
	width: number,
	layout: LineLayout,
): { rows: string[]; marks: number[]; overhang: number } {
	if (patch.trim() === "") {
		return { rows: [dim(" an empty patch: nothing is changed".padEnd(width))], marks: [], overhang: 0 };
	}
	const rows: string[] = [];
	const marks: number[] = [];
	const lines = patchLines(patch);
	for (const { pieces, paint, isHunk } of lines) {
		if (isHunk) marks.push(rows.length);
		rows.push(...layPieces(pieces, width, layout).map(paint));
	}
	return {
		rows,
		marks,
		overhang: overhangOf(
			lines.map(({ pieces }) => pieces),
			width,
		),
	};
}

interface PatchLine {
	pieces: Piece[];
	paint: Paint;
	isHunk: boolean;
}

/** Python gets its colours on both sides; what is open before a hunk is not known. */
function patchLines(patch: string): PatchLine[] {
	let isPython = false;
	let before = pythonColourer();
	let after = pythonColourer();
	return patch
		.replace(/\n$/, "")
		.split("\n")
		.map((whole) => {
			const line = visible(whole.replace(/\r$/, ""));
			if (/^(---|\+\+\+) /.test(line)) isPython = /\.pyi?\b/.test(line) || (isPython && line.endsWith("/dev/null"));
			const isHunk = line.startsWith("@@");
			if (isHunk) {
				before = pythonColourer();
				after = pythonColourer();
			}
			const paint = paintOf(line);
			const sign = line.charAt(0);
			const isCode = paint === addedLine || paint === removedLine || sign === " ";
			if (!isPython || !isCode) return { pieces: [plainPiece(` ${line}`)], paint, isHunk };
			const removed = sign === "+" ? [] : before(line.slice(1));
			const code = sign === "-" ? removed : after(line.slice(1));
			return { pieces: [plainPiece(` ${sign}`), ...code], paint, isHunk };
		});
}

function paintOf(line: string): Paint {
	if (/^(diff |index |--- |\+\+\+ |new file|deleted file)/.test(line)) return bold;
	if (line.startsWith("@@")) return cyan;
	if (line.startsWith("+")) return addedLine;
	return line.startsWith("-") ? removedLine : plain;
}
