import { existsSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { readRollouts } from "../artifacts/rollout-file.js";
import type { RunConfig } from "../domain/run.js";
import { promptInputOf, type Task } from "../domain/task.js";
import { templateOf } from "../generate/prompt-templates.js";
import { promptSha256, renderPrompt } from "../generate/render-prompt.js";
import { openAtomicWriter } from "../lib/atomic-writer.js";
import { AssayError } from "../lib/errors.js";
import { readJsonLines } from "../lib/jsonl.js";
import { atPlace } from "../lib/schema.js";
import { rewardV0OriginalNormalisation } from "../rewards/reward-v0-correctness.js";
import { codeSelfOfRollout } from "../tasks/codeself-of-rollout.js";
import { CodeSelfRollout } from "../tasks/codeself-record.js";
import { CLAIMED, rolloutOfCodeSelf, type TestCounts, testCountsIn } from "../tasks/rollout-of-codeself.js";
import { locateRun } from "./locate-run.js";
import type { RunInputs } from "./run-inputs.js";

export interface Converted {
	written: number;
	/** To CodeSelf: judge errors, for which it has no status. From it: candidates that its scan refused to run. */
	unjudged: number;
	/** To CodeSelf: records without their prompt, since the tasks or the template are not there any more, or no model was asked. */
	withoutPrompt: number;
	/** From CodeSelf: records that were not assay's before, whose verdict is CodeSelf's claim. */
	claimed: number;
	/** Of these, those whose reward is not what reward_v0_correctness as published gives for their phases. */
	otherReward: number;
}

interface ConvertOptions {
	workspace: string;
	/** A run, or a file of rollouts. */
	source: string;
	out: string;
	signal: AbortSignal;
}

/** Writes a run's rollouts under CodeSelf's field names, with the prompts that were sent as far as they can be made again. */
export async function rolloutsToCodeSelf(options: ConvertOptions & { inputs: RunInputs }): Promise<Converted> {
	const { workspace, source, out, inputs, signal } = options;
	const { result, plan, rollouts } = await locateRun({ workspace, run: source });
	if (!existsSync(rollouts)) throw new AssayError("usage", `${rollouts}: no such file`);
	const config = (result ?? plan)?.config ?? null;
	const tasks = config === null ? null : await tasksOfModel(config, inputs, signal);
	const converted: Converted = { written: 0, unjudged: 0, withoutPrompt: 0, claimed: 0, otherReward: 0 };
	await writeLines(out, async function* () {
		for await (const { rollout } of readRollouts(rollouts)) {
			signal.throwIfAborted();
			const { generation, taskId } = rollout.candidate;
			const task = tasks?.get(taskId);
			const prompt =
				generation === null || task === undefined
					? null
					: promptText(task, generation.template, generation.promptSha256, inputs);
			const record = codeSelfOfRollout(rollout, prompt ?? "");
			if (record === null) {
				converted.unjudged++;
				continue;
			}
			converted.written++;
			if (prompt === null) converted.withoutPrompt++;
			yield record;
		}
	});
	return converted;
}

/** Reads a file under CodeSelf's field names twice, the first time for how many tests each task has. */
export async function rolloutsFromCodeSelf({ source, out, signal }: ConvertOptions): Promise<Converted> {
	const path = resolve(source);
	const known = new Map<string, TestCounts>();
	for await (const { line, value } of readJsonLines(path)) {
		signal.throwIfAborted();
		const { taskId, counts } = atPlace(`${path}:${line}`, () => testCountsIn(value));
		const before = known.get(taskId) ?? { public: 0, hidden: 0 };
		known.set(taskId, {
			public: Math.max(before.public, counts.public),
			hidden: Math.max(before.hidden, counts.hidden),
		});
	}
	const from = {
		runId: basename(path).replace(/\.jsonl(\.gz)?$/, ""),
		countsOf: (taskId: string) => known.get(taskId) ?? { public: 0, hidden: 0 },
		at: statSync(path).mtime.toISOString(),
	};
	const converted: Converted = { written: 0, unjudged: 0, withoutPrompt: 0, claimed: 0, otherReward: 0 };
	await writeLines(out, async function* () {
		for await (const { line, value } of readJsonLines(path)) {
			signal.throwIfAborted();
			const rollout = atPlace(`${path}:${line}`, () => rolloutOfCodeSelf(value, from));
			converted.written++;
			if (rollout.verdict.status === "judge_error") converted.unjudged++;
			if (rollout.verdict.flags.includes(CLAIMED)) {
				converted.claimed++;
				if (!isPublishedReward(value, rollout.verdict)) converted.otherReward++;
			}
			yield rollout;
		}
	});
	return converted;
}

function isPublishedReward(value: unknown, verdict: Parameters<typeof rewardV0OriginalNormalisation>[0]): boolean {
	if (verdict.status === "judge_error") return true;
	const { reward } = CodeSelfRollout.parse(value);
	return Math.abs(reward.reward - rewardV0OriginalNormalisation(verdict).value) < 1e-9;
}

/** null: no model was asked, or the tasks have moved. */
async function tasksOfModel(
	config: RunConfig,
	inputs: RunInputs,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, Task> | null> {
	if (config.generation === null || !existsSync(config.tasks)) return null;
	const tasks = new Map<string, Task>();
	for await (const task of inputs.tasks(config, signal)) tasks.set(task.id, task);
	return tasks;
}

/** The prompt as one text; null where it cannot be made again as it was sent. */
function promptText(task: Task, templateId: string, sentSha256: string, inputs: RunInputs): string | null {
	const template = templateOf(templateId);
	if (template === null || template.revises) return null;
	const files = task.kind === "repository" ? { files: inputs.repositoryFiles(task) } : {};
	const prompt = renderPrompt(template, promptInputOf(task), files);
	if (promptSha256(prompt) !== sentSha256) return null;
	return prompt.kind === "text" ? prompt.text : prompt.messages.map(({ content }) => content).join("\n\n");
}

async function writeLines(out: string, records: () => AsyncGenerator<object>): Promise<void> {
	const writer = await openAtomicWriter(out);
	try {
		for await (const record of records()) await writer.write(`${JSON.stringify(record)}\n`);
		await writer.commit();
	} finally {
		await writer.discard();
	}
}
