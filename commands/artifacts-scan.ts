import { redactSecrets, scanSecrets } from "../src/app/scan-secrets.js";
import { artifactsRoot } from "../src/artifacts/layout.js";
import type { FileScan, SecretFinding } from "../src/domain/secret-scan.js";
import { countOf } from "../src/lib/count.js";
import { AssayError } from "../src/lib/errors.js";
import { sizeText } from "../src/lib/file-size.js";
import type { ScanOptions } from "./cli/artifacts-options.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { createProgress, type Progress } from "./cli/progress.js";

/** Looks for what must not be given away. Exit 1 when something was found; what it is stands nowhere in the output. */
export async function scan(context: CommandContext, target: string, options: ScanOptions): Promise<ExitCode> {
	const { workspace, stdout, stderr, signal, json, quiet } = context;
	if ((options.redact === true) !== (options.out !== undefined)) {
		throw new AssayError("usage", "--redact and --out belong together", {
			hint: "--redact --out FILE copies a file with what is found blotted out; for a folder or run FILE is a folder",
		});
	}
	const roots = [artifactsRoot(workspace)];
	let progress: Progress | null = null;
	const onProgress = (done: number, total: number) => {
		progress ??= createProgress(context, { label: "scan", unit: "MB", total: Math.ceil(total / 1e6) });
		progress.update(Math.round(done / 1e6));
	};
	const sums = { files: 0, bytes: 0, binary: 0, secrets: 0, identities: 0 };
	const endProgress = () => progress?.end();
	for await (const scanned of scanSecrets({ roots, target, signal, onProgress })) {
		sums.files++;
		sums.bytes += scanned.bytes;
		if (scanned.isBinary) sums.binary++;
		for (const { kind } of scanned.findings) sums[kind === "secret" ? "secrets" : "identities"]++;
		if (scanned.findings.length === 0) continue;
		endProgress();
		for (const finding of scanned.findings) await tell(context, scanned.path, finding);
		if (scanned.more > 0 && !json) await writeLine(stdout, printable(`${scanned.path}: ${scanned.more} more`));
	}
	endProgress();
	const redacted = options.out === undefined ? null : await redactSecrets({ roots, target, signal }, options.out);
	if (json) await writeJson(stdout, { type: "scan.finished", ...sums, redacted });
	else if (!quiet) for (const line of summaryLines(sums, redacted)) await writeLine(stderr, printable(line));
	return sums.secrets + sums.identities > 0 ? 1 : 0;
}

async function tell({ json, stdout }: CommandContext, path: string, finding: SecretFinding): Promise<void> {
	if (json) {
		await writeJson(stdout, { path, ...finding });
		return;
	}
	const { line, column, rule, kind, redacted, count } = finding;
	const often = count === 1 ? "" : `, ${count} times in this file`;
	await writeLine(stdout, printable(`${path}:${line}:${column}: ${kind} ${rule}: ${redacted}${often}`));
}

function* summaryLines(
	{
		files,
		bytes,
		binary,
		secrets,
		identities,
	}: Record<"files" | "bytes" | "binary" | "secrets" | "identities", number>,
	redacted: readonly FileScan["path"][] | null,
): Generator<string> {
	const left = binary === 0 ? "" : `, ${binary} of them binary and not searched`;
	yield `${countOf(files, "file")} (${sizeText(bytes)})${left}: ${countOf(secrets, "secret")}, ${identities} home folders or host names`;
	if (redacted !== null) yield `${countOf(redacted.length, "file")} written without them`;
}
