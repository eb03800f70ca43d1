import { findRun, readResult } from "../artifacts/find-run.js";
import { artifactsRoot } from "../artifacts/layout.js";
import { readPlan } from "../artifacts/run-plan.js";
import type { BlockedWording } from "../compare/blocked-wordings.js";
import { type ClaimEvidence, claimGates, figureText, statusOf } from "../compare/claim-gates.js";
import type { CheckedClaim, Claim, ClaimsCheck } from "../domain/claims.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import { version } from "../lib/version.js";
import { compareRuns } from "./compare-runs.js";
import { evaluateRun } from "./evaluate-run.js";
import { checkPath, lastCheck, readClaims, type StatedClaim } from "./read-claims.js";

export interface CheckClaimsOptions {
	workspace: string;
	/** Only these; empty: all. */
	ids: readonly string[];
	signal: AbortSignal;
	now?: () => Date;
}

/** Computes what each claim rests on again, one after the other, and keeps the result for lists and reports. */
export async function* checkClaims(options: CheckClaimsOptions): AsyncGenerator<CheckedClaim> {
	const { workspace, ids, signal, now = () => new Date() } = options;
	const { claims, blocked } = await readClaims(workspace);
	const unknown = ids.find((id) => !claims.some(({ claim }) => claim.id === id));
	if (unknown !== undefined) {
		throw new AssayError("usage", `no claim is called ${JSON.stringify(unknown)}`, {
			hint: `there are: ${claims.map(({ claim }) => claim.id).join(", ")}`,
		});
	}
	const checked = new Map(lastCheck(workspace)?.claims.map((known) => [known.id, known]) ?? []);
	for (const stated of claims) {
		if (ids.length > 0 && !ids.includes(stated.claim.id)) continue;
		signal.throwIfAborted();
		const found = await checkClaim(workspace, stated, blocked, signal);
		checked.set(found.id, found);
		yield found;
	}
	const kept = claims.flatMap(({ claim }) => checked.get(claim.id) ?? []);
	const check: ClaimsCheck = { schema: "assay.claims.v1", checkedAt: now().toISOString(), version, claims: kept };
	writeFileAtomic(checkPath(workspace), `${JSON.stringify(check, null, "\t")}\n`);
}

async function checkClaim(
	workspace: string,
	{ claim, line, sha256: claimSha256 }: StatedClaim,
	blocked: readonly BlockedWording[],
	signal: AbortSignal,
): Promise<CheckedClaim> {
	const { evidence, files } = await evidenceOf(workspace, claim, signal);
	const gates = claimGates(claim, evidence, blocked);
	return {
		id: claim.id,
		text: claim.text,
		line,
		...statusOf(gates),
		gates,
		figure: "figure" in evidence ? figureText(evidence.figure) : null,
		claimSha256,
		evidence: files,
	};
}

interface Gathered {
	evidence: ClaimEvidence;
	files: CheckedClaim["evidence"];
}

async function evidenceOf(workspace: string, claim: Claim, signal: AbortSignal): Promise<Gathered> {
	try {
		return "compare" in claim ? await compared(workspace, claim, signal) : await evaluated(workspace, claim, signal);
	} catch (error) {
		// What cannot be computed is an answer about the claim; anything else is trouble of ours.
		if (!(error instanceof AssayError) || error.code !== "usage") throw error;
		return { evidence: { problem: error.message }, files: [] };
	}
}

async function compared(
	workspace: string,
	claim: Extract<Claim, { compare: unknown }>,
	signal: AbortSignal,
): Promise<Gathered> {
	const { compare: sources, k, allow } = claim;
	const options = { workspace, sources, k, seed: SEED, resamples: RESAMPLES, allowed: allow, signal };
	const comparison = await compareRuns(options);
	const [pair] = comparison.pairs;
	if (pair === undefined) throw new AssayError("usage", "there is nothing to compare");
	return {
		evidence: {
			sources: comparison.sets,
			figure: { kind: "compare", claim, pair, comparison },
		},
		files: comparison.sets.map(({ name, path, sha256: of }) => ({ name, path, sha256: of })),
	};
}

async function evaluated(
	workspace: string,
	claim: Extract<Claim, { eval: unknown }>,
	signal: AbortSignal,
): Promise<Gathered> {
	const { runId, passAtK, training } = await evaluateRun({ workspace, run: claim.eval, ks: [claim.k], signal });
	const { value = null, interval = null, tasks = 0 } = passAtK[0] ?? {};
	const files = await findRun([artifactsRoot(workspace)], claim.eval).catch(() => null);
	const { contamination = null } = files === null ? {} : readPlan(files);
	const result = files === null ? null : readResult(files);
	const name = result?.runId ?? runId;
	return {
		evidence: {
			sources: [{ name, contamination, training }],
			figure: { kind: "eval", claim, value, interval, tasks },
		},
		files: [{ name, path: files?.rollouts ?? claim.eval, sha256: null }],
	};
}

/** As `assay compare` takes them, so that both say the same. */
const SEED = 20260601;
const RESAMPLES = 10_000;
