import { escapeHtml, htmlTable, pageHead } from "./html.js";

/** A page whose title is the report's first line, without what closes it. */
export function pageOfReport(markdown: string): string {
	const [title = "", ...lines] = markdown.split("\n");
	return pageHead(title.replace(/^# /, "")) + htmlOfReport(lines.join("\n"));
}

/** Our own reports as HTML: headings, lists, tables and paragraphs. Whatever else a line holds is text. */
function htmlOfReport(markdown: string): string {
	const parts: string[] = [];
	const lines = markdown.split("\n");
	for (let at = 0; at < lines.length; ) {
		const line = lines[at] ?? "";
		const block = blockFrom(lines, at);
		at += Math.max(1, block.length);
		const heading = /^(#{1,3}) (.*)$/.exec(line);
		if (heading?.[1] !== undefined)
			parts.push(`<h${heading[1].length}>${inline(heading[2] ?? "")}</h${heading[1].length}>\n`);
		else if (line.startsWith("| ")) {
			const [head = [], _rule, ...rows] = block.map(cellsOf);
			parts.push(htmlTable(head, rows));
		} else if (line.startsWith("- ")) {
			parts.push(`<ul>${block.map((item) => `<li>${inline(item.slice(2))}</li>`).join("\n")}</ul>\n`);
		} else if (line.trim() !== "") parts.push(`<p>${inline(line)}</p>\n`);
	}
	return parts.join("");
}

/** The lines from here on that begin alike, where those of a table or list do. */
function blockFrom(lines: readonly string[], at: number): string[] {
	const sign = /^(\| |- )/.exec(lines[at] ?? "")?.[0];
	if (sign === undefined) return [];
	const end = lines.findIndex((line, i) => i > at && !line.startsWith(sign));
	return lines.slice(at, end < 0 ? lines.length : end);
}

function cellsOf(row: string): string[] {
	return row
		.slice(1, row.lastIndexOf("|"))
		.split(/(?<!\\)\|/)
		.map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** Marks of ours are put in after everything is escaped. */
function inline(text: string): string {
	return escapeHtml(text)
		.replace(/&#96;(.*?)&#96;/g, "<code>$1</code>")
		.replace(/\*\*(.+?)\*\*/g, "<strong>$1</strong>");
}
