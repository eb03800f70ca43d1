import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { z } from "zod";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot, trainingFiles } from "../artifacts/layout.js";
import { compareTrainings, type TrainingRecord } from "../compare/compare-trainings.js";
import type { TrainingComparison } from "../domain/training-comparison.js";
import { TrainerEvent, TrainingEvaluation, TrainingJob } from "../domain/training-job.js";
import { AssayError } from "../lib/errors.js";
import { readDataManifest } from "../training/data-folder.js";

/** Recorded trainings of the workspace side by side, each against the first. Throws `usage` for a name that is none. */
export async function compareRecordedTrainings(
	workspace: string,
	names: readonly string[],
): Promise<TrainingComparison> {
	const twice = names.find((name, at) => names.indexOf(name) !== at);
	if (twice !== undefined) throw new AssayError("usage", `${twice}: was named twice`);
	const records: TrainingRecord[] = [];
	for (const name of names) records.push(await recordOf(workspace, name));
	return compareTrainings(records);
}

async function recordOf(workspace: string, name: string): Promise<TrainingRecord> {
	const files = trainingFiles(artifactsRoot(workspace), name);
	if (!existsSync(files.job)) {
		throw new AssayError("usage", `no training is called ${name}`, {
			hint: "`assay train list` shows those of this workspace",
		});
	}
	const job = readJsonFile(TrainingJob, files.job);
	const told = await tellBudget(files.metrics);
	if (job.method === "world") {
		throw new AssayError("usage", `${name} trained a world model, which is asked no prompts`, {
			hint: "`assay world eval` measures world models, `assay rank` ranks with them",
		});
	}
	const { method, model, data, heldOut, judge, config } = job;
	const kept = told.keptStep ?? told.budget.steps;
	let [before, after]: (TrainingEvaluation | null)[] = [null, null];
	for await (const evaluation of linesOf(files.evaluations, TrainingEvaluation)) {
		if (evaluation.step === 0) before = evaluation;
		else if (evaluation.step === kept) after = evaluation;
	}
	return {
		name,
		method,
		model,
		data,
		seed: config.seed,
		isFinished: told.isFinished,
		budget: { ...told.budget, judgedSamples: method === "sft" ? candidatesOf(data) : told.budget.judgedSamples },
		before: before ?? null,
		after: after ?? null,
		asked: {
			prompts: heldOut === null ? null : promptsIn(heldOut),
			samples: config.evaluationSamples,
			temperature: config.temperature,
			maxNewTokens: config.maxNewTokens,
			reward: heldOut === null ? null : (judge?.reward ?? null),
		},
	};
}

/** What identifies held-out prompts wherever they lie: their checksum where the folder is there still. */
function promptsIn(folder: string): string {
	if (!existsSync(join(folder, "manifest.json"))) return folder;
	return (
		readDataManifest(folder)
			.files.find(({ path }) => path === "prompts.jsonl")
			?.sha256.slice(0, 12) ?? folder
	);
}

/** Candidates that were judged for the examples to be chosen from; null: the data are gone. */
function candidatesOf(data: string): number | null {
	if (!existsSync(join(data, "manifest.json"))) return null;
	const { examples, leftOut } = readDataManifest(data);
	const { otherSplit: _split, license: _license, repository: _repository, ...judged } = leftOut;
	return examples + Object.values(judged).reduce((sum, count) => sum + count, 0);
}

interface Told {
	budget: TrainingRecord["budget"];
	/** Whose weights were kept, where that is not the last. */
	keptStep: number | null;
	isFinished: boolean;
}

/** Steps that were done again after an interruption count once, the time that they took as often as they were done. */
async function tellBudget(path: string): Promise<Told> {
	const tokens = new Map<number, number>();
	const attempts = new Map<number, number>();
	let [steps, seconds, isFinished] = [0, 0, false];
	let [last, keptStep]: (number | null)[] = [null, null];
	for await (const { t, at, step, m } of linesOf(path, TrainerEvent)) {
		if (t === "train.started") last = null;
		seconds += at - (last ?? at);
		last = at;
		if (t === "train.finished") isFinished = true;
		if (t === "train.kept") keptStep = step;
		if (t !== "train.step" || step === null) continue;
		steps = step;
		if (typeof m.num_tokens === "number") tokens.set(step, m.num_tokens);
		if (typeof m.attempts === "number") attempts.set(step, m.attempts);
	}
	const budget = {
		steps,
		tokens: sumOf(tokens),
		judgedSamples: sumOf(attempts),
		wallTimeMs: last === null ? null : Math.round(seconds * 1000),
	};
	return { budget, keptStep: keptStep ?? null, isFinished };
}

function sumOf(amounts: ReadonlyMap<number, number>): number | null {
	return amounts.size === 0 ? null : [...amounts.values()].reduce((sum, amount) => sum + amount, 0);
}

/** Streams them; a line that cannot be read is passed over: a kill may have cut it. */
async function* linesOf<T>(path: string, schema: z.ZodType<T>): AsyncGenerator<T> {
	if (!existsSync(path)) return;
	for await (const line of createInterface({ input: createReadStream(path) })) {
		let value: unknown;
		try {
			value = JSON.parse(line);
		} catch {
			continue;
		}
		const { success, data } = schema.safeParse(value);
		if (success) yield data;
	}
}
