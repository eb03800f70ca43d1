import { cellWidth, takeCells, visible } from "./cells.js";

/** Lines of at most `width` cells, broken at spaces where there are any. Keeps the text's own line breaks. */
export function wrapText(text: string, width: number): string[] {
	const lines = text.replace(/\r\n/g, "\n").replace(/\n$/, "").split("\n");
	return lines.flatMap((line) => wrapLine(visible(line), Math.max(1, width)));
}

function wrapLine(line: string, width: number): string[] {
	const out: string[] = [];
	const indent = /^ */.exec(line)?.[0].length ?? 0;
	let rest = line;
	while (cellWidth(rest) > width) {
		const head = takeCells(rest, width).trimEnd();
		const space = rest.charAt(head.length) === " " ? head.length : head.lastIndexOf(" ");
		const cut = space > indent && space > width / 3 ? space : Math.max(1, head.length);
		out.push(rest.slice(0, cut).trimEnd());
		rest = rest.slice(cut).trimStart();
	}
	out.push(rest);
	return out;
}

/** A line this long was broken by its writer, not ended. */
const BROKEN_LINE = 50;

/** Takes hard line breaks out of paragraphs, so that they can be broken for another width. Code keeps its lines. */
export function joinProse(text: string): string {
	return text.replace(/^(\S.*)\n(?=[A-Za-z0-9(`'"])/gm, (whole: string, line: string) =>
		(line.length >= BROKEN_LINE && !/^[>#$-]|[:{([,;]$/.test(line)) || /[a-z],$/.test(line) ? `${line} ` : whole,
	);
}
