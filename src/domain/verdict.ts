import { z } from "zod";
import { CAUSES, PHASES, STATUSES } from "./statuses.js";

export const Status = z.enum(STATUSES);
export type Status = z.infer<typeof Status>;

export const Cause = z.enum(CAUSES);
export type Cause = z.infer<typeof Cause>;

export const Phase = z.enum(PHASES);
export type Phase = z.infer<typeof Phase>;

export const Visibility = z.enum(["public", "hidden"]);
export type Visibility = z.infer<typeof Visibility>;

/** What isolates a candidate: see docs/architecture.md, "Tiers". */
export const Tier = z.enum(["bwrap", "sandbox-exec", "rlimit"]);
export type Tier = z.infer<typeof Tier>;

/**
 * `split`: the tests ran in the judge's own process and the candidate only answered calls.
 * `in_guest`: the tests shared a process with the candidate, which weakens the verdict.
 */
const Harness = z.enum(["split", "in_guest"]);

export const TestResult = z.strictObject({
	id: z.string(),
	visibility: Visibility,
	status: z.enum(["passed", "failed", "error", "not_run"]),
	/** Public tests only: why it failed, with the values. Always null for a hidden test. */
	message: z.string().nullable(),
	/** Line in the test's own source at which it ended; null when it passed or did not run. */
	line: z.int().nullable(),
	assertsReached: z.int().nonnegative(),
	calls: z.int().nonnegative(),
	/** null: it did not run, or its runner tells no times of single tests. */
	wallTimeMs: z.number().nonnegative().nullable(),
});
export type TestResult = z.infer<typeof TestResult>;

export const PhaseResult = z.strictObject({
	phase: Phase,
	result: z.enum(["passed", "failed", "skipped"]),
	wallTimeMs: z.number().nonnegative(),
});
export type PhaseResult = z.infer<typeof PhaseResult>;

export const CapturedOutput = z.strictObject({
	/** All bytes that the candidate wrote to stdout and stderr, kept or not. */
	bytes: z.int().nonnegative(),
	head: z.string(),
	tail: z.string(),
});
export type CapturedOutput = z.infer<typeof CapturedOutput>;

export const Verdict = z.strictObject({
	schema: z.literal("assay.verdict.v1"),
	taskId: z.string(),
	sampleIndex: z.int().nonnegative(),
	status: Status,
	cause: Cause.nullable(),
	/** The phase in which the verdict was reached. */
	phase: Phase,
	phases: z.array(PhaseResult),
	/** Tests passed, out of all tests of the task, run or not. */
	passed: z.int().nonnegative(),
	total: z.int().nonnegative(),
	tests: z.array(TestResult),
	message: z.string().nullable(),
	/** Line in the candidate's source. */
	line: z.int().nullable(),
	cpuTimeMs: z.number().nonnegative().nullable(),
	wallTimeMs: z.number().nonnegative().nullable(),
	peakMemoryBytes: z.int().nonnegative().nullable(),
	exitCode: z.int().nullable(),
	signal: z.int().nullable(),
	output: CapturedOutput,
	/** Static findings; they never decide a verdict. */
	flags: z.array(z.string()),
	harness: Harness,
	sandbox: Tier,
	cached: z.boolean(),
	/** How often the candidate was judged again before this verdict was recorded. */
	retries: z.int().nonnegative(),
	codeSha256: z.string(),
	testsSha256: z.string(),
});
export type Verdict = z.infer<typeof Verdict>;
