import { summarise } from "./summary.js";

/** Difference of arcsine-transformed shares; .2 is called small, .5 medium, .8 large (Cohen 1988, section 6.2). */
export function cohenH(before: number, after: number): number {
	return 2 * Math.asin(Math.sqrt(after)) - 2 * Math.asin(Math.sqrt(before));
}

/** Mean difference over its standard deviation, for pairs (Cohen's d_z); null below two pairs or without spread. */
export function cohenDz(differences: Float64Array): number | null {
	const { mean, std } = summarise(differences);
	return std === null || std === 0 || mean === null ? null : mean / std;
}

/** `after / before - 1`; null for `before` 0. */
export function relativeLift(before: number, after: number): number | null {
	return before === 0 ? null : after / before - 1;
}

/** The part of the errors that went away; null where there were none. */
export function relativeErrorReduction(before: number, after: number): number | null {
	return before === 1 ? null : (after - before) / (1 - before);
}
