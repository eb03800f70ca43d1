import { join } from "node:path";
import { writeSinglePatch } from "../artifacts/candidate-patch.js";
import { writeManifest } from "../artifacts/manifest.js";
import { writeReport } from "../artifacts/report.js";
import { readRollout, readRollouts } from "../artifacts/rollout-file.js";
import { TRAINING } from "../artifacts/training-file.js";
import { isModelSelector } from "../domain/choices.js";
import type { ArtifactManifest, RunResult } from "../domain/run.js";
import type { TrainingCheck } from "../domain/training.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import type { ActiveRun } from "./active-run.js";
import { checkTraining } from "./check-training.js";
import { emitRollout } from "./run-candidate.js";
import { withIndex } from "./run-index.js";

type Parent = ArtifactManifest["parents"][number];

/** Writes result, report, and last the manifest; the run is on disk and unlocked when this returns. */
export async function finishRun(
	run: ActiveRun,
	end: { outcome: RunResult["outcome"]; message: string | null },
): Promise<RunResult> {
	const { files, tally, recorder, rollouts, lock } = run;
	try {
		await logTheUnlogged(run);
		const picked = await pickedOf(run, end.outcome);
		if (picked !== null) {
			const { selector } = picked;
			for (const task of picked.tasks) recorder.emit({ type: "task.picked", selector, ...task });
		}
		const result = resultOf(run, end, picked);
		recorder.emit({
			type: "run.finished",
			outcome: result.outcome,
			message: result.message,
			statusCounts: result.statusCounts,
			passAtK: result.passAtK,
			wallTimeMs: result.timings.wallTimeMs,
			samplesPerSecond: result.timings.samplesPerSecond,
		});
		rollouts.sync();
		rollouts.close();
		recorder.close();
		const only = tally.sampleCount === 1 ? tally.tasks[0] : undefined;
		writeSinglePatch(files, only === undefined ? null : { taskId: only.taskId, sampleIndex: 0 });
		const training = await trainingOf(run);
		// It brings a parser of YAML along, which is not needed before.
		const { claimsOfRun } = await import("./run-claims.js");
		writeReport(files, run.plan, result, training, await claimsOfRun(files, run.plan, result, training));
		writeFileAtomic(files.result, `${JSON.stringify(result, null, "\t")}\n`);
		await writeManifest(files, result, parentsOf(run));
		lock.release();
		// The index is derived: without it, or on a Node that lacks SQLite, the run is as complete as with it.
		await withIndex(files.root, () => {}).catch(() => {});
		return result;
	} finally {
		lock.release();
	}
}

/** Read from the rollouts, so that it is the same however often the run was interrupted. */
async function pickedOf(run: ActiveRun, outcome: RunResult["outcome"]): Promise<RunResult["picked"]> {
	const { plan, files } = run;
	const { select } = plan.config;
	if (select === null) return null;
	if (isModelSelector(select)) return outcome === "completed" ? await pickedByModel(run) : null;
	// It brings a parser of Python along, which no other run needs.
	const { SelectionTally } = await import("./selection-tally.js");
	const selecting = new SelectionTally();
	for await (const { rollout } of readRollouts(files.rollouts)) selecting.add(rollout);
	return selecting.picked(select);
}

/** A run that was judged is kept, whatever has become of the model in the meantime. */
async function pickedByModel({ plan: { runId }, recorder, pickByModel }: ActiveRun): Promise<RunResult["picked"]> {
	try {
		return await pickByModel(runId);
	} catch (error) {
		if (!(error instanceof AssayError)) throw error;
		const message = `nothing was picked: ${error.message}`;
		recorder.emit({ type: "alert.raised", id: "pick", level: "warning", message, hint: error.hint });
		return null;
	}
}

function resultOf(
	run: ActiveRun,
	end: { outcome: RunResult["outcome"]; message: string | null },
	picked: RunResult["picked"],
): RunResult {
	const { plan, tally, recovered, verifier, now } = run;
	const finishedAtMs = now();
	const wallTimeMs = recovered.earlierWallMs + Math.max(0, finishedAtMs - run.startedAtMs);
	return {
		schema: "assay.run.v1",
		runId: plan.runId,
		command: plan.command,
		...end,
		config: plan.config,
		startedAt: plan.createdAt,
		finishedAt: new Date(finishedAtMs).toISOString(),
		taskCount: plan.taskCount,
		sampleCount: tally.sampleCount,
		statusCounts: { ...tally.statusCounts },
		causeCounts: { ...tally.causeCounts },
		passAtK: tally.passAtK(),
		rewardMeans: tally.rewardMeans(),
		tasks: tally.tasks,
		mustFail: plan.mustFail,
		sandbox: verifier.sandbox,
		taskSetFingerprint: plan.taskSetFingerprint,
		cachedCount: tally.cachedCount,
		inGuestCount: tally.inGuestCount,
		duplicates: tally.duplicates(),
		picked,
		timings: {
			wallTimeMs,
			candidateCpuTimeMs: tally.candidateCpuTimeMs,
			samplesPerSecond: wallTimeMs === 0 ? null : tally.sampleCount / (wallTimeMs / 1000),
		},
		generation: run.watch.totals(),
		version: plan.version,
	};
}

/** Candidates that an earlier start finished, but was killed before it logged them, and that this one did not pass by. */
async function logTheUnlogged(run: ActiveRun): Promise<void> {
	for (const { candidate } of run.recovered.finished.unlogged()) {
		emitRollout(run, await readRollout(run.files.rollouts, candidate), candidate);
	}
}

function parentsOf({ plan: { config, taskSetFingerprint, samplesSha256, checkpoint } }: ActiveRun): Parent[] {
	const parents: Parent[] = [{ kind: "tasks", id: config.tasks, sha256: taskSetFingerprint }];
	if (config.samples !== null) parents.push({ kind: "samples", id: config.samples, sha256: samplesSha256 });
	if (checkpoint !== null) {
		parents.push({ kind: "checkpoint", id: join(checkpoint.path, TRAINING), sha256: checkpoint.manifestSha256 });
	}
	return parents;
}

/** A run that was judged is kept, whatever has become of its model in the meantime. */
async function trainingOf({ plan, tally }: ActiveRun): Promise<TrainingCheck> {
	const taskIds = () => tally.tasks.map(({ taskId }) => taskId);
	const { signal } = new AbortController();
	return await checkTraining({ plan, checkpoint: null, taskIds, signal }).catch((error: unknown) => {
		if (!(error instanceof AssayError)) throw error;
		return { state: "unknown" as const, reason: error.message };
	});
}
