/**
 * p values adjusted for their number, in the order given: the family-wise error stays below the level under any
 * dependence (Holm 1979).
 */
export function holm(pValues: readonly number[]): number[] {
	const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
	const adjusted = new Array<number>(pValues.length).fill(1);
	let most = 0;
	for (const [place, index] of order.entries()) {
		most = Math.max(most, Math.min(1, (pValues.length - place) * (pValues[index] ?? 1)));
		adjusted[index] = most;
	}
	return adjusted;
}
