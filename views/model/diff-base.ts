import { type CandidateView, selectCandidate } from "../../src/store/select-run.js";
import type { Model } from "./model.js";
import type { Read } from "./read-cache.js";

/** What a candidate is compared with: the marked candidate of the same task, or the starter code. */
export function diffBase(model: Model, candidate: CandidateView, runId: string): { name: string; read: Read<string> } {
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
