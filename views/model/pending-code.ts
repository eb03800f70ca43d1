import type { CandidateView } from "../../src/store/select-run.js";
import type { Model } from "./model.js";

/** The source of a candidate that has no verdict yet; null while it is not known. */
export function pendingCode(model: Model, candidate: CandidateView, runId: string): string | null {
	// Nothing to ask for before it has been generated.
	if (candidate.codeBytes === 0) return null;
	const { taskId, sampleIndex } = candidate;
	const read = model.cache.read(JSON.stringify(["pending", runId, taskId, sampleIndex]), () =>
		model.workbench.pendingCode(runId, taskId, sampleIndex),
	);
	return read.state === "read" ? read.value : null;
}
