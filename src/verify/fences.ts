export interface FencedBlock {
	text: string;
	/** What stands behind the opening fence, in lower case, e.g. `python`. */
	tag: string;
	/** false: the text ended first. */
	closed: boolean;
}

const FENCE_LINE = /^([ \t]*)(`{3,}|~{3,})[ \t]*([^\n`]*)$/;

/**
 * The fenced blocks of a Markdown text, in order. A text that has only the closing fence, since the opening one stood in
 * the prompt, is one block; a block whose end is missing goes on to the end of the text.
 */
export function fencedBlocks(text: string): FencedBlock[] {
	if (!text.includes("```") && !text.includes("~~~")) return [];
	const lines = text.split("\n");
	const blocks: FencedBlock[] = [];
	let open: { fence: string; indent: string; tag: string; from: number } | null = null;
	for (const [index, line] of lines.entries()) {
		const [, indent = "", fence = "", tag = ""] = FENCE_LINE.exec(line.trimEnd()) ?? [];
		if (fence === "") continue;
		if (open === null) {
			open = { fence, indent, tag: tag.trim().toLowerCase(), from: index + 1 };
		} else if (tag === "" && fence.startsWith(open.fence)) {
			blocks.push({ text: blockText(lines.slice(open.from, index), open.indent), tag: open.tag, closed: true });
			open = null;
		}
	}
	if (open === null) return blocks;
	const before = lines.slice(0, open.from - 1).join("\n");
	if (blocks.length === 0 && open.tag === "" && /^\s*(def|class|import|from|return|for|if)\b/.test(before)) {
		return [{ text: `${before}\n`, tag: "", closed: true }];
	}
	return [...blocks, { text: blockText(lines.slice(open.from), open.indent), tag: open.tag, closed: false }];
}

/** A block in a list is indented as its fence is. */
function blockText(lines: readonly string[], indent: string): string {
	const own = lines.map((line) => (indent !== "" && line.startsWith(indent) ? line.slice(indent.length) : line));
	return own.length === 0 ? "" : `${own.join("\n").replace(/\n$/, "")}\n`;
}
