import { z } from "zod";

/** What a run of CodeSelf says of one test or phase. */
export const CodeSelfStatus = z.enum([
	"passed",
	"failed",
	"skipped",
	"timeout",
	"security_rejected",
	"parse_error",
	"runtime_error",
]);
export type CodeSelfStatus = z.infer<typeof CodeSelfStatus>;

const TestOutcome = z.object({
	name: z.string(),
	status: CodeSelfStatus,
	duration_seconds: z.number().nonnegative().default(0),
	stdout: z.string().default(""),
	stderr: z.string().default(""),
	error: z.string().default(""),
});

const PhaseRecord = z.object({
	name: z.string(),
	status: CodeSelfStatus,
	duration_seconds: z.number().nonnegative().default(0),
	exit_code: z.int().nullable().default(null),
	stdout: z.string().default(""),
	stderr: z.string().default(""),
	error: z.string().default(""),
	tests_run: z.int().nonnegative().default(0),
	/** Current versions only; the first ones ran all tests of a phase as one. */
	test_outcomes: z.array(TestOutcome).default([]),
});
export type CodeSelfPhase = z.infer<typeof PhaseRecord>;

const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** One line of CodeSelf's rollouts (its `RolloutRecord`). Fields that it may gain are ignored. */
export const CodeSelfRollout = z.object({
	task_id: z.string().min(1),
	sample_index: z.int().nonnegative(),
	prompt_template: z.string(),
	prompt: z.string(),
	raw_completion: z.string(),
	parsed: z.object({
		code: z.string(),
		status: z.enum(["ok", "empty", "syntax_error"]),
		parser: z.string(),
		error: z.string().default(""),
	}),
	backend: z.string(),
	model_name: z.string(),
	generation_metadata: z.record(z.string(), Scalar).default({}),
	execution: z.object({
		task_id: z.string(),
		status: CodeSelfStatus,
		passed: z.boolean(),
		duration_seconds: z.number().nonnegative(),
		phases: z.array(PhaseRecord),
		security_findings: z.array(z.object({ rule: z.string() }).loose()).default([]),
	}),
	reward: z.object({ reward_name: z.string(), reward: z.number() }).loose(),
	metadata: z.record(z.string(), z.unknown()).default({}),
});
export type CodeSelfRollout = z.infer<typeof CodeSelfRollout>;

export type CodeSelfPhaseName = "syntax" | "security" | "import" | "public_tests" | "hidden_tests";
