import { normalCdf, normalQuantile } from "./distributions.js";

export interface PowerOptions {
	/** Two-sided. Default 0.05. */
	alpha?: number;
	/** Default 0.8. */
	power?: number;
}

/**
 * Chance that McNemar's test finds a true difference of two paired shares (Connor 1987, eq. 3). `discordant` is the
 * share of pairs that differ, |difference| at most that.
 */
export function mcNemarPower(pairs: number, discordant: number, difference: number, alpha = 0.05): number {
	const size = Math.abs(difference);
	if (!(pairs >= 1 && discordant > 0 && discordant <= 1 && size <= discordant)) {
		throw new RangeError(`needs pairs >= 1 and |difference| <= discordant <= 1, got ${pairs}, ${discordant}, ${size}`);
	}
	const spread = discordant - size ** 2;
	const reach = size * Math.sqrt(pairs) - normalQuantile(1 - alpha / 2) * Math.sqrt(discordant);
	if (spread <= 0) return reach >= 0 ? 1 : 0;
	return normalCdf(reach / Math.sqrt(spread));
}

/**
 * Smallest true mean difference that a paired comparison of so many tasks finds with the given power:
 * (z_(1-alpha/2) + z_power) * s / sqrt(n), s the standard deviation of the differences per task (Bloom 1995). The pairing
 * is in s. null below two tasks.
 */
export function minimalDetectableDifference(
	differences: Float64Array,
	{ alpha = 0.05, power = 0.8 }: PowerOptions = {},
): number | null {
	const n = differences.length;
	if (n < 2) return null;
	const mean = differences.reduce((sum, value) => sum + value, 0) / n;
	const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
	return (normalQuantile(1 - alpha / 2) + normalQuantile(power)) * Math.sqrt(variance / n);
}
