import type { Rollout } from "../../src/domain/run.js";
import { selectCandidate } from "../../src/store/select-run.js";
import type { Model } from "../model/model.js";
import type { Read } from "../model/read-cache.js";
import { diffRows } from "../text/diff-rows.js";
import { type CandidateReading, type MarkedText, note } from "./marked-text.js";

const SIDE_BY_SIDE_COLUMNS = 140;
const SIDE_BY_SIDE_CELLS = 80;

/** Against the marked candidate of the same task, or against the starter code. */
export function diffText(model: Model, reading: CandidateReading, rollout: Rollout, width: number): MarkedText {
	const { candidate } = reading;
	const after = { name: `#${candidate.sampleIndex}`, text: rollout.candidate.code ?? rollout.candidate.completion };
	const base = otherSide(model, reading);
	if (base.read.state === "reading") return note("reading", width);
	if (base.read.state === "failed") return note(base.read.message, width);
	const before = { name: base.name, text: base.read.value };
	const { columns, wraps } = model.ui.getState();
	const sideBySide = columns >= SIDE_BY_SIDE_COLUMNS && width >= SIDE_BY_SIDE_CELLS;
	return diffRows(before, after, width, { sideBySide, wraps });
}

function otherSide(model: Model, { candidate, runId }: CandidateReading): { name: string; read: Read<string> } {
	const { markedCandidate, run } = model.ui.getState();
	const isOther = markedCandidate?.taskId === candidate.taskId && markedCandidate.sampleIndex !== candidate.sampleIndex;
	const state = run?.store.getState().run;
	const other = isOther && state ? selectCandidate(state, markedCandidate.taskId, markedCandidate.sampleIndex) : null;
	const place = other?.rollout;
	if (other && place) {
		const read = model.cache.read(`${runId}:${place.offset}`, () => model.workbench.readRollout(runId, place));
		const name = `#${other.sampleIndex}`;
		if (read.state !== "read") return { name, read };
		return { name, read: { state: "read", value: read.value.candidate.code ?? read.value.candidate.completion } };
	}
	const name = "starter code";
	const detail = model.cache.read(`task:${candidate.taskId}`, () => model.workbench.openTask(candidate.taskId));
	if (detail.state !== "read") return { name, read: detail };
	return { name, read: { state: "read", value: detail.value.input.starterCode } };
}
