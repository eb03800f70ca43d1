import { publishRun } from "../src/app/publish-run.js";
import { countOf } from "../src/lib/count.js";
import { AssayError } from "../src/lib/errors.js";
import { sizeText } from "../src/lib/file-size.js";
import type { PublishOptions } from "./cli/artifacts-options.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { outFile } from "./cli/out-file.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { createProgress, type Progress } from "./cli/progress.js";

/** Packs a run for others, unless it holds what must not be given away. */
export async function publish(context: CommandContext, run: string, options: PublishOptions): Promise<ExitCode> {
	const { workspace, signal, stdout, stderr } = context;
	if (options.redact === true && options.allowFindings === true) {
		throw new AssayError("usage", "--redact and --allow-findings exclude each other");
	}
	const findings = options.redact === true ? "redact" : options.allowFindings === true ? "keep" : "refuse";
	let progress: Progress | null = null;
	const onProgress = (done: number, total: number) => {
		progress ??= createProgress(context, { label: "scan", unit: "MB", total: Math.ceil(total / 1e6) });
		progress.update(Math.round(done / 1e6));
		if (done === total) progress.end();
	};
	const packed = await publishRun({ workspace, run, out: outFile(options.out), findings, signal, onProgress });
	const { path, files, bytes, sha256, found, git } = packed;
	if (context.json) await writeJson(stdout, { type: "run.archived", ...packed });
	else if (!context.quiet) {
		await writeLine(stdout, printable(path));
		await writeLine(stdout, `${countOf(files, "file")}, ${sizeText(bytes)}, sha256 ${sha256}`);
		if (found.length > 0) {
			const what = findings === "redact" ? "blotted out" : "left as they are";
			await writeLine(stderr, `what a scan finds in ${countOf(found.length, "file")}: ${what}`);
		}
		const revision = git === null ? "no git revision is known" : `git ${git.revision.slice(0, 12)}`;
		const dirty = git === null || git.dirtyFiles === 0 ? "" : `, with ${countOf(git.dirtyFiles, "changed file")}`;
		await writeLine(
			stderr,
			`${revision}${dirty}; to check it: unpack it in artifacts/, then assay artifacts verify ${packed.runId}`,
		);
	}
	return 0;
}
