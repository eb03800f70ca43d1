import { statSync } from "node:fs";
import type { RunFiles } from "../artifacts/layout.js";
import { pathsOfRun } from "../artifacts/manifest.js";
import { readRollouts } from "../artifacts/rollout-file.js";
import { kindOf } from "../artifacts/run-id.js";
import { readPlan } from "../artifacts/run-plan.js";
import type { ArtifactManifest, PassAtK, RunConfig, RunResult, StatusCounts, TaskSummary } from "../domain/run.js";
import type { RunRow } from "../domain/run-row.js";
import { passInterval } from "../stats/pass-interval.js";
import { RunTally } from "./run-tally.js";

interface CountedRun {
	row: RunRow;
	tasks: TaskSummary[];
}

/** The row of a run that has a result. Its parent is known to the index alone. */
export async function finishedRow(
	files: RunFiles,
	result: RunResult,
	manifest: ArtifactManifest | null,
): Promise<CountedRun> {
	const { runId, command, outcome, startedAt, finishedAt, config, taskCount, sampleCount, statusCounts, tasks } =
		result;
	const row: RunRow = {
		runId,
		kind: kindOf(runId) ?? command,
		command,
		outcome,
		startedAt,
		finishedAt,
		...sourceOf(config),
		costUsd: result.generation?.costUsd ?? null,
		n: config.n,
		taskCount,
		sampleCount,
		statusCounts,
		passAt1: scoreOf(result.passAtK, tasks),
		tier: result.sandbox.tier,
		taskSetFingerprint: result.taskSetFingerprint,
		experiment: config.experiment,
		bytes: manifest === null ? await bytesOf(files) : manifest.files.reduce((sum, file) => sum + file.bytes, 0),
		parent: null,
		recorded: false,
	};
	return { row, tasks };
}

/** Of a run without a result its rollouts say how far it came; nobody writes it now, as far as this row says. */
export async function unfinishedRow(files: RunFiles): Promise<CountedRun> {
	const { runId, command, createdAt, config, taskCount, taskSetFingerprint } = readPlan(files);
	const tally = await tallyOf(files);
	const [tier = null] = tally.tiers;
	const row: RunRow = {
		runId,
		kind: kindOf(runId) ?? command,
		command,
		outcome: "interrupted",
		startedAt: createdAt,
		finishedAt: null,
		...sourceOf(config),
		costUsd: null,
		n: config.n,
		taskCount,
		sampleCount: tally.sampleCount,
		statusCounts: tally.statusCounts,
		passAt1: scoreOf(tally.passAtK(), tally.tasks),
		tier,
		taskSetFingerprint,
		experiment: config.experiment,
		bytes: await bytesOf(files),
		parent: null,
		recorded: false,
	};
	return { row, tasks: tally.tasks };
}

/** What the rollouts of a run without a result say. */
export async function countsOf(
	files: RunFiles,
): Promise<{ sampleCount: number; statusCounts: StatusCounts; passAtK: PassAtK[] }> {
	const tally = await tallyOf(files);
	return { sampleCount: tally.sampleCount, statusCounts: tally.statusCounts, passAtK: tally.passAtK() };
}

function sourceOf({ backend, generation, samples }: RunConfig): Pick<RunRow, "backend" | "model" | "samples"> {
	return { backend, model: generation?.model ?? null, samples };
}

async function tallyOf(files: RunFiles): Promise<RunTally> {
	const tally = new RunTally();
	for await (const { rollout } of readRollouts(files.rollouts)) tally.add(rollout);
	return tally;
}

/** Mean over tasks of the share accepted, with the interval of whole tasks drawn again. */
function scoreOf(passAtK: readonly PassAtK[], tasks: readonly TaskSummary[]): RunRow["passAt1"] {
	const score = passAtK.find(({ k }) => k === 1);
	if (score === undefined || score.value === null) return null;
	return {
		value: score.value,
		tasks: score.tasks,
		interval: passInterval(tasks, 1),
	};
}

async function bytesOf(files: RunFiles): Promise<number> {
	let bytes = 0;
	for (const path of await pathsOfRun(files)) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
	return bytes;
}
