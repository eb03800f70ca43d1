/** Letters of `pattern` in order within `text`; starts of words and runs of letters count more. null: no match. */
export function fuzzyScore(pattern: string, text: string): number | null {
	const wanted = pattern.toLowerCase().replace(/\s+/g, "");
	const given = text.toLowerCase();
	let score = 0;
	let at = -1;
	for (const letter of wanted) {
		const next = given.indexOf(letter, at + 1);
		if (next < 0) return null;
		if (next === at + 1 && at >= 0) score += 3;
		if (next === 0 || /[^a-z0-9]/.test(given.charAt(next - 1))) score += 4;
		score -= Math.min(3, next - at - 1) / 4;
		at = next;
	}
	return score;
}
