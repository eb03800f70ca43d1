import type { ReportedClaim } from "../domain/claims.js";

/** What a report says of the claims that rest on it, a sentence each. */
export function claimLines(claims: readonly ReportedClaim[] | null): string[] {
	if (claims === null) return ["claims.yaml cannot be read: `assay claims list` says why"];
	return claims.map(({ id, text, status, reasons, figure }) => {
		const said = `${status}: “${text.replace(/\s+/g, " ").trim()}” (${id})`;
		if (status === "unchecked") return `${said}; \`assay claims check\` computes it`;
		const computed = figure === null ? "" : `; computed: ${figure}`;
		return `${said}${computed}${reasons.length === 0 ? "" : `; because of ${reasons.join("; ")}`}`;
	});
}
