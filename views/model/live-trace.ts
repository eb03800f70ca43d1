import type { PromptMessage } from "../../src/domain/trace.js";
import { selectCandidate } from "../../src/store/select-run.js";
import type { Trace } from "../../src/store/traces.js";
import { isGoingOn } from "./run-actions.js";
import type { OpenRun } from "./state.js";

/** A loop that goes on: what its next step will be. */
export interface LiveTrace {
	doing: string;
	/** What has arrived of the completion that is being written; null: none is. */
	text: string | null;
	/** What it is the answer to; null: nothing is asked, or this was not told. */
	prompt: readonly PromptMessage[] | null;
}

/** The model has been asked for it. */
export function isAsked(live: LiveTrace | null): boolean {
	return live !== null && (live.text !== null || live.prompt !== null);
}

/** null: nothing more is to come. */
export function liveTrace(run: OpenRun | null, trace: Trace): LiveTrace | null {
	if (run === null || !isGoingOn(run) || trace.outcome !== null) return null;
	const state = run.store.getState().run;
	const candidate = selectCandidate(state, trace.taskId, trace.sampleIndex);
	if (candidate === null || candidate.stage === "failed" || candidate.stage === "skipped") return null;
	const { texts, prompts } = state.generation;
	const text = texts.get(candidate.row) ?? null;
	const prompt = prompts.get(candidate.row) ?? null;
	return { doing: text === null ? doing(trace) : "is being written", text, prompt };
}

function doing({ steps }: Trace): string {
	const last = steps.at(-1)?.outline;
	switch (last?.kind) {
		case undefined:
			return "asks for a first program";
		case "generation":
			return last.hasCode ? "runs the public tests" : "asks for a revision";
		case "tests":
			return last.status === "accepted" ? "hands the program in" : "asks for a revision";
		case "submit":
		case "verdict":
			return "runs all tests, once";
	}
}
