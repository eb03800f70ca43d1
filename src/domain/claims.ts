import { z } from "zod";
import { DIFFERENCES } from "./choices.js";

const Result = z.string().min(1);
const base = {
	/** A name of one's own. */
	id: z.string().regex(/^[\w.-]{1,64}$/, "expected letters, digits, `_`, `.` and `-`, at most 64"),
	/** The sentence. */
	text: z.string().min(1).max(2000),
	k: z.int().positive().default(1),
};

/** A sentence about one run: its pass@k. */
const EvalClaim = z.strictObject({
	...base,
	/** Run id, the start of one, or the file of a result or of rollouts. */
	eval: Result,
	/** The figure that stands in the sentence; pass@k must be it within `within`. */
	value: z.number().min(0).max(1).optional(),
	within: z.number().positive().default(0.005),
	/** The interval must lie on that side. */
	atLeast: z.number().min(0).max(1).optional(),
	atMost: z.number().min(0).max(1).optional(),
});

/** A sentence about two runs: the second against the first. */
const CompareClaim = z.strictObject({
	...base,
	compare: z.array(Result).length(2, "expected two results, the baseline first"),
	says: z.enum(["better", "worse"]),
	/** The difference of pass@k that the sentence states, as a share: 0.05 is 5 points. 0: it states none. */
	by: z.number().min(0).max(1).default(0),
	/** Differences in how they were judged that are put up with. */
	allow: z.array(z.enum(DIFFERENCES)).default([]),
});

export type EvalClaim = z.infer<typeof EvalClaim>;
export type CompareClaim = z.infer<typeof CompareClaim>;
export type Claim = EvalClaim | CompareClaim;

/** claims.yaml in the workspace, before each claim is parsed by what it rests on. */
export const ClaimsFile = z.strictObject({
	claims: z.array(z.record(z.string(), z.unknown())).default([]),
	/** Wordings that block a claim, beside the usual ones. */
	blocked: z.array(z.strictObject({ words: z.string().min(1), reason: z.string().min(1) })).default([]),
});
export type ClaimsFile = z.infer<typeof ClaimsFile>;

/** By what the claim rests on; a claim that rests on nothing is asked for an evaluation. */
export function claimSchema(claim: Readonly<Record<string, unknown>>): z.ZodType<Claim> {
	return "compare" in claim ? CompareClaim : EvalClaim;
}

const GATES = ["evaluation", "contamination", "training", "interval", "tasks", "figure", "wording"] as const;

const GateResult = z.strictObject({
	gate: z.enum(GATES),
	/** `unknown`: what there is does not settle it. */
	state: z.enum(["holds", "fails", "unknown"]),
	/** One sentence. */
	note: z.string(),
});
export type GateResult = z.infer<typeof GateResult>;

export const CheckedClaim = z.strictObject({
	id: z.string(),
	text: z.string(),
	/** In claims.yaml. */
	line: z.int(),
	/** Blocked as soon as a gate fails, open while one is unknown. */
	status: z.enum(["supported", "open", "blocked"]),
	/** Of gates that do not hold. */
	reasons: z.array(z.string()),
	gates: z.array(GateResult),
	/** What was computed, in one line; null: nothing could be. */
	figure: z.string().nullable(),
	/** Of the claim as it stands in claims.yaml. */
	claimSha256: z.string(),
	/** The files that the figure was computed from. */
	evidence: z.array(z.strictObject({ name: z.string(), path: z.string(), sha256: z.string().nullable() })),
});
export type CheckedClaim = z.infer<typeof CheckedClaim>;

/** What a report says of a claim that rests on its figures, as the last check left it. */
export const ReportedClaim = z.strictObject({
	id: z.string(),
	text: z.string(),
	/** `unchecked`: no check has looked at this wording. */
	status: z.enum(["supported", "open", "blocked", "unchecked"]),
	reasons: z.array(z.string()),
	figure: z.string().nullable(),
});
export type ReportedClaim = z.infer<typeof ReportedClaim>;

/** artifacts/claims.json: the last check. */
export const ClaimsCheck = z.strictObject({
	schema: z.literal("assay.claims.v1"),
	checkedAt: z.string(),
	version: z.string(),
	claims: z.array(CheckedClaim),
});
export type ClaimsCheck = z.infer<typeof ClaimsCheck>;
