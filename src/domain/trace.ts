import { z } from "zod";
import { STRATEGIES } from "./choices.js";
import { FinishReason, GenerationFailureKind, TokenUsage } from "./generation.js";
import { CapturedOutput, Status, TestResult } from "./verdict.js";

/** What the model is shown and asked for when its program fails a public test. */
export const Strategy = z.enum(STRATEGIES);
export type Strategy = z.infer<typeof Strategy>;

/** How a self-debug loop goes on; see `selfDebug`. */
export const DebugConfig = z.strictObject({
	strategy: Strategy,
	maxRevisions: z.int().nonnegative(),
	/** Revisions asked for at a time. */
	branch: z.int().positive(),
	/** Prompt and completion tokens of one try. */
	maxTokens: z.int().positive().nullable(),
	maxWallMs: z.int().positive().nullable(),
});
export type DebugConfig = z.infer<typeof DebugConfig>;

/**
 * `passed`: the public tests pass. `no_public_tests`: nothing could be shown to the model. `unchanged`: a revision was
 * one of the programs before it. `lost`: the model gave no completion.
 */
export const EndReason = z.enum([
	"passed",
	"no_public_tests",
	"no_revisions",
	"revisions",
	"tokens",
	"seconds",
	"unchanged",
	"lost",
]);
export type EndReason = z.infer<typeof EndReason>;

export const PromptMessage = z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: z.string() });
export type PromptMessage = z.infer<typeof PromptMessage>;

const step = {
	schema: z.literal("assay.step.v1"),
	/** The run, or the file that the trace was imported from. */
	runId: z.string(),
	taskId: z.string(),
	/** One try at the task; it has one trace. */
	sampleIndex: z.int().nonnegative(),
	/** Counts from 0 within the trace. */
	step: z.int().nonnegative(),
	/** The step that this one goes on from; null for the first. Revisions of one program make a tree. */
	parent: z.int().nonnegative().nullable(),
	/** null: the source does not say. */
	at: z.string().nullable(),
	wallTimeMs: z.number().nonnegative().nullable(),
};

const GenerationStep = z.strictObject({
	...step,
	kind: z.literal("generation"),
	purpose: z.enum(["propose", "revise", "reflect"]),
	/** As it was sent; null: not known. */
	prompt: z.array(PromptMessage).nullable(),
	template: z.string().nullable(),
	model: z.string().nullable(),
	completion: z.string().nullable(),
	/** The program after this step; null: none, or none that the edit could be applied to. */
	code: z.string().nullable(),
	/** Why there is no program. */
	problem: z.string().nullable(),
	failure: GenerationFailureKind.nullable(),
	usage: TokenUsage.nullable(),
	finishReason: FinishReason.nullable(),
	logprob: z.number().nullable(),
});

/** The public tests of the program of step `of`. Hidden tests never run here. */
const TestsStep = z.strictObject({
	...step,
	kind: z.literal("tests"),
	of: z.int().nonnegative(),
	/** null, here and below: the file that the trace was imported from does not say. */
	status: Status.nullable(),
	passed: z.int().nonnegative().nullable(),
	total: z.int().nonnegative().nullable(),
	/** What is known of single tests; a file may name those that fail alone. */
	tests: z.array(TestResult.pick({ id: true, status: true, message: true, line: true })),
	output: CapturedOutput.nullable(),
	message: z.string().nullable(),
	/** What the model is told of it. */
	feedback: z.string().nullable(),
});

const SubmitStep = z.strictObject({
	...step,
	kind: z.literal("submit"),
	/** The step whose program is handed in; null: there is no program. */
	of: z.int().nonnegative().nullable(),
	reason: EndReason,
});

/** What all tests said of a program, after the loop had ended: never seen by the model. */
const VerdictStep = z.strictObject({
	...step,
	kind: z.literal("verdict"),
	of: z.int().nonnegative().nullable(),
	/** `final`: of what was submitted; `first`: of the first proposal, to compare with. */
	which: z.enum(["first", "final"]),
	/** Said by the file that the trace was imported from; no judge of ours looked at it. */
	claimed: z.boolean(),
	status: Status,
	passed: z.int().nonnegative().nullable(),
	total: z.int().nonnegative().nullable(),
	reward: z.number().nullable(),
});

/** One line of artifacts/traces/<run_id>.jsonl. */
export const TraceStep = z.discriminatedUnion("kind", [GenerationStep, TestsStep, SubmitStep, VerdictStep]);
export type TraceStep = z.infer<typeof TraceStep>;

const outlineKeys = { kind: true, step: true, parent: true, wallTimeMs: true } as const;

/** A step without its texts: enough for a list of steps, and for the tree that they make. */
export const StepOutline = z.discriminatedUnion("kind", [
	GenerationStep.pick({ ...outlineKeys, purpose: true, failure: true, usage: true }).extend({ hasCode: z.boolean() }),
	TestsStep.pick({ ...outlineKeys, of: true, status: true, passed: true, total: true }).extend({
		/** Ids of the public tests that do not pass. */
		failing: z.array(z.string()),
	}),
	SubmitStep.pick({ ...outlineKeys, of: true, reason: true }),
	VerdictStep.pick({
		...outlineKeys,
		of: true,
		which: true,
		claimed: true,
		status: true,
		passed: true,
		total: true,
		reward: true,
	}),
]);
export type StepOutline = z.infer<typeof StepOutline>;

/** Which step it is, in its run or file. */
export interface StepAddress {
	taskId: string;
	sampleIndex: number;
	step: number;
}

/** A step in short, and where the line with all of it is. */
export interface StepRecord {
	taskId: string;
	sampleIndex: number;
	at: string | null;
	outline: StepOutline;
	/** Bytes of its line; null where a file keeps a whole trace in one line. */
	trace: { offset: number; bytes: number } | null;
}

export function outlineOf(step: TraceStep): StepOutline {
	const { kind, step: number, parent, wallTimeMs } = step;
	const common = { step: number, parent, wallTimeMs };
	switch (kind) {
		case "generation": {
			const { purpose, failure, usage, code } = step;
			return { kind, ...common, purpose, failure, usage, hasCode: code !== null };
		}
		case "tests": {
			const { of, status, passed, total, tests } = step;
			const failing = tests.filter((test) => test.status !== "passed").map(({ id }) => id);
			return { kind, ...common, of, status, passed, total, failing };
		}
		case "submit": {
			const { of, reason } = step;
			return { kind, ...common, of, reason };
		}
		case "verdict": {
			const { of, which, claimed, status, passed, total, reward } = step;
			return { kind, ...common, of, which, claimed, status, passed, total, reward };
		}
	}
}
