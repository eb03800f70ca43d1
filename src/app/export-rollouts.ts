import { readRollouts } from "../artifacts/rollout-file.js";
import type { Candidate } from "../domain/run.js";
import type { FunctionTask } from "../domain/task.js";
import type { DataManifest, LeftOut } from "../domain/training-data.js";
import { chooseAccepted } from "../training/choose-accepted.js";
import { makeDataFolder } from "../training/data-folder.js";
import { type Choice, choiceOf } from "../training/select-candidates.js";
import {
	addCounts,
	type ExportOptions,
	emptyCounts,
	finishExport,
	type Source,
	SplitCounts,
	sortTasks,
	sourceOf,
	templateFor,
} from "./export-source.js";
import { type Making, preferencePairs, sftExamples, type UsedTask } from "./rollout-examples.js";

export interface ExportRolloutsOptions extends ExportOptions {
	format: "sft" | "preference";
	/** Runs whose accepted programs are learnt again, and the share of all examples that they make up at most. */
	replay?: { runs: readonly string[]; share: number };
	onProgress?: (candidates: number) => void;
}

/** Verified rollouts as training data. Throws `usage` where no example is left. */
export async function exportRollouts(options: ExportRolloutsOptions): Promise<DataManifest> {
	const { folder, format, perTask, seed } = options;
	const sources: Source[] = [];
	const runs = [...options.runs, ...(options.replay?.runs ?? [])];
	for (const run of runs) sources.push(await sourceOf(options.workspace, run, "rollouts"));
	const template = templateFor(sources, options.template);
	const leftOut = emptyCounts();
	const gathered = await gather(sources, options, leftOut);
	const used: UsedTask[] = [];
	const rollouts = sources.map(({ files }) => files.rollouts);
	const make: Making = { ...options, ...gathered, rollouts, template, leftOut, used };
	const replayShare = options.replay?.share ?? 0;
	const chosen =
		format === "sft"
			? chooseAccepted(gathered.choices, { perTask, earlierFrom: options.runs.length, replayShare, seed })
			: null;
	addCounts(leftOut, chosen?.leftOut ?? {});
	const file =
		format === "preference" ? "pairs.jsonl" : options.shape === "axiom-rl" ? "solutions.jsonl" : "examples.jsonl";
	const replay = options.replay === undefined || chosen === null ? null : { share: replayShare, ...chosen.replay };
	return await makeDataFolder(folder, options.replace, async (data) => {
		const examples = await data.lines(
			file,
			chosen === null ? preferencePairs(make) : sftExamples(make, (taskId) => chosen.of.get(taskId) ?? []),
		);
		return await finishExport(data, options, {
			...{ sources, template, leftOut, used, examples, replay },
			found: gathered.splits,
		});
	});
}

/** One pass over all rollouts: which tasks count, and where each of their programs is. */
async function gather(sources: readonly Source[], options: ExportRolloutsOptions, leftOut: Record<LeftOut, number>) {
	const tasks = new Map<string, FunctionTask>();
	const splits = new SplitCounts();
	const choices = new Map<string, Choice[]>();
	let seen = 0;
	for (const [source, { files, config }] of sources.entries()) {
		const refused = await sortTasks(config, options, { tasks, splits });
		for await (const { rollout, place } of readRollouts(files.rollouts)) {
			if ((++seen & 255) === 0) options.onProgress?.(seen);
			options.signal.throwIfAborted();
			const { candidate, verdict } = rollout;
			const reason = refused.get(candidate.taskId);
			if (reason !== undefined) leftOut[reason]++;
			else if (!hasCode(candidate) || verdict.status === "judge_error") leftOut.notAccepted++;
			else if (tasks.has(candidate.taskId)) {
				const choice = choiceOf(candidate, verdict.status, { source, place });
				const known = choices.get(candidate.taskId);
				if (known) known.push(choice);
				else choices.set(candidate.taskId, [choice]);
			}
		}
	}
	return { tasks, choices, splits };
}

function hasCode(candidate: Candidate): candidate is Candidate & { code: string } {
	return candidate.code !== null;
}
