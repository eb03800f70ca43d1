import { expect, test } from "vitest";
import type { Observed } from "../../../src/energy/candidate-facts.js";
import { trustOf } from "../../../src/energy/trust.js";

const ran = (answers: string[], passed: number | null, holds: boolean[] = []): Observed => ({
	answers,
	examples: passed === null ? null : { passed, total: 2 },
	holds,
});

test("those that pass the most examples vote, and others are measured by them", () => {
	const [first, second, third, wrong, silent] = trustOf(
		[
			ran(["aa", "bb"], 2, [true, true, false]),
			ran(["aa", "bb"], 2, [true, false, false]),
			ran(["aa", "cc"], 2, [true, true, false]),
			ran(["dd", "bb"], 1, [false, false, true]),
			ran(["E", "N"], 0, [false, false, false]),
		],
		["p", "p", "q", "r", "s"],
	);
	expect(first).toEqual({
		trusted: true,
		shareTrusted: 3 / 5,
		company: 2 / 3,
		programs: 1 / 2,
		agreement: expect.closeTo((3 / 3 + 2 / 3) / 2, 12),
		leading: 1,
		silent: 0,
		// Of the trusted three hold the first assertion and two the second: weights 3/5 and 2/5.
		assertions: expect.closeTo(1, 12),
		popularAssertions: expect.closeTo((3 + 2) / 6, 12),
	});
	expect(second?.assertions).toBeCloseTo(3 / 5, 12);
	expect(third?.company).toBeCloseTo(1 / 3, 12);
	expect(wrong).toMatchObject({
		trusted: false,
		company: 0,
		leading: 1 / 2,
		agreement: expect.closeTo(1 / 3, 12),
		assertions: 0,
	});
	expect(wrong?.popularAssertions).toBeCloseTo(1 / 6, 12);
	expect(silent).toMatchObject({ trusted: false, company: 0, agreement: 0, leading: 0, silent: 1 });
});

test("without examples all that answer vote", () => {
	const of = trustOf([ran(["aa"], null), ran(["bb"], null), ran(["E"], null)], ["p", "q", "r"]);
	expect(of.map(({ trusted }) => trusted)).toEqual([true, true, false]);
	expect(of[0]?.shareTrusted).toBeCloseTo(2 / 3, 12);
});

test("where no candidate passes an example, nobody is trusted and nothing is said", () => {
	for (const of of trustOf([ran(["aa"], 0), ran(["bb"], 0)], ["p", "q"]))
		expect(of).toEqual({
			trusted: false,
			shareTrusted: 0,
			company: 0,
			programs: 0,
			agreement: 0,
			leading: 0,
			silent: 0,
			assertions: 0,
			popularAssertions: 0,
		});
});
