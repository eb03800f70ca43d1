import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { exportEdits } from "../src/app/export-edits.js";
import { exportRewardTasks } from "../src/app/export-reward-tasks.js";
import { exportRollouts } from "../src/app/export-rollouts.js";
import { fileInputs } from "../src/app/file-inputs.js";
import type { DataManifest } from "../src/domain/training-data.js";
import { countOf } from "../src/lib/count.js";
import { AssayError } from "../src/lib/errors.js";
import { refuseUnplain } from "../src/lib/plain-name.js";
import { dataFolder } from "../src/training/data-folder.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { DataExportOptions } from "./cli/training-options.js";
import { withVerifier } from "./judging.js";

/** Verified rollouts, or tasks for training by reward, in the files that trainers read. */
export async function exportData(
	context: CommandContext,
	sources: readonly string[],
	options: DataExportOptions,
): Promise<ExitCode> {
	const name = options.name ?? `${options.format}-${new Date().toISOString().slice(0, 19).replace(/\D/g, "")}`;
	refuseUnplain(name);
	const folder = resolve(options.out ?? dataFolder(context.workspace, name));
	const common = {
		name,
		folder,
		replace: options.force === true,
		splits: options.split === "any" ? null : options.split.split(","),
		anyLicense: options.anyLicense === true,
		seed: options.seed,
		signal: context.signal,
	};
	const ofRuns = {
		...common,
		workspace: context.workspace,
		runs: sources,
		shape: options.shape,
		template: options.template ?? null,
		perTask: options.perTask === 0 ? null : options.perTask,
		inputs: fileInputs,
	};
	const made =
		options.format === "grpo"
			? withVerifier(context, { cache: true, gate: true }, null, (verifier) =>
					exportRewardTasks({
						...common,
						tasks: onlyTasks(sources),
						template: options.template ?? "complete.v1",
						verifier,
					}),
				)
			: options.format === "edits"
				? exportEdits(ofRuns)
				: exportRollouts({ ...ofRuns, format: options.format });
	const manifest = await made.catch((error: unknown) => {
		if (context.signal.aborted && !context.quiet) {
			context.stderr.write("nothing was written; to make the data: the same command again\n");
		}
		throw error;
	});
	if (context.json) await writeJson(context.stdout, { folder, ...manifest });
	else for (const line of summary(folder, manifest)) await writeLine(context.stdout, printable(line));
	return 0;
}

function onlyTasks(sources: readonly string[]): string {
	const [tasks, ...more] = sources;
	if (tasks !== undefined && more.length === 0 && existsSync(tasks)) return tasks;
	throw new AssayError("usage", "--format grpo takes one file or folder of tasks", {
		hint: "assay data export fixtures/tasks/tiny --format grpo",
	});
}

function* summary(folder: string, { examples, tasks, leftOut, format }: DataManifest): Generator<string> {
	const kind = { sft: "example", preference: "pair", grpo: "prompt", edits: "edit" }[format];
	yield `${countOf(examples, kind)} of ${countOf(tasks.length, "task")} in ${folder}`;
	const reasons = Object.entries(leftOut).filter(([, count]) => count > 0);
	if (reasons.length > 0)
		yield `left out: ${reasons.map(([reason, count]) => `${REASONS[reason] ?? reason} ${count}`).join(", ")}`;
}

const REASONS: Record<string, string> = {
	otherSplit: "of another split",
	license: "without an open licence",
	repository: "of repository tasks",
	withoutPrompt: "that do not go on from their prompt",
	notAccepted: "not accepted",
	duplicate: "equal to another",
	overCap: "over the cap per task",
	notReplayed: "of earlier iterations, over the share of replay",
};
