/**
 * Figures of rankings of a task's candidates: the higher a score, the earlier. Ties count at what drawing among them
 * gives on average.
 */

/** Chance that the first candidate is accepted; NaN without candidates. */
export function firstChoice(scores: ArrayLike<number>, accepted: ArrayLike<boolean>): number {
	let most = Number.NEGATIVE_INFINITY;
	for (let i = 0; i < scores.length; i++) most = Math.max(most, scores[i] ?? Number.NaN);
	let [ties, right] = [0, 0];
	for (let i = 0; i < scores.length; i++) {
		if (scores[i] !== most) continue;
		ties++;
		if (accepted[i]) right++;
	}
	return right / ties;
}

/** Chance that an accepted candidate is ranked over another, ties 0.5 (Mann-Whitney); null: all are accepted, or none. */
export function rankingAuc(scores: ArrayLike<number>, accepted: ArrayLike<boolean>): number | null {
	const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
	let [won, right, wrong] = [0, 0, 0];
	for (let from = 0; from < order.length; ) {
		let to = from;
		let [rightHere, wrongHere] = [0, 0];
		for (; to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]; to++) {
			if (accepted[order[to] ?? 0]) rightHere++;
			else wrongHere++;
		}
		won += rightHere * (wrong + wrongHere / 2);
		right += rightHere;
		wrong += wrongHere;
		from = to;
	}
	return right === 0 || wrong === 0 ? null : won / (right * wrong);
}

/** How many have the same key, each itself included; 0 for "", which nobody shares. */
export function companyOf(keys: readonly string[]): number[] {
	const counts = new Map<string, number>();
	for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
	return keys.map((key) => (key === "" ? 0 : (counts.get(key) ?? 0)));
}
