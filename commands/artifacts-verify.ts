import { verifyArtifacts } from "../src/app/verify-artifacts.js";
import { artifactsRoot } from "../src/artifacts/layout.js";
import type { ArtifactCheck } from "../src/domain/artifact-check.js";
import { countOf } from "../src/lib/count.js";
import { AssayError } from "../src/lib/errors.js";
import { sizeText } from "../src/lib/file-size.js";
import type { VerifyArtifactsOptions } from "./cli/artifacts-options.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { createProgress, type Progress } from "./cli/progress.js";

/** Says of each manifest what is wrong, as soon as it is known. Exit 1 when something is. */
export async function verify(
	context: CommandContext,
	references: readonly string[],
	options: VerifyArtifactsOptions,
): Promise<ExitCode> {
	const { stdout, stderr, signal, json, quiet } = context;
	if ((references.length === 0) !== (options.all === true)) {
		throw new AssayError("usage", references.length === 0 ? "nothing is named" : "--all and names exclude each other", {
			hint: "`assay artifacts verify --all`, or name runs, checkpoints, data sets or folders",
		});
	}
	let progress: Progress | null = null;
	const onProgress = (done: number, total: number) => {
		progress ??= createProgress(context, { label: "verify", unit: "MB", total: Math.ceil(total / 1e6) });
		progress.update(Math.round(done / 1e6));
	};
	const sums = { subjects: 0, files: 0, bytes: 0, faults: 0, warnings: 0 };
	const roots = [artifactsRoot(context.workspace)];
	for await (const check of verifyArtifacts({ roots, references, signal, onProgress })) {
		endOf(progress);
		add(sums, check);
		if (json) await writeJson(stdout, check);
		else for (const line of checkLines(check)) await writeLine(stdout, printable(line));
	}
	endOf(progress);
	if (json) await writeJson(stdout, { type: "verify.finished", ...sums });
	else if (!quiet) {
		const wrong = `${countOf(sums.faults, "fault")}, ${countOf(sums.warnings, "warning")}`;
		await writeLine(
			stderr,
			`${countOf(sums.subjects, "manifest")}: ${countOf(sums.files, "file")} as recorded (${sizeText(sums.bytes)}), ${wrong}`,
		);
	}
	return sums.faults > 0 || (options.strict === true && sums.warnings > 0) ? 1 : 0;
}

function endOf(progress: Progress | null): void {
	progress?.end();
}

function add(
	sums: { subjects: number; files: number; bytes: number; faults: number; warnings: number },
	{ manifestSha256, files, bytes, faults }: ArtifactCheck,
): void {
	if (manifestSha256 !== null) sums.subjects++;
	sums.files += files;
	sums.bytes += bytes;
	for (const { severity } of faults) sums[severity === "fault" ? "faults" : "warnings"]++;
}

function* checkLines({ subject, manifestSha256, files, bytes, faults }: ArtifactCheck): Generator<string> {
	const manifest = manifestSha256 === null ? "" : `, manifest sha256 ${manifestSha256.slice(0, 16)}`;
	const isSound = faults.every(({ severity }) => severity === "warning");
	yield `${isSound ? "ok   " : "WRONG"} ${subject}: ${countOf(files, "file")} as recorded, ${sizeText(bytes)}${manifest}`;
	for (const { kind, severity, message } of faults) yield `      ${severity} ${kind}: ${message}`;
}
