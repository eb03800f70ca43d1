import type { Phase } from "../domain/verdict.js";

/**
 * Where a candidate is. `judged` is the only one that has a status. `failed`: no completion came, and it is made anew when
 * the run is resumed. `skipped`: its task had enough accepted ones.
 */
export const STAGES = [
	"queued",
	"generating",
	"waiting",
	"compiling",
	"loading",
	"public_tests",
	"hidden_tests",
	"deciding",
	"failed",
	"skipped",
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

/** Whether more is to come, as long as the run goes on. */
export function isUnderWay(stage: Stage): boolean {
	return stage !== "failed" && stage !== "skipped" && stage !== "judged";
}

export function stageCode(stage: Stage): number {
	return STAGES.indexOf(stage);
}

export function stageOf(code: number): Stage {
	return STAGES[code] ?? "queued";
}
