import { describe, expect, test } from "vitest";
import { allFeatures, staticFeatures } from "../../../src/energy/features.js";
import { BASELINES, ORACLE } from "../../../src/energy/rankers.js";
import { candidate, group } from "./candidates.js";

const SUM = "    return sum(x for x in xs if x > 0)\n";
const SAME = "    # all of them\n    return sum(y for y in xs if y > 0)\n";
const LOOP =
	"    total_sum = 0\n    for x in xs:\n        if x > 0:\n            total_sum += x\n    return total_sum\n";
const BROKEN = "    return sum(xs\n";
const UNBOUND = "    return math.fsum(xs)\n";
const NOTHING = "    pass\n";

const scores = (name: string, of: ReturnType<typeof group>) => {
	const ranker = BASELINES.find((known) => known.name === name);
	if (ranker === undefined) throw new Error(`no ranker ${name}`);
	return ranker.scores(of);
};

const ran = (answers: string[], passed: number | null = null, holds: boolean[] = []) => ({
	observed: { answers, examples: passed === null ? null : { passed, total: 2 }, holds },
});

describe("of programs alone", () => {
	const all = group(
		[SUM, SAME, LOOP, BROKEN, UNBOUND, NOTHING].map((body, sampleIndex) => candidate(body, { sampleIndex })),
	);

	test("what does not parse, returns nothing or reads an unbound name is not valid", () => {
		expect(scores("static validity", all)).toEqual([1, 1, 1, 0, 0, 0]);
	});

	test("duplicates are equal programs, and are counted among valid ones only", () => {
		expect(scores("duplicates", all)).toEqual([2, 2, 1, 0, 0, 0]);
		expect(all.company).toEqual([2, 2, 1, 1, 1, 1]);
		expect(group([candidate(null), candidate(null)]).company).toEqual([0, 0]);
	});

	test("programs that are alike in a loose form keep each other company, if they are valid", () => {
		const near = group([SUM, SUM.replace("x > 0", "(0 < x)"), LOOP, BROKEN].map((body) => candidate(body)));
		expect(near.validCompany).toEqual([1, 1, 1, 0]);
		expect(near.looseCompany).toEqual([
			[2, 2, 2],
			[2, 2, 2],
			[1, 1, 1],
			[0, 0, 0],
		]);
	});

	test("order, length and edits count downwards", () => {
		expect(scores("sample order", all)?.slice(0, 3)).toEqual([0, -1, -2]);
		expect(scores("shortest", all)?.[5]).toBe(-4);
		expect(scores("smallest edit", all)).toEqual([-1, -2, -5, -1, -1, -1]);
	});

	test("words of the prompt count once, cut at case and underscore, without Python's own", () => {
		const [named, plain] =
			scores(
				"lexical overlap",
				group([candidate("    positiveNumbers = total_list\n"), candidate("    return x\n")]),
			) ?? [];
		// positive, numbers, total, list of the prompt's total, positive, numbers, list.
		expect(named).toBe(1);
		expect(plain).toBe(0);
	});

	test("the centroid is near what most programs look like", () => {
		const [sum = 0, same = 0, loop = 0, , , nothing = 0] = scores("centroid", all) ?? [];
		expect(same).toBeCloseTo(sum, 6);
		expect(sum).toBeGreaterThan(nothing);
		expect(loop).toBeLessThan(1);
	});

	test("the centroid of valid ones is nearness to the other valid programs, and broken ones come last", () => {
		const [sum = 0, same = 0, loop = 0, ...broken] = scores("centroid of valid", all) ?? [];
		expect(same).toBeCloseTo(sum, 6);
		expect(sum).toBeGreaterThan(loop);
		expect(loop).toBeGreaterThan(0);
		expect(broken).toEqual([-1, -1, -1]);
		expect(all.validNearest[0]).toHaveLength(3);
	});

	test("what was not given ranks nobody", () => {
		expect(scores("log-probability", all)).toBeNull();
		expect(scores("agreement", all)).toBeNull();
		expect(scores("CodeT", all)).toBeNull();
		expect(allFeatures(all)).toBeNull();
		const given = group([candidate(SUM, { logprob: -0.5 }), candidate(LOOP, { logprob: -0.1 })]);
		expect(scores("log-probability", given)).toEqual([-0.5, -0.1]);
	});
});

describe("of programs that were run", () => {
	const all = group([
		candidate(SUM, ran(["aa11", "bb22"], 2, [true, true, false])),
		candidate(LOOP, ran(["aa11", "bb22"], 2, [true, true, false])),
		candidate(SAME, ran(["aa11", "cc33"], 1, [true, false, true])),
		candidate(UNBOUND, ran(["E", "E"], 0, [false, false, false])),
		candidate(NOTHING, ran(["N", "N"], 0, [false, false, false])),
		candidate(NOTHING, ran(["N", "N"], 0, [false, false, false])),
		candidate(null, { observed: { answers: [], examples: null, holds: [] } }),
	]);

	test("agreement counts equal answers, and nobody agrees on errors or on nothing", () => {
		expect(scores("agreement", all)).toEqual([2, 2, 1, 0, 0, 0, 0]);
	});

	test("soft agreement is the mean share of the same answer", () => {
		const [first = 0, , third = 0, ...rest] = scores("soft agreement", all) ?? [];
		expect(first).toBeCloseTo((3 / 7 + 2 / 7) / 2, 12);
		expect(third).toBeCloseTo((3 / 7 + 1 / 7) / 2, 12);
		expect(rest).toEqual([0, 0, 0, 0]);
	});

	test("CodeT is the root of how many hold the same assertions, times these", () => {
		expect(scores("CodeT", all)).toEqual([2 * Math.SQRT2, 2 * Math.SQRT2, 2, 0, 0, 0, 0]);
	});

	test("what is level by examples goes by agreement", () => {
		expect(scores("examples", all)).toEqual([1, 1, 0.5, 0, 0, 0, 0]);
		const both = scores("examples, then agreement", all) ?? [];
		expect(both[0]).toBe(both[1]);
		expect(both[0]).toBeGreaterThan(both[2] ?? 0);
		expect(both[2]).toBeGreaterThan(both[3] ?? 0);
	});

	test("features have one row a candidate, and standard scores beside each number", () => {
		for (const rows of [staticFeatures(all), allFeatures(all)]) {
			expect(rows?.values).toHaveLength(7 * (rows?.width ?? 0));
			expect([...(rows?.values ?? [])].every(Number.isFinite)).toBe(true);
		}
		const { width, values } = staticFeatures(group([candidate(SUM), candidate(SUM)]));
		for (let row = 0; row < 2; row++)
			expect([...values.subarray(row * width + width / 2, (row + 1) * width)].every((value) => value === 0)).toBe(true);
	});
});

test("verdicts are for the oracle alone", () => {
	const of = (accepted: boolean) =>
		group([candidate(SUM, { accepted, ...ran(["aa11"]) }), candidate(LOOP, { accepted: !accepted, ...ran(["bb22"]) })]);
	for (const { scores: ranking } of BASELINES) expect(ranking(of(true))).toEqual(ranking(of(false)));
	expect(allFeatures(of(true))).toEqual(allFeatures(of(false)));
	expect(ORACLE.scores(of(true))).toEqual([1, 0]);
});
