import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot } from "../artifacts/layout.js";
import { BLOCKED_WORDINGS, type BlockedWording, wordingOf } from "../compare/blocked-wordings.js";
import {
	type CheckedClaim,
	type Claim,
	ClaimsCheck,
	ClaimsFile,
	claimSchema,
	type ReportedClaim,
} from "../domain/claims.js";
import { AssayError } from "../lib/errors.js";
import { canonicalJson, sha256 } from "../lib/hash.js";
import { atPlace, FieldError, parseFields } from "../lib/schema.js";
import { readYaml } from "../tasks/load-yaml.js";

export interface StatedClaim {
	claim: Claim;
	line: number;
	sha256: string;
}

export interface StatedClaims {
	claims: StatedClaim[];
	blocked: BlockedWording[];
}

/** A claim as it stands, with what the last check said of it; null: none has looked at this wording and evidence. */
export interface ListedClaim {
	id: string;
	text: string;
	line: number;
	restsOn: readonly string[];
	checked: (Pick<CheckedClaim, "status" | "reasons" | "figure"> & { at: string }) | null;
}

export async function listClaims(workspace: string): Promise<ListedClaim[]> {
	const { claims } = await readClaims(workspace);
	const last = lastCheck(workspace);
	return claims.map(({ claim, line, sha256: of }) => {
		const known = last?.claims.find(({ id, claimSha256 }) => id === claim.id && claimSha256 === of);
		const checked =
			known === undefined || last === null
				? null
				: { status: known.status, reasons: known.reasons, figure: known.figure, at: last.checkedAt };
		return { id: claim.id, text: claim.text, line, restsOn: restsOn(claim), checked };
	});
}

/**
 * Claims of the workspace that rest on one of these results, as the last check left them. null: claims.yaml cannot be read, which
 * `assay claims list` explains.
 */
export async function claimsOn(
	workspace: string,
	results: readonly { runId: string | null; path: string }[],
): Promise<ReportedClaim[] | null> {
	if (!existsSync(claimsPath(workspace))) return [];
	const isAmong = (name: string) =>
		results.some(({ runId, path }) => runId?.startsWith(name) === true || resolve(workspace, name) === path);
	try {
		const claims = (await listClaims(workspace)).filter((claim) => claim.restsOn.some(isAmong));
		return claims.map(({ id, text, checked }) => ({
			id,
			text,
			status: checked?.status ?? "unchecked",
			reasons: [...(checked?.reasons ?? [])],
			figure: checked?.figure ?? null,
		}));
	} catch (error) {
		if (error instanceof AssayError && error.code === "usage") return null;
		throw error;
	}
}

export async function readClaims(workspace: string): Promise<StatedClaims> {
	const path = claimsPath(workspace);
	if (!existsSync(path)) {
		throw new AssayError("usage", `${path}: no such file`, {
			hint: "it states claims: [{id, text, eval: RUN, atLeast: 0.6}]; see `assay claims --help`",
		});
	}
	const { value, lineOf } = await readYaml(path);
	return atPlace(
		(field) => `${path}:${lineOf(field)}`,
		() => {
			const file = parseFields(ClaimsFile, value ?? {});
			const claims = file.claims.map((stated, i) => {
				const claim = parseFields(claimSchema(stated), stated, ["claims", i]);
				if (file.claims.findIndex(({ id }) => id === claim.id) < i) {
					throw new FieldError(["claims", i, "id"], `${claim.id} is the name of an earlier claim`);
				}
				return { claim, line: lineOf(["claims", i]), sha256: sha256(canonicalJson(claim)) };
			});
			return { claims, blocked: [...BLOCKED_WORDINGS, ...file.blocked.map(wordingOf)] };
		},
	);
}

const claimsPath = (workspace: string) => join(workspace, "claims.yaml");

export function lastCheck(workspace: string): ClaimsCheck | null {
	const path = checkPath(workspace);
	return existsSync(path) ? readJsonFile(ClaimsCheck, path) : null;
}

export function checkPath(workspace: string): string {
	return join(artifactsRoot(workspace), "claims.json");
}

const restsOn = (claim: Claim): readonly string[] => ("compare" in claim ? claim.compare : [claim.eval]);
