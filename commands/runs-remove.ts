import { packRun, planRemoval, removeRun } from "../src/app/run-removal.js";
import type { RemovalPlan } from "../src/app/workbench.js";
import { countOf } from "../src/lib/count.js";
import { sizeText } from "../src/lib/file-size.js";
import { isConfirmed } from "./cli/confirm.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { ArchiveOptions, DeleteOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { printable, writeJson, writeLine } from "./cli/print.js";

/** Deletes a run after a question; without a terminal only with `--yes`. */
export async function remove(context: CommandContext, run: string, options: DeleteOptions): Promise<ExitCode> {
	const plan = await planRemoval(context.workspace, run);
	const refusal = `run ${plan.runId} is not deleted: nobody can be asked here`;
	const asked = { lines: removalLines(plan), question: "delete it?", refusal };
	if (options.yes !== true && !(await isConfirmed(context, asked))) {
		await writeLine(context.stderr, "nothing was deleted");
		return 1;
	}
	await removeRun(context.workspace, plan.runId);
	if (context.json) await writeJson(context.stdout, { type: "run.deleted", ...plan });
	else if (!context.quiet) await writeLine(context.stdout, `deleted ${plan.runId}, ${sizeText(plan.bytes)}`);
	return 0;
}

function* removalLines({ runId, outcome, bytes, children }: RemovalPlan): Generator<string> {
	yield `${runId}: ${outcome}, ${sizeText(bytes)}, with log, rollouts, patches and report`;
	if (children.length > 0) yield `${countOf(children.length, "run")} come from it: ${children.slice(0, 5).join(", ")}`;
}

/** Packs a run; it stays where it is. */
export async function archive(context: CommandContext, run: string, options: ArchiveOptions): Promise<ExitCode> {
	const packed = await packRun(context.workspace, run, outFile(options.out));
	if (context.json) await writeJson(context.stdout, { type: "run.archived", ...packed });
	else if (!context.quiet) {
		const { path, files, bytes, sha256 } = packed;
		await writeLine(context.stdout, printable(path));
		await writeLine(context.stdout, `${countOf(files, "file")}, ${sizeText(bytes)}, sha256 ${sha256}`);
		await writeLine(context.stderr, `the run is still there: \`assay runs delete ${packed.runId}\` removes it`);
	}
	return 0;
}
