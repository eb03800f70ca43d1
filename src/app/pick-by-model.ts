import { existsSync } from "node:fs";
import { checksumFile } from "../artifacts/checksum.js";
import { worldCacheFolder } from "../artifacts/layout.js";
import { isModelSelector, type ModelSelector } from "../domain/choices.js";
import type { Picked, RunConfig } from "../domain/run.js";
import type { FunctionTask } from "../domain/task.js";
import type { SeenTask } from "../domain/training.js";
import { FITTED } from "../energy/fitted-rankers.js";
import { WorldModel } from "../energy/world/world-model.js";
import { ENERGY } from "../energy/world-rankers.js";
import { AssayError } from "../lib/errors.js";
import { readFittedRankers, seenByFitted } from "./fitted-rankers.js";
import type { RunInputs } from "./run-inputs.js";
import { type ScoredRun, type ScoreOptions, scoreRun } from "./score-run.js";
import { askWorld } from "./world-numbers.js";

export interface PickOptions {
	workspace: string;
	config: RunConfig;
	inputs: RunInputs;
	signal: AbortSignal;
}

/** Throws `usage` before anything is judged where the run's rule is a model's that cannot be used, or these tasks taught it. */
export async function checkPicking({ workspace, config, inputs, signal }: PickOptions): Promise<void> {
	const by = modelOf(config);
	if (by === null) return;
	const tasks = functionTasks(inputs, config, signal);
	await withModel(by, workspace, signal, async ({ world, fitted }) => {
		if (world !== null) await askWorld(tasks, { ...world, seed: config.seed, signal });
		if (fitted !== null) await seenByFitted(fitted.rankers, tasks, { ...fitted, signal });
	});
}

/** What a model's rule picks of a run's tasks, by its judged candidates; nothing is run. null: the rule is no model's. */
export async function pickByModel(run: string, options: PickOptions): Promise<Picked | null> {
	const { workspace, config, inputs, signal } = options;
	const by = modelOf(config);
	if (by === null) return null;
	return await withModel(by, workspace, signal, async (models) => {
		const ranked = await scoreRun({
			...models,
			workspace,
			run,
			tasks: null,
			inputs,
			verifier: null,
			modelTests: null,
			n: null,
			seed: config.seed,
			signal,
		});
		return pickedBy(by.selector, ranked, models.id);
	});
}

function pickedBy(selector: ModelSelector, { groups, world, fitted }: ScoredRun, id: string): Picked {
	const ranker = RANKERS[selector];
	const tasks = groups.flatMap(({ taskId, sampleIndexes, accepted, scores }) => {
		const of = scores.get(ranker);
		if (of === undefined) return [];
		const numbers = sampleIndexes.map((_, i) => of[i] ?? Number.NEGATIVE_INFINITY);
		const most = Math.max(...numbers);
		const first = numbers.flatMap((score, i) => (score === most ? [i] : []));
		const right = first.filter((i) => accepted[i] === true).length / first.length;
		return [{ taskId, right, samples: first.flatMap((i) => sampleIndexes[i] ?? []).sort((a, b) => a - b) }];
	});
	const seen: SeenTask[] = [...(world?.seen.values() ?? []), ...(fitted?.seen ?? [])];
	return {
		selector,
		value: tasks.length === 0 ? null : tasks.reduce((sum, { right }) => sum + right, 0) / tasks.length,
		tasks: tasks.map(({ taskId, samples }) => ({ taskId, samples })),
		by: { id, seen },
	};
}

const RANKERS: Readonly<Record<ModelSelector, string>> = { energy: ENERGY, "pass-probability": FITTED[0] };

interface PickingModel {
	selector: ModelSelector;
	path: string;
	allowSeen: boolean;
}

function modelOf({ select, selectBy }: RunConfig): PickingModel | null {
	if (select === null || !isModelSelector(select)) return null;
	if (selectBy !== null) return { selector: select, ...selectBy };
	throw new AssayError("usage", `--select ${select}: no model was named`, {
		hint: select === "energy" ? "--world-model FOLDER names one" : "--fitted FILE names fitted trees",
	});
}

type Models = Pick<ScoreOptions, "world" | "fitted"> & { id: string };

async function withModel<T>(
	{ selector, path, allowSeen }: PickingModel,
	workspace: string,
	signal: AbortSignal,
	work: (models: Models) => Promise<T>,
): Promise<T> {
	if (!existsSync(path)) throw new AssayError("usage", `${path}: no such ${selector === "energy" ? "folder" : "file"}`);
	if (selector === "pass-probability") {
		const rankers = await readFittedRankers(path);
		const { sha256 } = await checksumFile(path, { signal });
		return await work({ world: null, fitted: { rankers, allowSeen }, id: sha256.slice(0, 16) });
	}
	const model = await WorldModel.open(path, { cacheFolder: worldCacheFolder(workspace), signal });
	try {
		return await work({ world: { model, allowSeen }, fitted: null, id: model.id });
	} finally {
		await model.close();
	}
}

async function* functionTasks(inputs: RunInputs, config: RunConfig, signal: AbortSignal): AsyncGenerator<FunctionTask> {
	for await (const task of inputs.tasks(config, signal)) if (task.kind === "function") yield task;
}
