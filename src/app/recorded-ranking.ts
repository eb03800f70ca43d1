import { existsSync } from "node:fs";
import { type RolloutPlace, readRollouts } from "../artifacts/rollout-file.js";
import type { RankedTask } from "../domain/ranking.js";
import { AssayError } from "../lib/errors.js";
import { locateRun } from "./locate-run.js";
import { openRanking } from "./open-ranking.js";
import type { RankingReport } from "./rank-run.js";
import type { RunInputs } from "./run-inputs.js";

/** What `assay rank --out` wrote, for the screens. */
export interface RecordedRanking {
	report: RankingReport;
	/** With where their programs are, if the run is at hand. */
	tasks: RankedTask[];
	/** The run's candidates are here. */
	hasPrograms: boolean;
}

export interface RecordedOptions {
	path: string;
	/** By its id, what `locateRun` finds a run by. */
	nameOf(runId: string): Promise<string>;
	workspace: string;
	inputs: RunInputs;
	signal: AbortSignal;
}

/** Scores and figures of a recorded ranking; nothing is run, and no model is asked. Throws `usage` that names the line. */
export async function recordedRanking({ path, signal, ...where }: RecordedOptions): Promise<RecordedRanking> {
	const opened = await openRanking(path, signal);
	if (opened.kind === "folder") {
		throw new AssayError("usage", `${path}: is a ranking of a folder's programs, of which no run exists`, {
			hint: `assay rank --open ${path} shows it`,
		});
	}
	const { report, tasks } = opened;
	const programs = await programsOf(report.runId, { ...where, signal });
	return {
		report,
		tasks: tasks.map((task) => ({
			...task,
			starterCode: programs?.starterCodes.get(task.taskId) ?? "",
			rollouts: task.sampleIndexes.map((sample) => programs?.places.get(`${sample} ${task.taskId}`) ?? null),
		})),
		hasPrograms: programs !== null,
	};
}

interface Programs {
	/** By sample and task. */
	places: ReadonlyMap<string, RolloutPlace>;
	starterCodes: ReadonlyMap<string, string>;
}

/** null: the run is not in this workspace, or nothing is left of its candidates. */
async function programsOf(
	runId: string,
	{ nameOf, workspace, inputs, signal }: Omit<RecordedOptions, "path">,
): Promise<Programs | null> {
	const name = await unlessMissing(nameOf(runId));
	const run = name === null ? null : await unlessMissing(locateRun({ workspace, run: name }));
	if (run === null || !existsSync(run.rollouts)) return null;
	const places = new Map<string, RolloutPlace>();
	for await (const { rollout, place } of readRollouts(run.rollouts)) {
		signal.throwIfAborted();
		places.set(`${rollout.candidate.sampleIndex} ${rollout.candidate.taskId}`, place);
	}
	const starterCodes = new Map<string, string>();
	const config = (run.result ?? run.plan)?.config ?? null;
	const readTasks = async (): Promise<void> => {
		if (config === null) return;
		for await (const task of inputs.tasks(config, signal))
			if (task.kind === "function") starterCodes.set(task.id, task.starterCode);
	};
	// Tasks that went elsewhere leave the programs readable.
	await unlessMissing(readTasks());
	return { places, starterCodes };
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | null> {
	try {
		return await found;
	} catch (error) {
		if (error instanceof AssayError) return null;
		throw error;
	}
}
