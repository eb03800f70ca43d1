/** Takes away indentation that all lines share. */
export function dedent(text: string): string {
	const lines = text.split("\n");
	const widths = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
	const shared = Math.min(...widths);
	if (widths.length === 0 || shared === 0) return text;
	return lines.map((line) => line.slice(Math.min(shared, line.length - line.trimStart().length))).join("\n");
}

/**
 * Gives the continuation of a function's body the indentation that it lost: that of its first line, as when leading
 * blanks were trimmed, or that of all. It is done only where the text as it is could not be Python.
 */
export function reindent(body: string, opening: string): string {
	const indent = /^[ \t]+/.exec(opening.trimEnd().split("\n").at(-1) ?? "")?.[0];
	const lines = body.split("\n");
	const first = lines.findIndex((line) => line.trim() !== "");
	const head = lines[first];
	if (indent === undefined || head === undefined || /^[ \t]/.test(head)) return body;
	if (/^(?:(?:async\s+)?def|class|import|from|@|#)\b|^[@#]/.test(head)) return body;
	const rest = lines.slice(first + 1).filter((line) => line.trim() !== "");
	const indented = rest.filter((line) => /^[ \t]/.test(line)).length;
	if (!head.trimEnd().endsWith(":") && rest.length > 0 && /^[ \t]/.test(rest[0] ?? "")) {
		return [...lines.slice(0, first), indent + head, ...lines.slice(first + 1)].join("\n");
	}
	const returnsOutside = [head, ...rest].some((line) => /^(?:return|yield)\b/.test(line));
	if (!returnsOutside && indented > 0) return body;
	if (!returnsOutside) return body;
	return lines.map((line) => (line.trim() === "" ? line : indent + line)).join("\n");
}
