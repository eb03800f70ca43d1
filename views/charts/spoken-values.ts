/** A line of values as a sentence: how many, the first and the last, the least and the most. "" without any. */
export function spokenValues(name: string, values: readonly number[], format: (value: number) => string): string {
	const known = values.filter(Number.isFinite);
	const [first] = known;
	const last = known.at(-1);
	if (first === undefined || last === undefined) return "";
	if (known.length === 1) return `${name} ${format(last)}`;
	const least = known.reduce((a, b) => Math.min(a, b));
	const most = known.reduce((a, b) => Math.max(a, b));
	return `${name} ${known.length} values from ${format(first)} to ${format(last)}, min ${format(least)}, max ${format(most)}, last ${format(last)}`;
}
