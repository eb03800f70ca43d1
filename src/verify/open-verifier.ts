import { type Candidate, programCandidate } from "../domain/run.js";
import type { FunctionTask, Task } from "../domain/task.js";
import { type Tier, Verdict } from "../domain/verdict.js";
import { canonicalJson, sha256 } from "../lib/hash.js";
import { type JudgeReport, type JudgeSuite, wallGuardMs } from "../sandbox/judge-protocol.js";
import { judgeFingerprint } from "../sandbox/launch.js";
import { openSandbox, type Sandbox } from "../sandbox/open-sandbox.js";
import { JudgedCache, judgedKey } from "./judged-cache.js";
import { observeProgram, observingLimits, observingSuite } from "./observe.js";
import { verifyRepository } from "./repository.js";
import { staticFlags } from "./static-flags.js";
import { suiteOf } from "./suite.js";
import { judgementOf, phaseResultsOf, testResultsOf } from "./verdict-of-report.js";
import { Observation, type ObserveOptions, type Verifier, type VerifyOptions } from "./verifier.js";

/**
 * Starts the judge and probes it. `workers` null: one per processor and one more. `tier` null: the best that works.
 * `cacheDir` null: every candidate is judged. Throws `prerequisite` or `judge` when nothing can be judged.
 */
export async function openVerifier(options: {
	workers: number | null;
	tier: Tier | null;
	cacheDir: string | null;
	signal: AbortSignal;
}): Promise<Verifier> {
	const sandbox = await openSandbox(options);
	const { cacheDir } = options;
	return new JudgeVerifier(
		sandbox,
		cacheDir === null ? null : new JudgedCache(cacheDir, "verdicts", Verdict),
		cacheDir === null ? null : new JudgedCache(cacheDir, "observations", Observation),
	);
}

class JudgeVerifier implements Verifier {
	readonly sandbox;
	readonly concurrency: number;
	readonly #sandbox: Sandbox;
	readonly #cache: JudgedCache<Verdict> | null;
	readonly #observations: JudgedCache<Observation> | null;
	readonly #environment: Record<string, unknown>;
	/** Equal candidates that are judged at the same time share one judgement. */
	readonly #underWay = new Map<string, Promise<Verdict>>();
	readonly #limited = new WeakMap<FunctionTask, Promise<FunctionTask>>();

	constructor(sandbox: Sandbox, cache: JudgedCache<Verdict> | null, observations: JudgedCache<Observation> | null) {
		this.#sandbox = sandbox;
		this.#cache = cache;
		this.#observations = observations;
		this.sandbox = sandbox.info;
		this.concurrency = sandbox.pool.size;
		const { tier, pythonVersion } = sandbox.info;
		this.#environment = { tier, pythonVersion, judge: judgeFingerprint() };
	}

	async verify(task: Task, candidate: Candidate, options: VerifyOptions): Promise<Verdict> {
		if (candidate.code === null) return noCode(task, candidate, this.sandbox.tier);
		if (task.kind === "repository") return await verifyRepository(task, candidate, this.#sandbox, options);
		return await this.#verifyFunction(task, candidate, candidate.code, options);
	}

	async observe(task: Task, { code }: Candidate, options: ObserveOptions): Promise<Observation | null> {
		if (code === null || task.kind !== "function") return null;
		const suite = observingSuite(task, options.assertions);
		if (suite === null) return null;
		const { entryPoint } = task;
		const key = judgedKey(code, { ...this.#environment, tests: suite.key, limits: observingLimits(task), entryPoint });
		const known = this.#observations?.get(key) ?? null;
		if (known !== null) return known;
		const { observation, isJudged } = await observeProgram(this.#sandbox.pool, task, code, suite, options.signal);
		if (isJudged) this.#observations?.put(key, observation);
		return observation;
	}

	async close(): Promise<void> {
		await this.#sandbox.pool.close();
		this.#cache?.close();
		this.#observations?.close();
	}

	async #verifyFunction(
		given: FunctionTask,
		candidate: Candidate,
		code: string,
		options: VerifyOptions,
	): Promise<Verdict> {
		const task = await this.withTimeLimit(given, options.signal);
		const suite = suiteOf(task);
		if (!this.#cache) return await this.#judge(task, candidate, code, suite, options);
		const key = judgedKey(code, { ...this.#environment, tests: suite.key, limits: task.limits, gate: options.gate });
		// Awaited only where there is one: between the look and the entry below no other call may come in.
		const underWay = this.#underWay.get(key);
		const stored = this.#cache.get(key) ?? (underWay ? await underWay.catch(() => null) : null);
		if (stored && stored.status !== "judge_error") {
			options.signal.throwIfAborted();
			for (const phase of stored.phases) options.onPhase?.(phase);
			return { ...stored, ...keyOf(candidate), flags: staticFlags(task, code), codeSha256: sha256(code), cached: true };
		}
		const judging = this.#judge(task, candidate, code, suite, options);
		this.#underWay.set(key, judging);
		try {
			const verdict = await judging;
			if (verdict.status !== "judge_error") this.#cache.put(key, verdict);
			return verdict;
		} finally {
			this.#underWay.delete(key);
		}
	}

	withTimeLimit(task: FunctionTask, signal: AbortSignal): FunctionTask | Promise<FunctionTask> {
		if (!task.limits.adaptive) return task;
		const known = this.#limited.get(task);
		if (known) return known;
		const limited = this.#measureReference(task, signal).then((cpuTimeMs) => ({
			...task,
			limits: { ...task.limits, adaptive: false, cpuTimeMs },
		}));
		this.#limited.set(task, limited);
		limited.catch(() => this.#limited.delete(task));
		return limited;
	}

	async #measureReference(task: FunctionTask, signal: AbortSignal): Promise<number> {
		const ceiling = task.limits.cpuTimeMs;
		if (task.reference === null) return ceiling;
		const fixed = { ...task, limits: { ...task.limits, adaptive: false } };
		const { id: taskId, reference: code } = task;
		const candidate = programCandidate(taskId, 0, "reference", code);
		const verdict = await this.#verifyFunction(fixed, candidate, code, { gate: false, signal });
		return adaptiveLimitMs(verdict.status === "accepted" ? verdict.cpuTimeMs : null, ceiling);
	}

	async #judge(
		task: FunctionTask,
		candidate: Candidate,
		code: string,
		suite: JudgeSuite,
		{ gate, signal, onPhase }: VerifyOptions,
	): Promise<Verdict> {
		onPhase?.({ phase: "extract", result: "passed", wallTimeMs: 0 });
		let told = 0;
		const report = await this.#sandbox.pool.judge(
			{
				code,
				entryPoint: task.entryPoint,
				suite,
				limits: task.limits,
				gate,
				onPhase: onPhase
					? ([phase, result, wallTimeMs]) => {
							if (told++ === 0) onPhase({ phase: "compile", result: "passed", wallTimeMs: 0 });
							onPhase({ phase, result, wallTimeMs });
						}
					: undefined,
			},
			signal,
		);
		const verdict = verdictOf(task, candidate, code, suite, report, this.sandbox.tier);
		// What was told live stands; phases that were never reached are told at the end.
		if (onPhase) for (const phase of verdict.phases.slice(told === 0 ? 1 : 2 + told)) onPhase(phase);
		return verdict;
	}
}

const LEAST_LIMIT_MS = 1000;
const REFERENCE_FACTOR = 10;

/**
 * Ten times the reference's CPU time, rounded up to 1, 2, 4, … seconds so that a slightly slower measurement seldom
 * changes it, and never more than `ceilingMs`. Without a measurement, the ceiling.
 */
export function adaptiveLimitMs(referenceCpuMs: number | null, ceilingMs: number): number {
	if (referenceCpuMs === null) return ceilingMs;
	let limit = LEAST_LIMIT_MS;
	while (limit < REFERENCE_FACTOR * referenceCpuMs) limit *= 2;
	return Math.min(limit, ceilingMs);
}

function verdictOf(
	task: FunctionTask,
	candidate: Candidate,
	code: string,
	suite: JudgeSuite,
	report: JudgeReport,
	sandbox: Tier,
): Verdict {
	const zygote = report.kind === "judged" ? report.zygote : null;
	const tests = testResultsOf(report, suite);
	const judgement = judgementOf(report, suite);
	const endedByItself = report.kind === "judged" && report.tester.o === "died" && !report.zygote.late;
	const limitText = `over ${task.limits.cpuTimeMs} ms of CPU time, or ${wallGuardMs(task.limits.cpuTimeMs)} ms of its own wall time`;
	return {
		schema: "assay.verdict.v1",
		...keyOf(candidate),
		...judgement,
		message: judgement.message ?? (judgement.status === "time_limit_exceeded" ? limitText : null),
		phases: phaseResultsOf(report, suite),
		passed: tests.filter((test) => test.status === "passed").length,
		total: tests.length,
		tests,
		cpuTimeMs: zygote?.cpu === undefined ? null : round(zygote.cpu * 1000),
		wallTimeMs: zygote?.ms === undefined ? null : round(zygote.ms),
		peakMemoryBytes: zygote?.rss ?? null,
		// Every guest is killed in the end; only one that ended before its tests did has something to tell by it.
		exitCode: endedByItself ? (zygote?.rc ?? null) : null,
		signal: endedByItself ? (zygote?.sig ?? null) : null,
		output: zygote?.out ?? { bytes: 0, head: "", tail: "" },
		flags: staticFlags(task, code),
		harness: task.harness,
		sandbox,
		cached: false,
		retries: report.kind === "too_large" ? 0 : report.retries,
		codeSha256: sha256(code),
		testsSha256: suite.key,
	};
}

function noCode(task: Task, candidate: Candidate, sandbox: Tier): Verdict {
	const tests = task.tests.map(({ id, visibility }) => ({
		id,
		visibility,
		status: "not_run" as const,
		message: null,
		line: null,
		assertsReached: 0,
		calls: 0,
		wallTimeMs: 0,
	}));
	return {
		schema: "assay.verdict.v1",
		...keyOf(candidate),
		status: "no_code",
		cause: "empty",
		phase: "extract",
		phases: [{ phase: "extract", result: "failed", wallTimeMs: 0 }],
		passed: 0,
		total: tests.length,
		tests,
		message: "the completion holds no code",
		line: null,
		cpuTimeMs: null,
		wallTimeMs: null,
		peakMemoryBytes: null,
		exitCode: null,
		signal: null,
		output: { bytes: 0, head: "", tail: "" },
		flags: [],
		harness: task.kind === "function" ? task.harness : "in_guest",
		sandbox,
		cached: false,
		retries: 0,
		codeSha256: sha256(""),
		testsSha256: task.kind === "function" ? suiteOf(task).key : sha256(canonicalJson(task.tests)),
	};
}

function keyOf(candidate: Candidate): { taskId: string; sampleIndex: number } {
	return { taskId: candidate.taskId, sampleIndex: candidate.sampleIndex };
}

const round = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;
