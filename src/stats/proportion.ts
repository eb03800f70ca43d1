import { betaQuantile, normalQuantile } from "./distributions.js";
import { checkLevel, type Interval } from "./interval.js";

/**
 * Score interval of a share (Wilson 1927, without continuity correction). It takes the trials to be independent, which
 * candidates of one task are not. Throws RangeError unless 0 <= successes <= trials, trials >= 1 and 0 < level < 1.
 */
export function wilson(successes: number, trials: number, level = 0.95): Interval {
	check(successes, trials, level);
	const z = normalQuantile(1 - (1 - level) / 2);
	const share = successes / trials;
	const scale = 1 + z ** 2 / trials;
	const centre = (share + z ** 2 / (2 * trials)) / scale;
	const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
	return {
		low: successes === 0 ? 0 : Math.max(0, centre - half),
		high: successes === trials ? 1 : Math.min(1, centre + half),
	};
}

/** "Exact" interval: it covers at least `level` whatever the true share (Clopper & Pearson 1934). Throws as `wilson`. */
export function clopperPearson(successes: number, trials: number, level = 0.95): Interval {
	check(successes, trials, level);
	const tail = (1 - level) / 2;
	return {
		low: successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1),
		high: successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes),
	};
}

function check(successes: number, trials: number, level: number): void {
	const whole = Number.isInteger(successes) && Number.isInteger(trials);
	if (!whole || trials < 1 || successes < 0 || successes > trials) {
		throw new RangeError(`a share needs whole numbers 0 <= successes <= trials, got ${successes} of ${trials}`);
	}
	checkLevel(level);
}
