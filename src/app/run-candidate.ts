import { type CandidateChange, writeCandidatePatch } from "../artifacts/candidate-patch.js";
import type { FinishedCandidate } from "../artifacts/finished-candidates.js";
import type { Candidate, Rollout } from "../domain/run.js";
import type { Task } from "../domain/task.js";
import type { PhaseResult } from "../domain/verdict.js";
import type { GenerationListeners } from "../generate/backend.js";
import { sha256 } from "../lib/hash.js";
import { rewardsOf } from "../rewards/index.js";
import type { ActiveRun } from "./active-run.js";
import { isBeyondN } from "./widening.js";

export interface CandidateJob {
	task: Task;
	sampleIndex: number;
	/** Makes the candidate; its time counts as generation. */
	produce(signal: AbortSignal, listeners: GenerationListeners): Promise<Candidate>;
}

export interface JudgeOptions {
	gate: boolean;
	/** Events per phase and a diff per candidate: for runs that people look at, not for bulk. */
	detailed: boolean;
	/** Called between generation and verdict, for those who want to show the source. */
	onCandidate?: (candidate: Candidate) => void;
}

/** Judges and records one candidate. Its rollout is on disk before the event that tells of it. */
export async function judgeCandidate(
	run: ActiveRun,
	job: CandidateJob,
	{ candidate, startedAtMs }: { candidate: Candidate; startedAtMs: number },
	options: JudgeOptions,
	signal: AbortSignal,
): Promise<Rollout> {
	const { recorder, verifier, now } = run;
	const key = { taskId: job.task.id, sampleIndex: job.sampleIndex };
	options.onCandidate?.(candidate);
	const onPhase = (phase: PhaseResult): void => recorder.emit({ type: "phase.finished", ...key, ...phase });
	const phases = options.detailed ? { onPhase } : {};
	const observed = async () => (await verifier.observe(job.task, candidate, { signal }))?.behaviour ?? null;
	const judge = async () => ({
		verdict: await verifier.verify(job.task, candidate, { gate: options.gate, signal, ...phases }),
		behaviour: needsBehaviour(run) ? await observed() : null,
	});
	const { verdict, behaviour, sameAs } =
		run.judged === null
			? { ...(await judge()), sameAs: null }
			: await run.judged.judgementOf(job.task, candidate, judge);
	signal.throwIfAborted();
	if (sameAs !== null && options.detailed) verdict.phases.forEach(onPhase);
	const rollout: Rollout = {
		schema: "assay.rollout.v1",
		runId: run.plan.runId,
		candidate,
		verdict,
		rewards: rewardsOf(verdict),
		sameAs,
		behaviour,
		beyondN: isBeyondN(run.plan.config, job.sampleIndex),
		startedAt: new Date(startedAtMs).toISOString(),
		finishedAt: new Date(now()).toISOString(),
	};
	if (options.detailed) writePatch(run, job.task, candidate);
	const place = run.rollouts.append(rollout);
	run.tally.add(rollout);
	emitVerdict(run, rollout, place);
	emitRewards(run, rollout);
	if (verdict.status === "judge_error") warnOfJudgeErrors(run, verdict.message);
	return rollout;
}

/** Tells again of a candidate that an earlier start finished, as far as the log does not know it yet. */
export function emitRollout(run: ActiveRun, rollout: Rollout, finished: FinishedCandidate): void {
	const { taskId, sampleIndex } = rollout.candidate;
	if (!finished.verdictLogged) {
		run.recorder.emit({ type: "candidate.started", taskId, sampleIndex });
		emitGenerated(run, rollout.candidate, 0);
		for (const phase of rollout.verdict.phases) {
			run.recorder.emit({ type: "phase.finished", taskId, sampleIndex, ...phase });
		}
		emitVerdict(run, rollout, { offset: finished.offset, bytes: finished.bytes });
		finished.verdictLogged = true;
	}
	if (!finished.rewardLogged) emitRewards(run, rollout);
	finished.rewardLogged = true;
}

/** Says that the candidate is there, after `wallTimeMs` of making it. */
export function emitGenerated(run: ActiveRun, candidate: Candidate, wallTimeMs: number): void {
	const { taskId, sampleIndex, code, backend } = candidate;
	run.recorder.emit({
		type: "candidate.generated",
		taskId,
		sampleIndex,
		backend,
		codeSha256: code === null ? null : sha256(code),
		codeBytes: code === null ? 0 : Buffer.byteLength(code),
		wallTimeMs,
	});
}

function emitVerdict(
	run: ActiveRun,
	{ candidate, verdict, sameAs, beyondN }: Rollout,
	place: { offset: number; bytes: number },
): void {
	const { schema: _schema, tests: _tests, output: _output, phases: _phases, ...summary } = verdict;
	const { taskId, sampleIndex } = candidate;
	const rollout = { offset: place.offset, bytes: place.bytes };
	run.recorder.emit({ type: "verdict.recorded", taskId, sampleIndex, verdict: summary, sameAs, beyondN, rollout });
}

function emitRewards(run: ActiveRun, { candidate, rewards }: Rollout): void {
	const { taskId, sampleIndex } = candidate;
	run.recorder.emit({ type: "reward.recorded", taskId, sampleIndex, rewards });
}

function warnOfJudgeErrors(run: ActiveRun, message: string | null): void {
	const count = run.tally.judgeErrors;
	// One alert, renewed as the count doubles: a judge that fails always must not bury everything else.
	if ((count & (count - 1)) !== 0) return;
	run.recorder.emit({
		type: "alert.raised",
		id: "judge-errors",
		level: "error",
		message: `${count} judge error${count === 1 ? "" : "s"}, left out of every score${message === null ? "" : `: ${message}`}`,
		hint: "assay doctor shows what is wrong with the judge",
	});
}

function writePatch(run: ActiveRun, task: Task, candidate: Candidate): void {
	if (candidate.code === null) return;
	const change: CandidateChange =
		task.kind === "repository"
			? { kind: "diff", diff: candidate.code }
			: {
					kind: "code",
					fileName: `solution${ENDINGS[task.language] ?? ""}`,
					starterCode: task.starterCode,
					code: candidate.code,
				};
	writeCandidatePatch(run.files, candidate, change);
}

const ENDINGS: Readonly<Record<string, string>> = {
	python: ".py",
	javascript: ".js",
	typescript: ".ts",
	java: ".java",
	go: ".go",
	rust: ".rs",
	cpp: ".cpp",
	c: ".c",
};

/** Whether the rule that picks looks at what candidates answer. */
function needsBehaviour({ plan: { config } }: ActiveRun): boolean {
	return config.select !== null && /agreement|examples/.test(config.select);
}
