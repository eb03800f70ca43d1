import { expect, test } from "vitest";
import { seededRandom } from "../../../src/lib/seeded-random.js";
import { bootstrapMean, clusterBootstrap, quantile } from "../../../src/stats/bootstrap.js";
import { normalCdf, normalQuantile } from "../../../src/stats/distributions.js";

/** The ratio for each of the n^n ways to draw n clusters. */
function allRatios(sums: readonly number[], weights: readonly number[]): Float64Array {
	const n = sums.length;
	return Float64Array.from({ length: n ** n }, (_, way) => {
		let rest = way;
		let [sum, weight] = [0, 0];
		for (let i = 0; i < n; i++, rest = Math.floor(rest / n)) {
			sum += sums[rest % n] ?? 0;
			weight += weights[rest % n] ?? 0;
		}
		return sum / weight;
	}).sort();
}

test("percentile ends are those of all n^n draws", () => {
	const sums = [3, 0, 7, 2, 5];
	const weights = [8, 4, 8, 6, 5];
	const exact = allRatios(sums, weights);
	const interval = clusterBootstrap(
		{ sums: Float64Array.from(sums), weights: Float64Array.from(weights) },
		{ resamples: 200_000, method: "percentile", fewest: 2 },
	);
	expect(interval?.low).toBeCloseTo(quantile(exact, 0.025), 2);
	expect(interval?.high).toBeCloseTo(quantile(exact, 0.975), 2);
});

/** Populations of ten cities in 1920 and 1930, in thousands (Cochran 1977, used by Davison & Hinkley 1997, table 1.3). */
const CITY = {
	weights: Float64Array.of(138, 93, 61, 179, 48, 37, 29, 23, 30, 2),
	sums: Float64Array.of(143, 104, 69, 260, 75, 63, 50, 48, 111, 50),
};

/** Each ratio of ten drawn cities with its chance: all 92,378 multisets, ascending. */
function cityDraws(): { ratio: number; chance: number }[] {
	const draws: { ratio: number; chance: number }[] = [];
	const factorials = Array.from({ length: 11 }, (_, n) =>
		Array.from({ length: n }, (_, i) => i + 1).reduce((a, b) => a * b, 1),
	);
	const draw = (city: number, left: number, sum: number, weight: number, ways: number) => {
		if (city === 10) {
			if (left === 0) draws.push({ ratio: sum / weight, chance: ways / 1e10 });
			return;
		}
		for (let times = city === 9 ? left : 0; times <= left; times++) {
			const [x, u] = [CITY.sums[city] ?? 0, CITY.weights[city] ?? 0];
			draw(city + 1, left - times, sum + times * x, weight + times * u, ways / (factorials[times] ?? 1));
		}
	};
	draw(0, 10, 0, 0, factorials[10] ?? 1);
	return draws.sort((a, b) => a.ratio - b.ratio);
}

test("BCa of the growth of ten cities lies where two runs of R's boot::boot.ci(city.boot) with R = 999 put it", () => {
	const at = (level: number) => clusterBootstrap(CITY, { level, resamples: 100_000, fewest: 2 });
	const published = {
		0.9: [
			[1.278, 1.939],
			[1.271, 2.002],
		],
		0.95: [
			[1.245, 2.064],
			[1.242, 2.195],
		],
	};
	for (const [level, runs] of Object.entries(published)) {
		const interval = at(Number(level));
		for (const [low = 0, high = 0] of runs) {
			expect(Math.abs((interval?.low ?? 0) - low)).toBeLessThan(0.02);
			// In the long tail the ends of 999 draws differ that much from each other.
			expect(Math.abs((interval?.high ?? 0) - high)).toBeLessThan(0.12);
		}
	}
});

test("BCa of the ten cities is that of all 10^10 draws, by Efron's formula", () => {
	const draws = cityDraws();
	expect(draws.reduce((sum, { chance }) => sum + chance, 0)).toBeCloseTo(1, 9);
	const estimate = 973 / 640;
	const chanceOf = (counts: (ratio: number) => boolean) =>
		draws.reduce((sum, { ratio, chance }) => sum + (counts(ratio) ? chance : 0), 0);
	const tie = 1e-12;
	const bias = normalQuantile(chanceOf((r) => r < estimate - tie) + chanceOf((r) => Math.abs(r - estimate) <= tie) / 2);
	const left = Array.from(CITY.sums, (x, i) => (973 - x) / (640 - (CITY.weights[i] ?? 0)));
	const mean = left.reduce((a, b) => a + b, 0) / 10;
	const power = (of: number) => left.reduce((sum, value) => sum + (mean - value) ** of, 0);
	const acceleration = power(3) / (6 * power(2) ** 1.5);
	const end = (share: number) => {
		const shifted = bias + normalQuantile(share);
		const wanted = normalCdf(bias + shifted / (1 - acceleration * shifted));
		let sum = 0;
		return draws.find(({ chance }) => {
			sum += chance;
			return sum >= wanted;
		})?.ratio;
	};
	const interval = clusterBootstrap(CITY, { resamples: 1_000_000, fewest: 2 });
	expect(interval?.low).toBeCloseTo(end(0.025) ?? 0, 2);
	expect(interval?.high).toBeCloseTo(end(0.975) ?? 0, 2);
});

test("on data that lie evenly around their mean, BCa is the percentile interval", () => {
	const values = Float64Array.from({ length: 41 }, (_, i) => i - 20);
	const bca = bootstrapMean(values, { resamples: 20_000 });
	const percentile = bootstrapMean(values, { resamples: 20_000, method: "percentile" });
	expect(Math.abs((bca?.high ?? 0) - (percentile?.high ?? 1))).toBeLessThan(0.15);
	expect(Math.abs((bca?.low ?? 0) - (percentile?.low ?? 1))).toBeLessThan(0.15);
});

test("on skewed data BCa moves towards the long tail and misses the true mean less often", () => {
	const missed = { bca: 0, percentile: 0 };
	const random = seededRandom(7);
	for (let round = 0; round < 400; round++) {
		const values = Float64Array.from({ length: 20 }, () => -Math.log(1 - random()));
		for (const method of ["bca", "percentile"] as const) {
			const interval = bootstrapMean(values, { resamples: 500, method, seed: round });
			if (interval && (interval.low > 1 || interval.high < 1)) missed[method]++;
		}
	}
	expect(missed.bca).toBeLessThan(missed.percentile);
	// 20 exponential values are few: both miss more than 5 in 100.
	expect(missed.bca / 400).toBeLessThan(0.12);
});

test("candidates of one task are no independent trials: the interval over tasks is wider", () => {
	const perTask = Float64Array.from({ length: 40 }, (_, i) => (i < 20 ? 1 : 0));
	const over = (values: Float64Array) => {
		const interval = bootstrapMean(values, { method: "percentile" });
		return (interval?.high ?? 0) - (interval?.low ?? 0);
	};
	const perSample = Float64Array.from({ length: 400 }, (_, i) => perTask[Math.floor(i / 10)] ?? 0);
	expect(over(perTask) / over(perSample)).toBeGreaterThan(2.5);
});

test("the same seed gives the same interval, another one a slightly other one", () => {
	const values = Float64Array.from({ length: 30 }, (_, i) => (i * 7) % 11);
	expect(bootstrapMean(values, { seed: 1 })).toEqual(bootstrapMean(values, { seed: 1 }));
	expect(bootstrapMean(values, { seed: 1 })).not.toEqual(bootstrapMean(values, { seed: 2 }));
});

test("no interval where the draws can tell nothing", () => {
	expect(bootstrapMean(Float64Array.of())).toBeNull();
	expect(bootstrapMean(Float64Array.of(0, 1, 0, 1, 0, 1, 0, 1, 0))).toBeNull();
	expect(bootstrapMean(new Float64Array(164).fill(1))).toBeNull();
	expect(() => clusterBootstrap({ sums: Float64Array.of(1), weights: Float64Array.of(0) })).toThrow("weigh nothing");
	expect(() => clusterBootstrap({ sums: Float64Array.of(1), weights: Float64Array.of() })).toThrow("1 sums");
});

/** Chance that a draw of `count` clusters with replacement, `ones` of them 1 and the others 0, has at most `most` ones. */
function binomialUpTo(count: number, ones: number, most: number): number {
	const p = ones / count;
	let [term, sum] = [(1 - p) ** count, 0];
	for (let k = 0; k <= most; k++) {
		sum += term;
		term *= ((count - k) / (k + 1)) * (p / (1 - p));
	}
	return sum;
}

test("the ends lie where the exact distribution of the draws has its 2.5 and 97.5 percent", () => {
	for (const [count, ones] of [
		[164, 100],
		[50, 10],
		[30, 15],
	] as const) {
		const interval = bootstrapMean(
			Float64Array.from({ length: count }, (_, i) => (i < ones ? 1 : 0)),
			{ resamples: 1000, method: "percentile" },
		);
		const low = Math.round((interval?.low ?? 0) * count);
		const high = Math.round((interval?.high ?? 0) * count);
		// One cluster to either side, for the noise of 1000 draws.
		expect(binomialUpTo(count, ones, low - 2)).toBeLessThan(0.025);
		expect(binomialUpTo(count, ones, low + 1)).toBeGreaterThan(0.025);
		expect(binomialUpTo(count, ones, high - 2)).toBeLessThan(0.975);
		expect(binomialUpTo(count, ones, high + 1)).toBeGreaterThan(0.975);
	}
});

test("more candidates of the same tasks do not make the interval narrower, more tasks do", () => {
	const shares = Array.from({ length: 40 }, (_, i) => (i % 4) / 3);
	const width = (values: readonly number[]) => {
		const interval = bootstrapMean(Float64Array.from(values));
		return interval === null ? 0 : interval.high - interval.low;
	};
	expect(width(shares)).toBeGreaterThan(0.18);
	expect(width([...shares, ...shares, ...shares, ...shares])).toBeCloseTo(width(shares) / 2, 1);
});
