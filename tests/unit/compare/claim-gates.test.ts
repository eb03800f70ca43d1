import { expect, test } from "vitest";
import { BLOCKED_WORDINGS, wordingOf } from "../../../src/compare/blocked-wordings.js";
import { type ClaimEvidence, type ClaimSource, claimGates, statusOf } from "../../../src/compare/claim-gates.js";
import type { EvalClaim } from "../../../src/domain/claims.js";

const claim: EvalClaim = {
	id: "a",
	text: "It solves 62 % of these tasks.",
	k: 1,
	eval: "r",
	value: 0.62,
	within: 0.005,
};
const source: ClaimSource = {
	name: "r",
	contamination: [{ note: "written for the test", tasks: 40 }],
	training: { state: "checked", checkpoints: [], unknownParent: null, tasks: "as_judged", compared: 40, seen: [] },
};

function evidence(
	over: { source?: Partial<ClaimSource>; value?: number; tasks?: number; interval?: null } = {},
): ClaimEvidence {
	const { value = 0.62, tasks = 40 } = over;
	const interval = over.interval === null ? null : { low: value - 0.1, high: value + 0.1 };
	return { sources: [{ ...source, ...over.source }], figure: { kind: "eval", claim, value, interval, tasks } };
}

const statusWith = (found: ClaimEvidence, stated: EvalClaim = claim) =>
	statusOf(claimGates(stated, found, BLOCKED_WORDINGS));

test("a claim is supported when every gate holds", () => {
	expect(statusWith(evidence())).toEqual({ status: "supported", reasons: [] });
});

test.each([
	["no note on contamination", evidence({ source: { contamination: [{ note: null, tasks: 3 }] } }), "blocked"],
	["another figure", evidence({ value: 0.7 }), "blocked"],
	["no interval", evidence({ interval: null }), "blocked"],
	["too few tasks", evidence({ tasks: 9 }), "blocked"],
	["no evaluation", { problem: "no run is called r" }, "blocked"],
	[
		"training data nobody knows",
		evidence({ source: { training: { state: "unknown", reason: "no manifest" } } }),
		"open",
	],
] as const)("%s: %#", (_name, found, status) => {
	const { status: is, reasons } = statusWith(found);
	expect(is).toBe(status);
	expect(reasons).toHaveLength(1);
});

test("a bound that the interval crosses is open, one that the figure breaks is blocked", () => {
	const { value: _value, ...rest } = claim;
	const bounded = (atLeast: number) => {
		const stated = { ...rest, atLeast };
		const found = evidence();
		if ("problem" in found || found.figure.kind !== "eval") throw new Error("it is an evaluation");
		return statusWith({ ...found, figure: { ...found.figure, claim: stated } }, stated).status;
	};
	expect([0.5, 0.6, 0.65].map(bounded)).toEqual(["supported", "open", "blocked"]);
});

test.each([
	"The model has a broad coding improvement.",
	"It is a better programmer.",
	"Its patches are useful in practice.",
	"The latent space has semantic axes.",
	"It brings a general downstream improvement.",
	"The loop shows open-ended self-improvement.",
])("the wording “%s” blocks a claim", (text) => {
	expect(statusWith(evidence(), { ...claim, text }).status).toBe("blocked");
});

test.each([
	"The harness is reproducible and its artifacts are backed by manifests.",
	"No action is used: the action arm is below the no-action arm on these 1,000 commits.",
	"On this narrow slice of 47 HumanEval tasks the rerank gains 3 tasks.",
	"Patches that do not apply are counted as failures.",
])("the wording “%s” is left alone", (text) => {
	expect(statusWith(evidence(), { ...claim, text }).status).toBe("supported");
});

test("a wording of one's own is met whatever its capitals and spaces are, and never within a word", () => {
	const { pattern } = wordingOf({ words: "state of the art", reason: "nobody else was measured" });
	expect(pattern.test("It is State-of-the-Art.")).toBe(true);
	expect(pattern.test("the estate of the artist")).toBe(false);
});
