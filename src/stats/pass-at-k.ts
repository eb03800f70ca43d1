import type { PassAtK } from "../domain/run.js";

/**
 * Chance that at least one of k candidates, drawn without replacement from n of which c are accepted, is accepted.
 * Chen et al. 2021, eq. 1; the product form avoids overflow of C(n, k) for large n. Throws RangeError unless
 * 1 <= k <= n and 0 <= c <= n.
 */
export function passAtK(n: number, c: number, k: number): number {
	if (![n, c, k].every(Number.isInteger) || k < 1 || k > n || c < 0 || c > n) {
		throw new RangeError(`pass@k needs whole numbers with 1 <= k <= n and 0 <= c <= n, got n=${n} c=${c} k=${k}`);
	}
	if (n - c < k) return 1;
	let allFail = 1;
	for (let i = n - c + 1; i <= n; i++) allFail *= 1 - k / i;
	return 1 - allFail;
}

/** The ks that are asked for most, as far as a task has so many candidates, and the most that one has: for N candidates, N. */
export function usualKs(tasks: Iterable<{ n: number }>): number[] {
	let most = 1;
	for (const { n } of tasks) most = Math.max(most, n);
	return [...new Set([...[1, 5, 10].filter((k) => k <= most), most])];
}

/** Mean over the tasks with at least k judged candidates; a task with fewer says nothing about k and is left out. */
export function meanPassAtK(tasks: Iterable<{ n: number; accepted: number }>, k: number): PassAtK {
	let sum = 0;
	let count = 0;
	for (const task of tasks) {
		if (task.n < k) continue;
		sum += passAtK(task.n, task.accepted, k);
		count++;
	}
	return { k, value: count === 0 ? null : sum / count, tasks: count };
}
