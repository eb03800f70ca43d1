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

/** Chance that one of the first k candidates is accepted; 0 without an accepted one. */
export function acceptedWithin(scores: ArrayLike<number>, accepted: ArrayLike<boolean>, k: number): number {
	let placed = 0;
	for (const { size, right } of levels(scores, accepted)) {
		const drawn = Math.min(k - placed, size);
		if (drawn <= 0) return 0;
		if (right > 0) {
			// C(size - right, drawn) / C(size, drawn): all that are drawn are wrong.
			let wrong = 1;
			for (let i = 0; i < drawn; i++) wrong *= Math.max(0, size - right - i) / (size - i);
			if (size > drawn || wrong < 1) return 1 - wrong;
		}
		placed += size;
	}
	return 0;
}

/** Mean of 1 / place of the first accepted candidate; 0 without one. */
export function reciprocalOfFirst(scores: ArrayLike<number>, accepted: ArrayLike<boolean>): number {
	let placed = 0;
	for (const { size, right } of levels(scores, accepted)) {
		if (right > 0) {
			let [sum, noneBefore] = [0, 1];
			for (let place = 1; place <= size - right + 1; place++) {
				const left = size - place + 1;
				sum += (noneBefore * (right / left)) / (placed + place);
				noneBefore *= (left - right) / left;
			}
			return sum;
		}
		placed += size;
	}
	return 0;
}

/** Candidates with the same score, the highest first: how many, and how many of them are accepted. */
function* levels(scores: ArrayLike<number>, accepted: ArrayLike<boolean>): Generator<{ size: number; right: number }> {
	const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
	for (let from = 0; from < order.length; ) {
		let to = from;
		let right = 0;
		for (; to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]; to++)
			if (accepted[order[to] ?? 0]) right++;
		yield { size: to - from, right };
		from = to;
	}
}
