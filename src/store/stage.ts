import type { Phase } from "../domain/verdict.js";

/** Where a candidate is. `judged` is the only one that has a status. */
export const STAGES = [
	"queued",
	"generating",
	"waiting",
	"compiling",
	"loading",
	"public_tests",
	"hidden_tests",
	"deciding",
	"judged",
] as const;
export type Stage = (typeof STAGES)[number];

const AFTER_PHASE: Record<Phase, Stage> = {
	extract: "compiling",
	apply: "compiling",
	compile: "loading",
	load: "public_tests",
	public_tests: "hidden_tests",
	hidden_tests: "deciding",
};

/** What a candidate does once a phase is over; a failed phase leaves only the verdict to be written. */
export function stageAfter(phase: Phase, result: "passed" | "failed" | "skipped"): Stage {
	return result === "failed" ? "deciding" : AFTER_PHASE[phase];
}

export function stageCode(stage: Stage): number {
	return STAGES.indexOf(stage);
}

export function stageOf(code: number): Stage {
	return STAGES[code] ?? "queued";
}
