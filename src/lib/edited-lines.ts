/** Lines that only one of both texts has, each as often as it is there more often. */
export function editedLines(before: string, after: string): number {
	const counts = new Map<string, number>();
	for (const line of after.split("\n")) counts.set(line, (counts.get(line) ?? 0) + 1);
	for (const line of before.split("\n")) counts.set(line, (counts.get(line) ?? 0) - 1);
	return [...counts].reduce((sum, [line, count]) => sum + (line.trim() === "" ? 0 : Math.abs(count)), 0);
}
