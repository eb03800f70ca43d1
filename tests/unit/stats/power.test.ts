import { expect, test } from "vitest";
import { seededRandom } from "../../../src/lib/seeded-random.js";
import { logChoose } from "../../../src/stats/distributions.js";
import { cohenDz, cohenH, relativeErrorReduction, relativeLift } from "../../../src/stats/effect-size.js";
import { mcNemar } from "../../../src/stats/paired.js";
import { mcNemarPower, minimalDetectableDifference } from "../../../src/stats/power.js";
import { summarise } from "../../../src/stats/summary.js";

test("the power of McNemar's test is about how often it finds the difference", () => {
	const random = seededRandom(11);
	const [pairs, gain, loss] = [200, 0.15, 0.05];
	let found = 0;
	for (let round = 0; round < 2000; round++) {
		let [gained, lost] = [0, 0];
		for (let i = 0; i < pairs; i++) {
			const draw = random();
			if (draw < gain) gained++;
			else if (draw < gain + loss) lost++;
		}
		if (mcNemar(gained, lost) < 0.05) found++;
	}
	// The exact test is a little conservative.
	expect(Math.abs(mcNemarPower(pairs, gain + loss, gain - loss) - found / 2000)).toBeLessThan(0.06);
	expect(mcNemarPower(100_000, 0.2, 0.1)).toBeCloseTo(1, 6);
	expect(() => mcNemarPower(10, 0.1, 0.2)).toThrow("discordant");
});

/** Chance of exact p < 0.05, over all numbers of pairs gained and lost. */
function exactPower(pairs: number, gain: number, loss: number): number {
	const chance = (gained: number, lost: number) =>
		Math.exp(
			logChoose(pairs, gained) +
				logChoose(pairs - gained, lost) +
				gained * Math.log(gain) +
				lost * Math.log(loss) +
				(pairs - gained - lost) * Math.log(1 - gain - loss),
		);
	let sum = 0;
	for (let gained = 0; gained <= pairs; gained++) {
		for (let lost = 0; lost + gained <= pairs; lost++) if (mcNemar(gained, lost) < 0.05) sum += chance(gained, lost);
	}
	return sum;
}

test.each([
	[50, 0.32, 0.08],
	[100, 0.2, 0.06],
	[200, 0.15, 0.05],
])(
	"the power of McNemar's test over %d pairs, %d gained and %d lost, is near the one that is counted",
	(pairs, gain, loss) => {
		const counted = exactPower(pairs, gain, loss);
		const power = mcNemarPower(pairs, gain + loss, gain - loss);
		// The exact test is more careful than the normal approximation.
		expect(power).toBeGreaterThan(counted - 0.01);
		expect(power).toBeLessThan(counted + 0.09);
	},
);

test("the smallest difference that is found shrinks with the root of the number of tasks, and with the pairing", () => {
	const differences = (n: number, spread: number) =>
		Float64Array.from({ length: n }, (_, i) => (i % 2 ? spread : -spread));
	const small = minimalDetectableDifference(differences(400, 0.1)) ?? 0;
	expect((minimalDetectableDifference(differences(100, 0.1)) ?? 0) / small).toBeCloseTo(2, 1);
	expect((minimalDetectableDifference(differences(400, 0.3)) ?? 0) / small).toBeCloseTo(3, 6);
	expect(small).toBeCloseTo((2.8015852 * 0.1) / 20, 3);
	expect(minimalDetectableDifference(Float64Array.of(1))).toBeNull();
});

test("effect sizes", () => {
	expect(cohenH(0.5, 0.5)).toBe(0);
	expect(cohenH(0, 1)).toBeCloseTo(Math.PI, 12);
	expect(cohenDz(Float64Array.of(1, 2, 3))).toBeCloseTo(2, 12);
	expect(cohenDz(Float64Array.of(1, 1))).toBeNull();
	expect(relativeLift(0.5, 0.75)).toBeCloseTo(0.5, 12);
	expect(relativeLift(0, 0.5)).toBeNull();
	expect(relativeErrorReduction(0.5, 0.75)).toBeCloseTo(0.5, 12);
	expect(relativeErrorReduction(1, 1)).toBeNull();
});

test("a summary of nothing holds nothing; the median of an even number lies between the middle two", () => {
	expect(summarise(Float64Array.of())).toEqual({ count: 0, mean: null, median: null, min: null, max: null, std: null });
	expect(summarise(Float64Array.of(4, 1, 3, 2))).toEqual({
		count: 4,
		mean: 2.5,
		median: 2.5,
		min: 1,
		max: 4,
		std: Math.sqrt(5 / 3),
	});
});
