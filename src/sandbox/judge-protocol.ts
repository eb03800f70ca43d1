import { z } from "zod";

/** One candidate for the judge: what the zygote gets and what the tester gets never mix. */
export interface JudgeJob {
	code: string;
	entryPoint: string;
	suite: JudgeSuite;
	limits: { cpuTimeMs: number; memoryBytes: number; outputBytes: number; processes: number; diskBytes: number };
	gate: boolean;
	/** Called as phases end; leave it out in bulk. */
	onPhase?: ((phase: JudgePhase) => void) | undefined;
}

export interface JudgeSuite {
	/** Equal keys mean equal tests. */
	key: string;
	prelude: string;
	/** The entry point is a class, so its objects may overload operators. */
	classy: boolean;
	/** The tests cannot be split from the candidate: they run in its process, and a pass is its word. */
	inGuest: boolean;
	tests: readonly JudgeTest[];
}

export type JudgeTest = { id: string; visibility: "public" | "hidden" } & (
	| { kind: "program"; code: string; check: string | null }
	| {
			kind: "call";
			args: unknown[];
			kwargs: Record<string, unknown>;
			hasReturns: boolean;
			returns: unknown;
			raises: string | null;
			argsAfter: unknown[] | null;
			rel: number;
			abs: number;
	  }
	/**
	 * Asks nothing: its message is what the candidate answered on inputs made from what the task shows, which of the
	 * examples in its text these answers agree with, and which assertions hold.
	 */
	| {
			kind: "observe";
			prompt: string;
			sources: { code: string; check: string | null }[];
			/** Arguments of public call tests. */
			calls: unknown[][];
			seed: string;
			count: number;
			/** Each one `assert`, held against the candidate where it is a comparison of constants and calls of it. */
			assertions: readonly string[];
	  }
);

const PhaseRow = z.tuple([z.enum(["load", "public_tests", "hidden_tests"]), z.enum(["passed", "failed"]), z.number()]);
export type JudgePhase = z.infer<typeof PhaseRow>;

/** What a candidate says of its own failure: names and short texts, chosen by it. */
const ErrorReport = z.object({
	t: z.string().optional(),
	e: z.string().optional(),
	mod: z.string().optional(),
	n: z.number().optional(),
	l: z.number().optional(),
});
export type ErrorReport = z.infer<typeof ErrorReport>;

export const TesterReport = z.object({
	id: z.number(),
	who: z.literal("T"),
	o: z.enum(["done", "bad_test", "setup_raised", "load_error", "died", "timeout", "protocol"]),
	m: z.string().nullable(),
	e: ErrorReport.nullable(),
	boxed: z.boolean(),
	phase: z.enum(["load", "public_tests", "hidden_tests"]),
	ph: z.array(PhaseRow),
	tests: z.array(
		z.tuple([
			z.enum(["passed", "failed", "raised", "error", "not_run"]),
			z.number(),
			z.number(),
			z.number(),
			z.string().nullable(),
			z.number().nullable(),
		]),
	),
	ms: z.number(),
});
export type TesterReport = z.infer<typeof TesterReport>;

export const ZygoteReport = z.object({
	id: z.number(),
	who: z.literal("Z"),
	compile: z.object({ t: z.string(), m: z.string(), l: z.number().nullable() }).optional(),
	compileMs: z.number().optional(),
	sig: z.number().nullish(),
	rc: z.number().nullish(),
	rss: z.number().optional(),
	cpu: z.number().optional(),
	over: z.boolean().optional(),
	late: z.enum(["cpu", "wall"]).nullish(),
	swollen: z.boolean().optional(),
	livedOn: z.boolean().optional(),
	out: z.object({ bytes: z.number(), head: z.string(), tail: z.string() }).optional(),
	ms: z.number().optional(),
});
export type ZygoteReport = z.infer<typeof ZygoteReport>;

export type JudgeReport =
	| { kind: "judged"; tester: TesterReport; zygote: ZygoteReport; retries: number }
	/** The worker died on this candidate twice. */
	| { kind: "crashed"; detail: string; retries: number }
	/** The source was refused before it reached a compiler. */
	| { kind: "too_large"; bytes: number };

/** Guard of the wall time that a guest had for itself: waiting for a processor does not count. */
export function wallGuardMs(cpuTimeMs: number): number {
	return 2 * cpuTimeMs + 1000;
}
