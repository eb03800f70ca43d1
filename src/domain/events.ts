import { z } from "zod";
import { SELECTORS } from "./choices.js";
import { GenerationFailureKind, GenerationProgress, TokenUsage } from "./generation.js";
import { PassAtK, Reward, RunConfig, SandboxInfo, StatusCounts, WidenReason } from "./run.js";
import { PromptMessage, StepOutline } from "./trace.js";
import { Phase, Verdict } from "./verdict.js";

const envelope = {
	/** Counts from 0 without gaps over the logged events of a run; an ephemeral event repeats the last number. */
	seq: z.int().nonnegative(),
	/** ISO 8601 with milliseconds. */
	at: z.string(),
	runId: z.string(),
};
const candidateKey = { taskId: z.string(), sampleIndex: z.int().nonnegative() };

const RunPlanned = z.strictObject({
	...envelope,
	type: z.literal("run.planned"),
	command: z.enum(["run", "verify", "debug"]),
	config: RunConfig,
	taskCount: z.int().nonnegative(),
	/** null: not known before the samples are read. */
	candidateCount: z.int().nonnegative().nullable(),
});
const RunStarted = z.strictObject({
	...envelope,
	type: z.literal("run.started"),
	sandbox: SandboxInfo,
	/** Candidates that an earlier, interrupted start of this run had finished. */
	resumed: z.int().nonnegative(),
});
const RunFinished = z.strictObject({
	...envelope,
	type: z.literal("run.finished"),
	outcome: z.enum(["completed", "cancelled", "failed"]),
	message: z.string().nullable(),
	statusCounts: StatusCounts,
	passAtK: z.array(PassAtK),
	wallTimeMs: z.number().nonnegative(),
	samplesPerSecond: z.number().nonnegative().nullable(),
});
/** Ephemeral. */
const RunProgress = z.strictObject({
	...envelope,
	type: z.literal("run.progress"),
	done: z.int().nonnegative(),
	total: z.int().nonnegative().nullable(),
	samplesPerSecond: z.number().nonnegative(),
	etaMs: z.number().nonnegative().nullable(),
	/** null: candidates come from no model. */
	generation: GenerationProgress.nullable(),
});
const TaskStarted = z.strictObject({
	...envelope,
	type: z.literal("task.started"),
	taskId: z.string(),
	title: z.string(),
	candidateCount: z.int().nonnegative(),
});
/** The task gets more candidates than n because of what came out for those; candidates `from` up to before `to` follow. */
const TaskWidened = z.strictObject({
	...envelope,
	type: z.literal("task.widened"),
	taskId: z.string(),
	why: WidenReason,
	from: z.int().nonnegative(),
	to: z.int().positive(),
});
/** `n` and `accepted` count the first n candidates alone. */
const TaskFinished = z.strictObject({
	...envelope,
	type: z.literal("task.finished"),
	taskId: z.string(),
	n: z.int().nonnegative(),
	accepted: z.int().nonnegative(),
});
/** What the run's rule picks of the task: one candidate, or those that it does not tell apart. A later one replaces it. */
const TaskPicked = z.strictObject({
	...envelope,
	type: z.literal("task.picked"),
	taskId: z.string(),
	selector: z.enum(SELECTORS),
	samples: z.array(z.int().nonnegative()),
});
const CandidateStarted = z.strictObject({ ...envelope, type: z.literal("candidate.started"), ...candidateKey });
/** Ephemeral: what the model is asked for the next step of a loop, whose answer comes then. */
const CandidateAsked = z.strictObject({
	...envelope,
	type: z.literal("candidate.asked"),
	...candidateKey,
	prompt: z.array(PromptMessage),
});
/** Ephemeral: text as a generator streams it. */
const CandidateDelta = z.strictObject({
	...envelope,
	type: z.literal("candidate.delta"),
	...candidateKey,
	/** null: what came so far is void, since the request is repeated or another completion begins. */
	text: z.string().nullable(),
});
const CandidateGenerated = z.strictObject({
	...envelope,
	type: z.literal("candidate.generated"),
	...candidateKey,
	backend: z.string(),
	codeSha256: z.string().nullable(),
	codeBytes: z.int().nonnegative(),
	wallTimeMs: z.number().nonnegative(),
});
/** The model gave no completion; the candidate is made anew when the run is resumed. */
const CandidateFailed = z.strictObject({
	...envelope,
	type: z.literal("candidate.failed"),
	...candidateKey,
	failure: GenerationFailureKind,
	message: z.string(),
	attempts: z.int().nonnegative(),
});
/** Not made, since its task has as many accepted candidates as were asked for. */
const CandidateSkipped = z.strictObject({ ...envelope, type: z.literal("candidate.skipped"), ...candidateKey });
/** What one request cost, whether or not a candidate came of it. The run's spend is the sum over its log. */
const SpendRecorded = z.strictObject({
	...envelope,
	type: z.literal("spend.recorded"),
	...candidateKey,
	usage: TokenUsage,
	costUsd: z.number().nonnegative().nullable(),
});
const PhaseFinished = z.strictObject({
	...envelope,
	type: z.literal("phase.finished"),
	...candidateKey,
	phase: Phase,
	result: z.enum(["passed", "failed", "skipped"]),
	wallTimeMs: z.number().nonnegative(),
});
/** Without its tests and its captured output, which stay in the rollout that `rollout` points at. */
export const VerdictSummary = Verdict.omit({ schema: true, tests: true, output: true, phases: true });
const VerdictRecorded = z.strictObject({
	...envelope,
	type: z.literal("verdict.recorded"),
	...candidateKey,
	verdict: VerdictSummary,
	/** As in the rollout. */
	sameAs: z.int().nonnegative().nullable().default(null),
	/** As in the rollout. */
	beyondN: z.boolean().default(false),
	/** Bytes of the line in artifacts/rollouts/<run_id>.jsonl. */
	rollout: z.strictObject({ offset: z.int().nonnegative(), bytes: z.int().positive() }),
});
const RewardRecorded = z.strictObject({
	...envelope,
	type: z.literal("reward.recorded"),
	...candidateKey,
	rewards: z.array(Reward),
});
/** A step of a self-debug loop is in the run's trace file. */
export const StepRecorded = z.strictObject({
	...envelope,
	type: z.literal("step.recorded"),
	...candidateKey,
	outline: StepOutline,
	/** Bytes of the line in artifacts/traces/<run_id>.jsonl. */
	trace: z.strictObject({ offset: z.int().nonnegative(), bytes: z.int().positive() }),
});
const AlertRaised = z.strictObject({
	...envelope,
	type: z.literal("alert.raised"),
	id: z.string(),
	level: z.enum(["note", "warning", "error"]),
	message: z.string(),
	hint: z.string().nullable(),
});
const AlertCleared = z.strictObject({ ...envelope, type: z.literal("alert.cleared"), id: z.string() });

export const RunEvent = z.discriminatedUnion("type", [
	RunPlanned,
	RunStarted,
	RunFinished,
	RunProgress,
	TaskStarted,
	TaskWidened,
	TaskFinished,
	TaskPicked,
	CandidateStarted,
	CandidateAsked,
	CandidateDelta,
	CandidateGenerated,
	CandidateFailed,
	CandidateSkipped,
	SpendRecorded,
	StepRecorded,
	PhaseFinished,
	VerdictRecorded,
	RewardRecorded,
	AlertRaised,
	AlertCleared,
]);
export type RunEvent = z.infer<typeof RunEvent>;
export type VerdictSummary = z.infer<typeof VerdictSummary>;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** What a use case emits; the run's recorder adds `seq`, `at` and `runId`. */
export type RunEventBody = DistributiveOmit<RunEvent, "seq" | "at" | "runId">;
