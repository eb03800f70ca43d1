import type { Rollout } from "../../src/domain/run.js";
import { diffBase } from "../model/diff-base.js";
import type { Model } from "../model/model.js";
import { type DiffLayout, diffRows } from "../text/diff-rows.js";
import { patchRows } from "../text/patch-rows.js";
import type { LineLayout } from "../text/pieces.js";
import { isPatch } from "./candidate-code.js";
import { type CandidateReading, type MarkedText, note } from "./marked-text.js";

const SIDE_BY_SIDE_COLUMNS = 140;
const SIDE_BY_SIDE_CELLS = 80;

/** Against the marked candidate of the same task, or against the starter code. */
export function diffText(
	model: Model,
	reading: CandidateReading,
	rollout: Rollout,
	width: number,
	layout: LineLayout,
): MarkedText {
	const { candidate } = reading;
	const after = { name: `#${candidate.sampleIndex}`, text: rollout.candidate.code ?? rollout.candidate.completion };
	// A patch is its own difference from the repository as it was.
	if (isPatch(rollout) && model.ui.getState().markedCandidate?.taskId !== candidate.taskId) {
		return patchRows(after.text, width, layout);
	}
	const base = diffBase(model, candidate, reading.runId);
	if (base.read.state === "reading") return note("reading", width);
	if (base.read.state === "failed") return note(base.read.message, width);
	const before = { name: base.name, text: base.read.value };
	const isPython = rollout.candidate.code !== null;
	return diffRows(before, after, width, { ...layout, sideBySide: isSideBySide(model, width), isPython });
}

/** Of two programs in this pane. */
export function codeDiffLayout(model: Model, width: number, pane: string): DiffLayout {
	return {
		wraps: model.ui.getState().wraps,
		left: model.scroll.place(pane).left,
		sideBySide: isSideBySide(model, width),
		isPython: true,
	};
}

/** Whether there is room for both sides. */
export function isSideBySide(model: Model, width: number): boolean {
	const { columns, zoomed } = model.ui.getState();
	if (model.isSpoken) return false;
	return (zoomed || columns >= SIDE_BY_SIDE_COLUMNS) && width >= SIDE_BY_SIDE_CELLS;
}
