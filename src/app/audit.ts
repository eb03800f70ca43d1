import type { AuditItem, AuditSubject } from "../domain/audit.js";
import type { CheckedClaim } from "../domain/claims.js";
import { countOf } from "../lib/count.js";
import { sizeText } from "../lib/file-size.js";
import { scanSecrets } from "./scan-secrets.js";
import { verifyArtifacts } from "./verify-artifacts.js";

const CLAIM_LEVELS: Record<CheckedClaim["status"], "good" | "open" | "bad"> = {
	supported: "good",
	open: "open",
	blocked: "bad",
};

/** What the commands of the same names say, as findings for people, each as soon as it is known. */
export async function* audit(
	workspace: string,
	roots: readonly string[],
	subject: AuditSubject,
	signal: AbortSignal,
): AsyncGenerator<AuditItem> {
	const progress: AuditItem = { kind: "progress", done: 0, total: 0 };
	const onProgress = (done: number, total: number) => Object.assign(progress, { done, total });
	for await (const finding of findings(workspace, roots, subject, { signal, onProgress })) {
		if (finding !== null) yield finding;
		yield { ...progress };
	}
}

type Watched = { signal: AbortSignal; onProgress: (done: number, total: number) => void };
type Finding = Extract<AuditItem, { kind: "finding" }>;

async function* findings(
	workspace: string,
	roots: readonly string[],
	subject: AuditSubject,
	watched: Watched,
): AsyncGenerator<Finding | null> {
	switch (subject.kind) {
		case "files": {
			const references = subject.runId === null ? [] : [subject.runId];
			for await (const { subject: of, files, bytes, faults } of verifyArtifacts({ roots, references, ...watched })) {
				const isBad = faults.some(({ severity }) => severity === "fault");
				yield {
					kind: "finding",
					level: isBad ? "bad" : faults.length > 0 ? "open" : "good",
					text: `${of}: ${countOf(files, "file")} as recorded, ${sizeText(bytes)}`,
					notes: faults.map(({ message }) => message),
				};
			}
			return;
		}
		case "secrets":
			for await (const { path, findings: found, isBinary } of scanSecrets({
				roots,
				target: subject.runId,
				...watched,
			})) {
				if (found.length === 0 && !isBinary) yield null;
				for (const { line, rule, kind, redacted, count } of found) {
					yield {
						kind: "finding",
						level: kind === "secret" ? "bad" : "open",
						text: `${path}:${line}: ${rule}`,
						notes: [`${redacted}${count === 1 ? "" : `, ${count} times in this file`}`],
					};
				}
				if (isBinary) yield { kind: "finding", level: "open", text: `${path}: binary, not searched`, notes: [] };
			}
			return;
		case "claims": {
			const { checkClaims } = await import("./check-claims.js");
			for await (const { id, text, status, figure, reasons } of checkClaims({
				workspace,
				ids: [],
				signal: watched.signal,
			})) {
				const notes = [...(figure === null ? [] : [figure]), ...reasons];
				yield { kind: "finding", level: CLAIM_LEVELS[status], text: `${id} ${status}: ${text}`, notes };
			}
		}
	}
}
