import { z } from "zod";
import { Behaviour, type Candidate, type SandboxInfo } from "../domain/run.js";
import type { FunctionTask, Task } from "../domain/task.js";
import type { PhaseResult, Verdict } from "../domain/verdict.js";

export interface VerifyOptions {
	/** Skip the hidden tests of a candidate that failed a public one. */
	gate: boolean;
	signal: AbortSignal;
	/** Called as each phase ends, before the verdict; costs an extra message per phase, so leave it out in bulk. */
	onPhase?: (phase: PhaseResult) => void;
}

/** What a program does on what everybody may see of its task. */
export const Observation = z.strictObject({
	behaviour: Behaviour,
	/** Per input a short text, equal for equal answers; one letter where there is none: None, error, no data, too late. */
	answers: z.array(z.string()),
	/** Per assertion that was given, in their order; none where the program does not load. */
	holds: z.array(z.boolean()),
});
export type Observation = z.infer<typeof Observation>;

export interface ObserveOptions {
	/** One `assert` each, by whomever; they are read as data, and never run. */
	assertions?: readonly string[];
	signal: AbortSignal;
}

/** What of a judge rankings need. */
export type Observer = Pick<Verifier, "observe">;

/** Judges candidates; several calls may be under way at once, `concurrency` of them make progress. */
export interface Verifier {
	readonly sandbox: SandboxInfo;
	/** Calls beyond this number wait: keep about twice as many in flight. */
	readonly concurrency: number;
	/**
	 * Never rejects for anything a candidate does: that is a verdict. Trouble of the judge is the verdict `judge_error`.
	 * Rejects with the signal's reason when aborted.
	 */
	verify(task: Task, candidate: Candidate, options: VerifyOptions): Promise<Verdict>;
	/** What the candidate answers on inputs that everybody may see; null where there is no such thing. */
	observe(task: Task, candidate: Candidate, options: ObserveOptions): Promise<Observation | null>;
	/** The task as it is judged: an adaptive time limit is set from the reference solution, once per task. */
	withTimeLimit(task: FunctionTask, signal: AbortSignal): FunctionTask | Promise<FunctionTask>;
	/** Kills and reaps every judge process. */
	close(): Promise<void>;
}
