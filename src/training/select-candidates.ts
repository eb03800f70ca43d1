import type { Candidate } from "../domain/run.js";
import type { Status } from "../domain/verdict.js";
import { programKey } from "../languages/equal-programs.js";

/** A judged program, small enough that one can be held for each candidate of a long run. */
export interface Choice {
	taskId: string;
	sampleIndex: number;
	/** Of the source that it came from, counting from 0. */
	source: number;
	status: Status;
	place: { offset: number; bytes: number };
	shape: string;
}

/** Its shape is equal for equal programs: but for layout, comments, docstrings and names of local variables. */
export function choiceOf(
	candidate: Candidate & { code: string },
	status: Status,
	at: Pick<Choice, "source" | "place">,
): Choice {
	const shape = programKey(candidate.code);
	return { taskId: candidate.taskId, sampleIndex: candidate.sampleIndex, status, shape, ...at };
}

export interface Selected<T> {
	chosen: T[];
	duplicates: number;
	overCap: number;
}

/**
 * Of one task's programs the first of each shape, `perTask` at most; first by source and sample, whatever the order in
 * which they were judged, so that a run which was interrupted gives the same data.
 */
export function selectDistinct<T extends Pick<Choice, "source" | "sampleIndex" | "shape">>(
	choices: readonly T[],
	perTask: number | null,
): Selected<T> {
	const ordered = [...choices].sort((a, b) => a.source - b.source || a.sampleIndex - b.sampleIndex);
	const shapes = new Map<string, T>();
	for (const choice of ordered) if (!shapes.has(choice.shape)) shapes.set(choice.shape, choice);
	const distinct = [...shapes.values()];
	const chosen = distinct.slice(0, perTask ?? distinct.length);
	return { chosen, duplicates: choices.length - distinct.length, overCap: distinct.length - chosen.length };
}
