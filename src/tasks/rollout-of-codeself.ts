import { z } from "zod";
import { Candidate, Rollout } from "../domain/run.js";
import type { Cause, Phase, PhaseResult, Status, TestResult, Verdict, Visibility } from "../domain/verdict.js";
import { canonicalJson, sha256 } from "../lib/hash.js";
import { FieldError, parseFields } from "../lib/schema.js";
import { rewardsOf } from "../rewards/index.js";
import { type CodeSelfPhase, CodeSelfRollout, type CodeSelfStatus } from "./codeself-record.js";

/** How many tests of a task are known; CodeSelf's records do not say for one that never came to its tests. */
export type TestCounts = Record<Visibility, number>;

export interface CodeSelfSource {
	runId: string;
	/** Of the records of the whole file. */
	countsOf: (taskId: string) => TestCounts;
	/** For the records' times, which CodeSelf does not keep. */
	at: string;
}

/** Marks verdicts that another judge gave, in the candidate's own process. */
export const CLAIMED = "judged_by_codeself";

/**
 * A rollout from CodeSelf's field names: the very one that `codeSelfOfRollout` was given, or else what their judge claims.
 * A candidate that their scan refused to run has no verdict: it is a `judge_error`, in no score. Rewards are given anew
 * from the verdict; a prompt leaves its hash.
 */
export function rolloutOfCodeSelf(value: unknown, source: CodeSelfSource): Rollout {
	const record = parseFields(CodeSelfRollout, value);
	const own = record.metadata.assay;
	if (typeof own === "string") return ownRollout(record, own);
	const candidate = candidateOf(record);
	const verdict = verdictOf(record, source);
	return {
		schema: "assay.rollout.v1",
		runId: source.runId,
		candidate,
		verdict,
		beyondN: false,
		sameAs: null,
		behaviour: null,
		rewards: rewardsOf(verdict),
		startedAt: source.at,
		finishedAt: source.at,
	};
}

/** The tests that a record knows of. */
export function testCountsIn(value: unknown): { taskId: string; counts: TestCounts } {
	const { task_id: taskId, execution } = parseFields(CodeSelfRollout, value);
	const count = (name: string) => {
		const phase = execution.phases.find((known) => known.name === name);
		return phase === undefined ? 0 : Math.max(phase.tests_run, phase.test_outcomes.length);
	};
	return { taskId, counts: { public: count("public_tests"), hidden: count("hidden_tests") } };
}

const Kept = Rollout.omit({ candidate: true }).extend({
	candidate: Candidate.omit({ taskId: true, sampleIndex: true, completion: true, code: true }),
});

function ownRollout(record: CodeSelfRollout, text: string): Rollout {
	const path = ["metadata", "assay"];
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw new FieldError(path, "not valid JSON");
	}
	const { candidate, verdict, ...rest } = parseFields(Kept, value, path);
	const code = record.parsed.status === "empty" ? null : record.parsed.code;
	const fits =
		verdict.taskId === record.task_id &&
		verdict.sampleIndex === record.sample_index &&
		verdict.codeSha256 === sha256(code ?? "") &&
		(verdict.status === "accepted") === record.execution.passed;
	if (!fits) {
		throw new FieldError(
			path,
			"is of another candidate, or the record was changed since",
			"take the field away to read the record as CodeSelf's own",
		);
	}
	const { task_id: taskId, sample_index: sampleIndex, raw_completion: completion } = record;
	return { ...rest, candidate: { taskId, sampleIndex, completion, code, ...candidate }, verdict };
}

function candidateOf(record: CodeSelfRollout): Candidate {
	const { parsed, prompt, prompt_template: template, generation_metadata: metadata } = record;
	const number = (name: string): number | null => {
		const found = metadata[name];
		return typeof found === "number" && Number.isInteger(found) && found >= 0 ? found : null;
	};
	const seed = z.int().nonnegative().safeParse(record.metadata.seed);
	const [promptTokens, completionTokens] = [number("prompt_tokens"), number("completion_tokens")];
	const asked = record.backend !== "mock" && record.backend !== "static";
	return {
		taskId: record.task_id,
		sampleIndex: record.sample_index,
		completion: record.raw_completion,
		code: parsed.status === "empty" ? null : parsed.code,
		backend: record.backend,
		model: record.model_name,
		extraction: {
			method: parsed.status === "empty" ? "none" : parsed.parser.startsWith("fenced") ? "fence" : "whole",
			blocks: parsed.parser.startsWith("fenced") ? 1 : 0,
			repairs: [],
		},
		generation: !asked
			? null
			: {
					template,
					promptSha256: sha256(canonicalJson({ kind: "text", text: prompt })),
					seed: seed.success ? seed.data : null,
					usage:
						promptTokens === null || completionTokens === null
							? null
							: { promptTokens, completionTokens, estimated: false },
					finishReason: null,
					logprob: null,
					attempts: 1,
					costUsd: null,
					wallTimeMs: 0,
				},
	};
}

function verdictOf(record: CodeSelfRollout, { countsOf }: CodeSelfSource): Verdict {
	const { execution, parsed } = record;
	const counts = countsOf(record.task_id);
	const ended = execution.phases.find(({ status }) => status !== "passed");
	const [status, cause] = statusOf(execution.status, parsed.status === "empty", ended?.name === "import");
	if ((status === "accepted") !== execution.passed) {
		throw new FieldError(["execution", "passed"], `says ${execution.passed}, but the status is ${execution.status}`);
	}
	const phase = ended === undefined ? "hidden_tests" : (PHASE_OF[ended.name] ?? "hidden_tests");
	const tests = (["public", "hidden"] as const).flatMap((visibility) => testsOf(execution.phases, visibility, counts));
	const isHidden = phase === "hidden_tests";
	const written = isHidden || ended === undefined ? "" : [ended.stdout, ended.stderr].filter(Boolean).join("\n");
	return {
		schema: "assay.verdict.v1",
		taskId: record.task_id,
		sampleIndex: record.sample_index,
		status,
		cause,
		phase: status === "no_code" ? "extract" : phase,
		phases: execution.phases.flatMap((known): PhaseResult[] => {
			const name = PHASE_OF[known.name];
			if (name === undefined || known.name === "security") return [];
			const result = known.status === "passed" || known.status === "skipped" ? known.status : "failed";
			return [{ phase: name, result, wallTimeMs: known.duration_seconds * 1000 }];
		}),
		passed: tests.filter((test) => test.status === "passed").length,
		total: tests.length,
		tests,
		message: isHidden || ended === undefined || ended.error === "" ? null : ended.error,
		line: null,
		cpuTimeMs: null,
		wallTimeMs: execution.duration_seconds * 1000,
		peakMemoryBytes: null,
		exitCode: ended?.exit_code ?? null,
		signal: null,
		output: { bytes: Buffer.byteLength(written), head: written, tail: "" },
		flags: [CLAIMED, ...execution.security_findings.map(({ rule }) => `codeself_${rule}`)].sort(),
		harness: "in_guest",
		sandbox: "rlimit",
		cached: false,
		retries: 0,
		codeSha256: sha256(parsed.status === "empty" ? "" : parsed.code),
		// Their records hold no tests. This stands for "those that CodeSelf had", so that no verdict on others is compared.
		testsSha256: sha256(`codeself\0${record.task_id}`),
	};
}

const PHASE_OF: Partial<Record<string, Phase>> = {
	syntax: "compile",
	security: "load",
	import: "load",
	public_tests: "public_tests",
	hidden_tests: "hidden_tests",
};

function statusOf(status: CodeSelfStatus, isEmpty: boolean, inImport: boolean): [Status, Cause | null] {
	switch (status) {
		case "passed":
			return ["accepted", null];
		case "parse_error":
			return isEmpty ? ["no_code", "empty"] : ["compile_error", "syntax"];
		case "timeout":
			return ["time_limit_exceeded", "wall"];
		case "runtime_error":
			return ["runtime_error", null];
		case "security_rejected":
			return ["judge_error", null];
		case "failed":
		case "skipped":
			if (isEmpty) return ["no_code", "empty"];
			return inImport ? ["runtime_error", "exception"] : ["wrong_answer", null];
	}
}

function testsOf(phases: readonly CodeSelfPhase[], visibility: Visibility, counts: TestCounts): TestResult[] {
	const phase = phases.find(({ name }) => name === `${visibility}_tests`);
	const outcomes = phase?.test_outcomes ?? [];
	return Array.from({ length: counts[visibility] }, (_, i) => {
		const outcome = outcomes[i];
		const status = outcome?.status ?? (phase?.status === "passed" ? "passed" : "skipped");
		return {
			id: `${visibility}:${outcome?.name ?? i + 1}`,
			visibility,
			status:
				status === "passed" || status === "failed" ? status : status === "skipped" ? "not_run" : ("error" as const),
			message: visibility === "hidden" || !outcome?.error ? null : outcome.error,
			line: null,
			assertsReached: 0,
			calls: 0,
			wallTimeMs: outcome === undefined ? null : outcome.duration_seconds * 1000,
		};
	});
}
