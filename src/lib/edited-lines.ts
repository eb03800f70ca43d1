/** Lines that only one of both texts has, each as often as it is there more often. */
export function editedLines(before: string, after: string): number {
	const counts = new Map<string, number>();
	for (const line of after.split("\n")) counts.set(line, (counts.get(line) ?? 0) + 1);
	for (const line of before.split("\n")) counts.set(line, (counts.get(line) ?? 0) - 1);
	return [...counts].reduce((sum, [line, count]) => sum + (line.trim() === "" ? 0 : Math.abs(count)), 0);
}

/** Whether two programs are the same but for blank lines and blanks within and behind lines. Indents mean something. */
export function differInBlanksAlone(before: string, after: string): boolean {
	return withoutBlanks(before) === withoutBlanks(after);
}

function withoutBlanks(text: string): string {
	const lines = text.split("\n").filter((line) => line.trim() !== "");
	return lines.map((line) => `${/^\s*/.exec(line)?.[0]}${line.replace(/\s+/g, "")}`).join("\n");
}
