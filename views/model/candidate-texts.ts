import { createTwoFilesPatch } from "diff";
import type { Rollout } from "../../src/domain/run.js";
import { selectedCandidate } from "./candidate-actions.js";
import { diffBase } from "./diff-base.js";
import type { Model } from "./model.js";

export interface CandidateText {
	name: string;
	text: string;
}

/** What the cursor's candidate has to copy, as far as it has been read. */
export function candidateTexts(model: Model): CandidateText[] {
	const candidate = selectedCandidate(model);
	const { run } = model.ui.getState();
	const runId = run?.store.getState().run.runId ?? null;
	if (!candidate || runId === null) return [];
	const { taskId, sampleIndex, rollout: place } = candidate;
	const name = `${taskId} #${sampleIndex}`;
	const read = place
		? model.cache.read(`${runId}:${place.offset}`, () => model.workbench.readRollout(runId, place))
		: null;
	const rollout = read?.state === "read" ? read.value : null;
	const code = rollout ? codeOf(rollout) : model.workbench.pendingCode(runId, taskId, sampleIndex);
	const texts: CandidateText[] = [];
	if (code !== null) texts.push({ name: `code of ${name}`, text: code });
	const base = rollout && code !== null ? diffBase(model, candidate, runId) : null;
	if (base?.read.state === "read" && code !== null) {
		texts.push({
			name: `diff ${base.name} to #${sampleIndex}`,
			text: createTwoFilesPatch(base.name, name, base.read.value, code, "", ""),
		});
	}
	if (rollout?.verdict.message) texts.push({ name: "message of the verdict", text: rollout.verdict.message });
	const output = rollout ? rollout.verdict.output.head + rollout.verdict.output.tail : "";
	if (output !== "") texts.push({ name: "output", text: output });
	if (rollout) texts.push({ name: "verdict as JSON", text: JSON.stringify(rollout.verdict, null, "\t") });
	texts.push({ name: "task id", text: taskId });
	return texts;
}

const codeOf = (rollout: Rollout) => rollout.candidate.code ?? rollout.candidate.completion;
