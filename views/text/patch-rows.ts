import { visible } from "./cells.js";
import { addedLine, bold, cyan, dim, type Paint, plain, removedLine } from "./style.js";
import { cutStyled, wrapStyled } from "./styled.js";

/** A unified diff as it stands, and the rows of its hunks' heads. */
export function patchRows(patch: string, width: number, wraps: boolean): { rows: string[]; marks: number[] } {
	const rows: string[] = [];
	const marks: number[] = [];
	if (patch.trim() === "") return { rows: [dim(" an empty patch: nothing is changed".padEnd(width))], marks };
	for (const line of patch.replace(/\n$/, "").split("\n")) {
		if (line.startsWith("@@")) marks.push(rows.length);
		const text = ` ${visible(line.replace(/\r$/, ""))}`;
		const paint = paintOf(line);
		rows.push(...(wraps ? wrapStyled(text, width) : [cutStyled(text, width)]).map(paint));
	}
	return { rows, marks };
}

function paintOf(line: string): Paint {
	if (/^(diff |index |--- |\+\+\+ |new file|deleted file)/.test(line)) return bold;
	if (line.startsWith("@@")) return cyan;
	if (line.startsWith("+")) return addedLine;
	return line.startsWith("-") ? removedLine : plain;
}
