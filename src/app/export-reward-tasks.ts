import { resolve } from "node:path";
import { promptInputOf } from "../domain/task.js";
import type { DataManifest, RewardPrompt } from "../domain/training-data.js";
import { templateOf } from "../generate/prompt-templates.js";
import { continuesStarter } from "../generate/render-prompt.js";
import { AssayError } from "../lib/errors.js";
import { trainingEntryOf } from "../lineage/training-entry.js";
import { launchSpecification } from "../sandbox/launch-specification.js";
import { createFingerprint } from "../tasks/fingerprint.js";
import { openTasks } from "../tasks/open-tasks.js";
import { makeDataFolder } from "../training/data-folder.js";
import { promptAsText, promptOf } from "../training/example-text.js";
import { suiteLine } from "../verify/suite-line.js";
import type { Verifier } from "../verify/verifier.js";
import { type ExportSelection, emptyCounts, LEFT_OUT_HINT, reasonAgainst, SplitCounts } from "./export-source.js";

export interface ExportRewardTasksOptions extends ExportSelection {
	/** A file or folder of tasks. */
	tasks: string;
	template: string;
	name: string;
	folder: string;
	replace: boolean;
	seed: number;
	/** Times the references of tasks without a time limit, so that every machine judges by the same one. */
	verifier: Verifier;
	signal: AbortSignal;
}

/**
 * Prompts for training by reward, and beside them what the judge needs to reward an attempt: prompts.jsonl for the
 * trainer, suites.jsonl and launch.json for the judge alone.
 */
export async function exportRewardTasks(options: ExportRewardTasksOptions): Promise<DataManifest> {
	const { folder, name, seed, splits, signal, verifier } = options;
	const template = templateOf(options.template);
	if (template === null || template.revises || template.serves !== "function") {
		throw new AssayError("usage", `${options.template}: not a template for first attempts at function tasks`);
	}
	const path = resolve(options.tasks);
	const leftOut = emptyCounts();
	const used: DataManifest["tasks"] = [];
	const prompts: RewardPrompt[] = [];
	const suites: object[] = [];
	const entries: object[] = [];
	const fingerprint = createFingerprint();
	const found = new SplitCounts();
	for await (const task of openTasks(path, { signal })) {
		await fingerprint.add(task);
		found.add(task);
		const reason = reasonAgainst(task, options);
		if (reason !== null || task.kind !== "function") {
			leftOut[reason ?? "repository"]++;
			continue;
		}
		const entry = await trainingEntryOf(task, []);
		const { contentSha256 } = entry;
		entries.push(entry);
		const prompt = promptAsText(promptOf(template, task));
		prompts.push({
			taskId: task.id,
			contentSha256,
			prompt,
			starterCode: task.starterCode,
			entryPoint: task.entryPoint,
			continues: continuesStarter(template, promptInputOf(task)),
		});
		suites.push(suiteLine(await verifier.withTimeLimit(task, signal)));
		used.push({ taskId: task.id, contentSha256, license: task.source.license, examples: 1 });
	}
	if (prompts.length === 0) {
		throw new AssayError("usage", `${path}: no task is left to train on: ${found.text()}`, { hint: LEFT_OUT_HINT });
	}
	return await makeDataFolder(folder, options.replace, async (data) => {
		await data.lines("prompts.jsonl", prompts);
		await data.lines("suites.jsonl", suites);
		await data.lines("entries.jsonl", entries);
		await data.lines("launch.json", [launchSpecification()]);
		return await data.finish({
			name,
			format: "grpo",
			shape: "completion",
			sources: [{ kind: "tasks", id: path, sha256: fingerprint.digest() }],
			splits: splits === null ? null : [...splits],
			perTask: null,
			replay: null,
			seed,
			template: template.id,
			examples: prompts.length,
			leftOut,
			tasks: used,
		});
	});
}
