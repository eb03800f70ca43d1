import { expect, test } from "vitest";
import { energiesAmong } from "../../../src/energy/energy-among.js";

const at = (...places: number[]) => places.map((x) => Float32Array.of(x, 0));

test("a candidate's energy is low where other valid ones are near, by a tenth of the middle squared distance", () => {
	const energies = energiesAmong(at(0, 1, 3), [true, true, true]);
	// Squared distances 1, 4 and 9: h is 0.4.
	const of = (...squared: number[]) =>
		-Math.log(squared.map((d) => Math.exp(-d / 0.4)).reduce((a, b) => a + b, 0) / 2 + 1e-9);
	const expected = [of(1, 9), of(1, 4), of(9, 4)];
	for (const [i, energy] of energies.entries()) expect(energy).toBeCloseTo(expected[i] ?? 0, 9);
});

test("programs that are not valid have none, and count for nobody", () => {
	expect(energiesAmong([...at(0, 0), null], [true, false, false])).toEqual([-Math.log(1e-9), null, null]);
	const [one, other] = energiesAmong(at(2, 2, 9), [true, true, false]);
	expect([one, other]).toEqual([-Math.log(1 + 1e-9), -Math.log(1 + 1e-9)]);
	expect(energiesAmong([], [])).toEqual([]);
});
