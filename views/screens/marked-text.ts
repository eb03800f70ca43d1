import type { RunEvent } from "../../src/domain/events.js";
import type { Rollout } from "../../src/domain/run.js";
import type { CandidateView } from "../../src/store/select-run.js";
import type { Read } from "../model/read-cache.js";
import { toCells } from "../text/cells.js";
import { dim } from "../text/style.js";

/** A long text and the rows that n and N jump to. */
export interface MarkedText {
	rows: string[];
	marks: number[];
	/** Cells of its longest line that are beyond the pane, where lines are cut. */
	overhang?: number;
}

export interface CandidateReading {
	runId: string;
	candidate: CandidateView;
	/** null before there is a verdict. */
	rollout: Read<Rollout> | null;
	/** What has come of a completion that is being made; null: none is. */
	arrived: string | null;
	/** Why no completion came; null: one did, or is to come. */
	failure: Pick<Extract<RunEvent, { type: "candidate.failed" }>, "failure" | "message" | "attempts"> | null;
}

export function note(text: string, width: number): MarkedText {
	return { rows: [dim(toCells(` ${text}`, width))], marks: [] };
}
