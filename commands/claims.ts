import { checkClaims } from "../src/app/check-claims.js";
import { listClaims } from "../src/app/read-claims.js";
import type { CheckedClaim } from "../src/domain/claims.js";
import { countOf } from "../src/lib/count.js";
import type { CheckClaimsOptions } from "./cli/artifacts-options.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";

/** Computes every claim again. Exit 1 when one is blocked, with `--strict` also when one is open. */
export async function check(
	context: CommandContext,
	ids: readonly string[],
	options: CheckClaimsOptions,
): Promise<ExitCode> {
	const { workspace, signal, json, stdout, stderr, quiet } = context;
	const counts: Record<CheckedClaim["status"], number> = { supported: 0, open: 0, blocked: 0 };
	for await (const claim of checkClaims({ workspace, ids, signal })) {
		counts[claim.status]++;
		if (json) await writeJson(stdout, claim);
		else for (const line of claimLines(claim)) await writeLine(stdout, printable(line));
	}
	if (json) await writeJson(stdout, { type: "claims.checked", ...counts });
	else if (!quiet) {
		const total = counts.supported + counts.open + counts.blocked;
		await writeLine(
			stderr,
			`${countOf(total, "claim")}: ${counts.supported} supported, ${counts.open} open, ${counts.blocked} blocked`,
		);
	}
	return counts.blocked > 0 || (options.strict === true && counts.open > 0) ? 1 : 0;
}

function* claimLines({ id, text, status, figure, reasons }: CheckedClaim): Generator<string> {
	yield `${status.padEnd(9)}  ${id}: ${text}`;
	if (figure !== null) yield `           ${figure}`;
	for (const reason of reasons) yield `           ${reason}`;
}

/** What claims.yaml states, with what the last check said. */
export async function list(context: CommandContext): Promise<ExitCode> {
	for (const claim of await listClaims(context.workspace)) {
		if (context.json) await writeJson(context.stdout, claim);
		else {
			const { id, text, checked, restsOn } = claim;
			const status = checked?.status ?? "unchecked";
			await writeLine(context.stdout, printable(`${status.padEnd(9)}  ${id}: ${text} (${restsOn.join(" against ")})`));
		}
	}
	return 0;
}
