import { createTwoFilesPatch } from "diff";
import type { Rollout } from "../../src/domain/run.js";
import { type CandidateView, selectTask } from "../../src/store/select-run.js";
import { selectedCandidate } from "./candidate-actions.js";
import { diffBase } from "./diff-base.js";
import type { Model } from "./model.js";
import { pendingCode } from "./pending-code.js";
import type { Read } from "./read-cache.js";
import type { CandidateTab } from "./state.js";

/** Something to copy. What has not been read yet is read when it is chosen. */
export interface CopyText {
	name: string;
	/** null: not read yet. */
	text: string | null;
	load(): Promise<string>;
	/** The tabs that show it. */
	tabs?: readonly CandidateTab[];
}

export const known = (name: string, text: string): CopyText => ({ name, text, load: () => Promise.resolve(text) });
const shownIn = (tabs: readonly CandidateTab[], text: CopyText): CopyText => ({ ...text, tabs });

/** What the cursor's candidate has to copy. */
export function candidateTexts(model: Model): CopyText[] {
	const candidate = selectedCandidate(model);
	const { run, boardTask } = model.ui.getState();
	const state = run?.store.getState().run;
	const task = state ? selectTask(state, boardTask) : null;
	if (!candidate || !state || state.runId === null || !task) return [];
	const { runId } = state;
	const { taskId, sampleIndex } = candidate;
	const name = `${taskId} #${sampleIndex}`;
	if (!candidate.rollout) {
		const code = pendingCode(model, candidate, runId);
		return [...(code === null ? [] : [shownIn(["code"], known(`code of ${name}`, code))]), known("task id", taskId)];
	}
	const read = rolloutOf(model, candidate, runId);
	const rollout = read?.state === "read" ? read.value : null;
	const fromRollout = (label: string, textOf: (rollout: Rollout) => string): CopyText => ({
		name: label,
		text: rollout && textOf(rollout),
		load: async () => textOf(await settledRollout(model, candidate, runId)),
	});
	const base = diffBase(model, candidate, runId);
	return [
		shownIn(["code"], fromRollout(`code of ${name}`, codeOf)),
		{
			tabs: ["diff"],
			name: `diff ${base.name} to #${sampleIndex}`,
			text: rollout && base.read.state === "read" ? patch(base.name, base.read.value, name, rollout) : null,
			load: async () => {
				const after = await settledRollout(model, candidate, runId);
				const before = diffBase(model, candidate, runId);
				return patch(before.name, readValue(before.read), name, after);
			},
		},
		...(hasMessage(candidate, rollout) ? [fromRollout("message of the verdict", messageOf)] : []),
		shownIn(
			["output"],
			fromRollout("output", ({ verdict }) => verdict.output.head + verdict.output.tail),
		),
		shownIn(
			["tests", "verdict"],
			fromRollout("verdict as JSON", ({ verdict }) => JSON.stringify(verdict, null, "\t")),
		),
		known("task id", taskId),
	];
}

const TAB_FILES: Record<CandidateTab, string> = {
	code: "py",
	diff: "diff",
	tests: "json",
	output: "txt",
	verdict: "json",
};

/** What the tab that is shown would be as a file; null before there is anything. */
export function tabText(model: Model): (CopyText & { file: string }) | null {
	const candidate = selectedCandidate(model);
	const { tab } = model.ui.getState();
	const texts = candidateTexts(model);
	const found = texts.find(({ tabs }) => tabs?.includes(tab));
	return candidate && found
		? { ...found, file: `${candidate.taskId}-${candidate.sampleIndex}.${TAB_FILES[tab]}` }
		: null;
}

function rolloutOf(model: Model, { rollout: place }: CandidateView, runId: string): Read<Rollout> | null {
	return place && model.cache.read(`${runId}:${place.offset}`, () => model.workbench.readRollout(runId, place));
}

async function settledRollout(model: Model, candidate: CandidateView, runId: string): Promise<Rollout> {
	rolloutOf(model, candidate, runId);
	await model.cache.settled();
	const read = rolloutOf(model, candidate, runId);
	if (!read) throw new Error("it has not been judged yet");
	return readValue(read);
}

function readValue<T>(read: Read<T>): T {
	if (read.state === "read") return read.value;
	throw new Error(read.state === "failed" ? read.message : "it is still being read");
}

const messageOf = ({ verdict }: Rollout) => verdict.message ?? "";

/** As long as the rollout is not read, a failure is taken to have one. */
function hasMessage({ verdict }: CandidateView, rollout: Rollout | null): boolean {
	return rollout ? messageOf(rollout) !== "" : verdict !== null && verdict.status !== "accepted";
}

const codeOf = (rollout: Rollout) => rollout.candidate.code ?? rollout.candidate.completion;

function patch(before: string, text: string, after: string, rollout: Rollout): string {
	return createTwoFilesPatch(before, after, text, codeOf(rollout), "", "");
}
