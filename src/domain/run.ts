import { z } from "zod";
import { SAMENESS, SELECTORS, WIDENED_GROUPS } from "./choices.js";
import { ExtractionRecord, GenerationConfig, GenerationRecord, GenerationTotals } from "./generation.js";
import { DebugConfig } from "./trace.js";
import { CheckpointRef, SeenTask } from "./training.js";
import { Cause, Status, Tier, Verdict } from "./verdict.js";

/** What isolates candidates on this machine, found by running probes, stored with every run. */
export const SandboxInfo = z.strictObject({
	tier: Tier,
	/** Where memory of all of a candidate's processes together is limited; null: only per process. */
	memoryControl: z.enum(["cgroup"]).nullable(),
	network: z.boolean(),
	readOnlyRoot: z.boolean(),
	seccomp: z.boolean(),
	/** What this tier lacks, as nouns; empty on the full tier. */
	missing: z.array(z.string()),
	/** The one command that raises the tier, or null. */
	raise: z.string().nullable(),
	kernel: z.string(),
	bwrapVersion: z.string().nullable(),
	pythonPath: z.string(),
	pythonVersion: z.string(),
	/** Preflight: known answers that the judge had to get right before the first score. */
	canaries: z.strictObject({ passed: z.int(), total: z.int(), failed: z.array(z.string()), wallTimeMs: z.number() }),
});
export type SandboxInfo = z.infer<typeof SandboxInfo>;

export const Candidate = z.strictObject({
	taskId: z.string(),
	sampleIndex: z.int().nonnegative(),
	/** What the generator gave, untouched. */
	completion: z.string(),
	/** The program, or the unified diff, that is judged; null when none could be extracted. */
	code: z.string().nullable(),
	backend: z.string(),
	model: z.string().nullable(),
	/** How it was extracted; null: the backend gives programs. */
	extraction: ExtractionRecord.nullable().default(null),
	/** null: no model made it. */
	generation: GenerationRecord.nullable().default(null),
});
export type Candidate = z.infer<typeof Candidate>;

/** By task, then by sample: an order that does not depend on which was done first. */
export function bySample(
	a: { taskId: string; sampleIndex: number },
	b: { taskId: string; sampleIndex: number },
): number {
	if (a.taskId !== b.taskId) return a.taskId < b.taskId ? -1 : 1;
	return a.sampleIndex - b.sampleIndex;
}

/** A candidate that no model made: the program itself, or null where there is none. */
export function programCandidate(taskId: string, sampleIndex: number, backend: string, code: string | null): Candidate {
	return {
		taskId,
		sampleIndex,
		completion: code ?? "",
		code,
		backend,
		model: null,
		extraction: null,
		generation: null,
	};
}

export const Reward = z.strictObject({
	name: z.enum(["binary", "fractional", "reward_v0_correctness"]),
	value: z.number().min(-1).max(1),
	parts: z.record(z.string(), z.number()),
});
export type Reward = z.infer<typeof Reward>;

/** What a program answered on inputs that were made of what the task shows. Equal `sha256`: the same on all of them. */
export const Behaviour = z.strictObject({
	/** Of what the inputs were made from, and how. */
	suiteSha256: z.string(),
	/** 0: it did not load, or no inputs are known. */
	inputs: z.int().nonnegative(),
	/** Inputs on which it gave a value other than None, and no error. */
	answered: z.int().nonnegative(),
	sha256: z.string(),
	/** Of calls that the task's text shows with what they give; null: nobody looked, or it shows none. */
	examples: z.strictObject({ passed: z.int().nonnegative(), total: z.int().positive() }).nullable().default(null),
});
export type Behaviour = z.infer<typeof Behaviour>;

/** One attempt at a task. One line of artifacts/rollouts/<run_id>.jsonl. */
export const Rollout = z.strictObject({
	schema: z.literal("assay.rollout.v1"),
	runId: z.string(),
	candidate: Candidate,
	verdict: Verdict,
	rewards: z.array(Reward),
	/** The sample of the task that was judged in its place, its program being the same; null: it was judged itself. */
	sameAs: z.int().nonnegative().nullable().default(null),
	/** null: it was not asked for, or the task takes no calls. */
	behaviour: Behaviour.nullable().default(null),
	/** Made because of what came out for the task's first n: a choice may fall on it, but no estimate counts it. */
	beyondN: z.boolean().default(false),
	startedAt: z.string(),
	finishedAt: z.string(),
});
export type Rollout = z.infer<typeof Rollout>;

export const StatusCounts = z.partialRecord(Status, z.int().nonnegative());
export type StatusCounts = z.infer<typeof StatusCounts>;

export const PassAtK = z.strictObject({
	k: z.int().positive(),
	/** Mean over tasks with at least k judged candidates; null when there is none. */
	value: z.number().min(0).max(1).nullable(),
	/** Tasks that had at least k judged candidates. */
	tasks: z.int().nonnegative(),
});
export type PassAtK = z.infer<typeof PassAtK>;

/** Why a task got more than n candidates: some of the first n were accepted and some were not, or none was. */
export const WidenReason = z.enum(["mixed", "none_accepted"]);
export type WidenReason = z.infer<typeof WidenReason>;

/** Of the first n candidates alone, so that estimates do not depend on which tasks got more. */
export const TaskSummary = z.strictObject({
	taskId: z.string(),
	/** Judged candidates, without judge errors. */
	n: z.int().nonnegative(),
	accepted: z.int().nonnegative(),
	statuses: StatusCounts,
	/** Programs that were judged, equal ones counted once; null: nobody looked for equal ones. */
	distinct: z.int().nonnegative().nullable().default(null),
	/** The candidates after the first n; null: there are none. */
	beyond: z
		.strictObject({
			why: WidenReason,
			n: z.int().nonnegative(),
			accepted: z.int().nonnegative(),
			statuses: StatusCounts,
		})
		.nullable()
		.default(null),
});
export type TaskSummary = z.infer<typeof TaskSummary>;

export const RunConfig = z.strictObject({
	/** Absolute path of the tasks file or folder. */
	tasks: z.string(),
	taskFormat: z.string(),
	backend: z.string(),
	samples: z.string().nullable(),
	n: z.int().positive().nullable(),
	seed: z.int(),
	filter: z.string().nullable(),
	taskIds: z.array(z.string()).nullable(),
	limit: z.int().positive().nullable(),
	sandbox: Tier.nullable(),
	cache: z.boolean(),
	gate: z.boolean(),
	workers: z.int().positive(),
	limits: z.strictObject({ cpuTimeMs: z.int().nullable(), memoryBytes: z.int().nullable() }),
	/** null: candidates come from no model. */
	generation: GenerationConfig.nullable().default(null),
	/** No more candidates are made for a task that has so many accepted ones; null: all of them. */
	stopOnAccepted: z.int().positive().nullable().default(null),
	/** null: every candidate is the model's first answer. */
	debug: DebugConfig.nullable().default(null),
	/** Runs of one experiment belong together. */
	experiment: z.string().nullable().default(null),
	/** Equal programs of a task are judged once; null: every one is judged. */
	dedupe: z.enum(SAMENESS).nullable().default(null),
	/** The rule that picks one of a task's candidates; null: none is picked. */
	select: z.enum(SELECTORS).nullable().default(null),
	/** Absolute path of the world model or fitted trees that the rule asks; null: it asks none. `allowSeen`: also of tasks that taught it. */
	selectBy: z.strictObject({ path: z.string(), allowSeen: z.boolean() }).nullable().default(null),
	/** Tasks whose first n judged candidates are such a group get nMax of them; null: every task gets n. */
	widen: z
		.strictObject({ nMax: z.int().positive(), groups: z.enum(WIDENED_GROUPS) })
		.nullable()
		.default(null),
});
export type RunConfig = z.infer<typeof RunConfig>;

/** What a run is like whose candidates are all made and all judged, each for itself. */
export const PLAIN_RUN = {
	stopOnAccepted: null,
	debug: null,
	experiment: null,
	dedupe: null,
	select: null,
	selectBy: null,
	widen: null,
} as const;

/** Tasks whose own prepared candidate is judged and, as the task says (`expect: failed`), must not be accepted. */
const mustFail = z.array(z.string()).default([]);

/** What was going to be run. The JSON block of artifacts/plans/<run_id>.md; a run is resumed from nothing else. */
export const RunPlan = z.strictObject({
	schema: z.literal("assay.plan.v1"),
	runId: z.string(),
	command: z.enum(["run", "verify", "debug"]),
	createdAt: z.string(),
	config: RunConfig,
	taskCount: z.int().nonnegative(),
	candidateCount: z.int().nonnegative(),
	taskSetFingerprint: z.string(),
	/** Checksum of the samples file, so that a resumed run cannot mix two. */
	samplesSha256: z.string().nullable(),
	/** Absolute path of the verdicts file, or "-" for stdout. */
	out: z.string().nullable(),
	/** Distinct notes on the tasks' presence in training data, with the number of tasks; null: nobody has said. */
	contamination: z.array(z.strictObject({ note: z.string().nullable(), tasks: z.int().positive() })),
	/** What made the candidates, where its folder says what it was trained on. */
	checkpoint: CheckpointRef.nullable().default(null),
	mustFail,
	version: z.string(),
});
export type RunPlan = z.infer<typeof RunPlan>;

/** Candidates whose program another one of their task has too. */
export const Duplicates = z.strictObject({
	sameness: z.enum(SAMENESS),
	/** Candidates that were not judged themselves. */
	count: z.int().nonnegative(),
	/** Distinct programs per candidate that holds one, of the first n of each task, mean over tasks. */
	distinctShare: z.number().min(0).max(1).nullable(),
});
export type Duplicates = z.infer<typeof Duplicates>;

/** What a rule picked, and how that did. Hidden tests only score it. */
export const Picked = z.strictObject({
	selector: z.enum(SELECTORS),
	/** Share of tasks that the picked candidate solves; ties count as what a draw from them gives. null: nothing to pick from. */
	value: z.number().min(0).max(1).nullable(),
	/** The best candidates of each task: one, or those that the rule does not tell apart. */
	tasks: z.array(z.strictObject({ taskId: z.string(), samples: z.array(z.int().nonnegative()) })),
	/** World model or fitted trees that picked, with the tasks here that taught it: of these it proves nothing. null: a rule that asks none. */
	by: z
		.strictObject({ id: z.string().regex(/^[0-9a-f]{16}$/), seen: z.array(SeenTask) })
		.nullable()
		.default(null),
});
export type Picked = z.infer<typeof Picked>;

/** artifacts/runs/<run_id>.json */
export const RunResult = z.strictObject({
	schema: z.literal("assay.run.v1"),
	runId: z.string(),
	command: z.enum(["run", "verify", "debug"]),
	outcome: z.enum(["completed", "cancelled", "failed"]),
	message: z.string().nullable(),
	config: RunConfig,
	startedAt: z.string(),
	finishedAt: z.string(),
	taskCount: z.int().nonnegative(),
	sampleCount: z.int().nonnegative(),
	statusCounts: StatusCounts,
	causeCounts: z.partialRecord(Cause, z.int().nonnegative()),
	passAtK: z.array(PassAtK),
	/** Mean per reward over judged candidates, of the first n of each task; null when there is none. */
	rewardMeans: z.record(z.string(), z.number().nullable()),
	tasks: z.array(TaskSummary),
	mustFail,
	sandbox: SandboxInfo,
	taskSetFingerprint: z.string(),
	cachedCount: z.int().nonnegative(),
	inGuestCount: z.int().nonnegative(),
	/** null: equal programs were not looked for. */
	duplicates: Duplicates.nullable().default(null),
	/** null: no rule was to pick. */
	picked: Picked.nullable().default(null),
	timings: z.strictObject({
		wallTimeMs: z.number().nonnegative(),
		candidateCpuTimeMs: z.number().nonnegative(),
		samplesPerSecond: z.number().nonnegative().nullable(),
	}),
	/** null: candidates came from no model. */
	generation: GenerationTotals.nullable().default(null),
	version: z.string(),
});
export type RunResult = z.infer<typeof RunResult>;

/** artifacts/manifests/<run_id>.json, written last: if it is there, all of the run is there. */
export const ArtifactManifest = z.strictObject({
	schema: z.literal("assay.manifest.v1"),
	runId: z.string(),
	command: z.string(),
	createdAt: z.string(),
	parents: z.array(
		z.strictObject({
			kind: z.enum(["tasks", "samples", "run", "checkpoint"]),
			id: z.string(),
			sha256: z.string().nullable(),
		}),
	),
	files: z.array(z.strictObject({ path: z.string(), bytes: z.int().nonnegative(), sha256: z.string() })),
	version: z.string(),
	/** Of all the fields above as canonical JSON, so that an edit shows; null: written before there was one. */
	ownSha256: z.string().nullable().default(null),
});
export type ArtifactManifest = z.infer<typeof ArtifactManifest>;
