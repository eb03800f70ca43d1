/**
 * Chen et al. 2021, eq. 1: the chance that k of n candidates, c of them accepted, hold an accepted one.
 * The product form avoids overflow of C(n, k). Needs n >= k.
 */
export function passAtK(n: number, c: number, k: number): number {
	if (n - c < k) return 1;
	let none = 1;
	for (let i = n - c + 1; i <= n; i++) none *= 1 - k / i;
	return 1 - none;
}
