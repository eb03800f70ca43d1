import { existsSync, rmSync } from "node:fs";
import { artifactsRoot, type RunFiles, runFiles } from "../artifacts/layout.js";
import { type RecoveredRun, recoverRun } from "../artifacts/recover-run.js";
import { openRolloutWriter, type RolloutWriter } from "../artifacts/rollout-file.js";
import { newRunId } from "../artifacts/run-id.js";
import { lockRun, type RunLock } from "../artifacts/run-lock.js";
import { readPlan, writePlan } from "../artifacts/run-plan.js";
import { prepareWorkspace } from "../artifacts/workspace.js";
import type { Sameness } from "../domain/choices.js";
import type { RunEvent } from "../domain/events.js";
import type { Picked, RunPlan } from "../domain/run.js";
import type { OpenBackend } from "../generate/index.js";
import type { LanguageModel } from "../generate/language-model.js";
import { AssayError } from "../lib/errors.js";
import type { Verifier } from "../verify/verifier.js";
import { GenerationWatch } from "./generation-watch.js";
import type { JudgedPrograms } from "./judged-programs.js";
import { openRunRecorder, type RunRecorder } from "./run-recorder.js";
import { RunTally } from "./run-tally.js";

/** What a use case gets from outside, beside its inputs. */
export interface RunSurroundings {
	workspace: string;
	verifier: Verifier;
	/** What makes the candidates, where it is a model. */
	opened?: OpenBackend;
	signal: AbortSignal;
	onEvent: (event: RunEvent) => void;
	version: string;
	/** What a model's rule picks of the run's tasks once all are judged; null: the run's rule is no model's. */
	pickByModel?: ((runId: string) => Promise<Picked | null>) | undefined;
	/** Milliseconds since 1970. */
	now?: () => number;
	/** Numbers in [0, 1). */
	random?: () => number;
}

/** A run whose plan is on disk and whose lock is held; end it with `finishRun`, or `abandonRun` after a bug. */
export interface ActiveRun {
	plan: RunPlan;
	files: RunFiles;
	lock: RunLock;
	recorder: RunRecorder;
	rollouts: RolloutWriter;
	tally: RunTally;
	/** What an interrupted start of this run left; for a new run it is empty. */
	recovered: RecoveredRun;
	verifier: Verifier;
	/** null: every candidate is judged itself. */
	judged: JudgedPrograms | null;
	/** null: candidates come from no model. */
	model: LanguageModel | null;
	watch: GenerationWatch;
	pickByModel: (runId: string) => Promise<Picked | null>;
	now: () => number;
	/** When this start of the run began to work. */
	startedAtMs: number;
}

export type PlanDraft = Omit<RunPlan, "schema" | "runId" | "createdAt" | "version">;

const KINDS = { run: "best-of-n", verify: "verify", debug: "self-debug" } as const;

/** The plan is on disk before this returns; no two starts ever get the same id. */
export async function startRun(surroundings: RunSurroundings, draft: PlanDraft): Promise<ActiveRun> {
	const { workspace, now = Date.now, random = Math.random, version } = surroundings;
	const root = artifactsRoot(workspace);
	prepareWorkspace(workspace);
	const createdAt = new Date(now());
	const { files, lock } = claimRunId(root, () => newRunId(KINDS[draft.command], createdAt, random));
	const plan: RunPlan = {
		schema: "assay.plan.v1",
		runId: files.runId,
		createdAt: createdAt.toISOString(),
		...draft,
		version,
	};
	try {
		writePlan(files, plan);
		return openRun(surroundings, { plan, files, lock, ...(await countsOf(plan, files)) });
	} catch (error) {
		lock.release();
		throw error;
	}
}

/**
 * Goes on with a run that was cancelled, failed or killed. `draft` is what its plan would be today: other tasks or samples
 * than planned are refused, as is another tier than the one that judged so far, unless `anyTier`.
 */
export async function resumeRun(
	surroundings: RunSurroundings,
	files: RunFiles,
	draft: PlanDraft,
	options: { anyTier: boolean },
): Promise<ActiveRun> {
	const lock = lockRun(files.lock, files.runId);
	try {
		const plan = readPlan(files);
		refuseOtherInputs(plan, draft);
		const { recovered, ...counts } = await countsOf(plan, files);
		if (!options.anyTier) refuseOtherTier(files.runId, recovered, surroundings.verifier);
		// The manifest says that all is there, so it is the first to go.
		for (const path of [files.manifest, files.result, files.report]) rmSync(path, { force: true });
		return openRun(surroundings, { plan, files, lock, recovered, ...counts });
	} catch (error) {
		lock.release();
		throw error;
	}
}

/** What earlier starts of the run left. */
async function countsOf(
	{ config }: RunPlan,
	files: RunFiles,
): Promise<Pick<ActiveRun, "tally" | "judged" | "recovered">> {
	const tally = new RunTally(config.dedupe);
	const judged = config.dedupe === null ? null : await openJudgedPrograms(config.dedupe, files);
	const recovered = await recoverRun(files, (rollout, place) => {
		tally.add(rollout);
		if (rollout.sameAs === null) judged?.recall(rollout.candidate, place);
	});
	return { tally, judged, recovered };
}

/** It brings a parser of Python along, which no other run needs. */
async function openJudgedPrograms(sameness: Sameness, { rollouts }: RunFiles): Promise<JudgedPrograms> {
	const { JudgedPrograms } = await import("./judged-programs.js");
	return new JudgedPrograms(sameness, rollouts);
}

function openRun(
	{ verifier, opened, onEvent, pickByModel = () => Promise.resolve(null), now = Date.now }: RunSurroundings,
	parts: Pick<ActiveRun, "plan" | "files" | "lock" | "tally" | "judged" | "recovered">,
): ActiveRun {
	const { runId, log, rollouts } = parts.files;
	const recorder = openRunRecorder({ runId, logPath: log, nextSeq: parts.recovered.nextSeq, now });
	recorder.subscribe(onEvent);
	const { spent } = parts.recovered;
	opened?.meter.add({ tokens: spent.promptTokens + spent.completionTokens, costUsd: spent.costUsd ?? 0 });
	const model = opened?.model ?? null;
	const watch = new GenerationWatch({ model, judges: verifier.concurrency, earlier: spent });
	const run = {
		...parts,
		recorder,
		rollouts: openRolloutWriter(rollouts),
		verifier,
		model,
		watch,
		pickByModel,
		now,
		startedAtMs: now(),
	};
	announce(run);
	return run;
}

function announce({ plan, recorder, recovered, verifier }: ActiveRun): void {
	if (recovered.nextSeq === 0) {
		recorder.emit({
			type: "run.planned",
			command: plan.command,
			config: plan.config,
			taskCount: plan.taskCount,
			candidateCount: plan.candidateCount,
		});
	}
	recorder.emit({ type: "run.started", sandbox: verifier.sandbox, resumed: recovered.finished.count });
	for (const [index, message] of recovered.repairs.entries()) {
		recorder.emit({ type: "alert.raised", id: `repair-${index}`, level: "note", message, hint: null });
	}
	const { missing, tier, raise } = verifier.sandbox;
	if (missing.length > 0) {
		recorder.emit({
			type: "alert.raised",
			id: "sandbox",
			level: "warning",
			message: `sandbox tier ${tier} lacks ${missing.join("; ")}`,
			hint: raise,
		});
	}
}

function claimRunId(root: string, newId: () => string): { files: RunFiles; lock: RunLock } {
	for (let attempt = 0; attempt < 100; attempt++) {
		const files = runFiles(root, newId());
		if (existsSync(files.lock) || existsSync(files.plan)) continue;
		let lock: RunLock;
		try {
			lock = lockRun(files.lock, files.runId);
		} catch (error) {
			if (error instanceof AssayError && error.code === "usage") continue;
			throw error;
		}
		// Another start may have had this id, and have ended, since the look above.
		if (!existsSync(files.plan)) return { files, lock };
		lock.release();
	}
	throw new AssayError("host", `${root}: no free run id was found`);
}

function refuseOtherInputs(plan: RunPlan, draft: PlanDraft): void {
	const changed =
		plan.command !== draft.command
			? `it was started by \`assay ${plan.command}\``
			: plan.taskSetFingerprint !== draft.taskSetFingerprint
				? "the tasks are not those that were planned"
				: plan.samplesSha256 !== draft.samplesSha256 || plan.candidateCount !== draft.candidateCount
					? "the samples are not those that were planned"
					: plan.checkpoint !== null && plan.checkpoint.manifestSha256 !== draft.checkpoint?.manifestSha256
						? `the model is not the ${plan.checkpoint.name} that it began with`
						: null;
	if (changed === null) return;
	throw new AssayError("usage", `run ${plan.runId} cannot be resumed: ${changed}`, {
		hint: "start a new run, or bring the files back as they were",
	});
}

function refuseOtherTier(runId: string, { tiers }: RecoveredRun, verifier: Verifier): void {
	const { tier } = verifier.sandbox;
	const other = [...tiers].find((recorded) => recorded !== tier);
	if (other === undefined) return;
	throw new AssayError("usage", `run ${runId} was judged in sandbox tier ${other}, but ${tier} is in force here`, {
		hint: `verdicts of two tiers do not belong in one run; --sandbox ${tier} goes on all the same`,
	});
}

/** After a bug, or when the disk is full: keeps what is on disk, so that the run can be resumed. */
export function abandonRun(run: ActiveRun): void {
	try {
		run.rollouts.close();
		run.recorder.close();
	} finally {
		run.lock.release();
	}
}
