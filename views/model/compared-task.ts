import type { ComparedCandidate } from "../../src/app/candidate-places.js";
import type { ComparisonRequest } from "../../src/app/comparisons.js";
import type { ComparedTask } from "../../src/domain/comparison.js";
import type { Rollout } from "../../src/domain/run.js";
import { checkpointsState, comparedTable } from "./checkpoints-state.js";
import type { Model } from "./model.js";
import type { Read } from "./read-cache.js";

/** A candidate of each side with the same number, and all that there are. */
export interface ComparedPair {
	left: readonly ComparedCandidate[];
	right: readonly ComparedCandidate[];
	sampleIndex: number;
	/** null: that side has none of this number. */
	rollouts: readonly [Rollout | null, Rollout | null];
}

/** Tasks around the cursor that are read before anybody goes there. */
const AROUND = [0, 1, -1, 2];

/** The task under the cursor, and the pair of its candidates that is to be shown; null while there is no task. */
export function shownPair(model: Model): { task: ComparedTask; read: Read<ComparedPair> } | null {
	const { comparison } = checkpointsState(model);
	const task = comparedTable(model).selected();
	return task && comparison && { task, read: readPair(model, task, comparison.sampleIndex) };
}

/** So that the next key shows what it leads to at once. */
export function prefetchTasks(model: Model): void {
	const table = comparedTable(model);
	if (checkpointsState(model).comparison?.state.kind !== "compared") return;
	for (const by of AROUND) {
		const task = table.row(table.rowAt(table.position + by));
		if (task) readPair(model, task, null);
	}
}

function readPair(model: Model, task: ComparedTask, sampleIndex: number | null): Read<ComparedPair> {
	const { comparison } = checkpointsState(model);
	if (!comparison) return { state: "reading" };
	const { request, right } = comparison;
	const key = `pair:${request.runIds.join()}:${request.allowed.join()}:${right}:${sampleIndex}:${task.taskId}`;
	return model.cache.read(key, () => loadPair(model, { request, right, task, sampleIndex }));
}

async function loadPair(
	model: Model,
	wanted: { request: ComparisonRequest; right: number; task: ComparedTask; sampleIndex: number | null },
): Promise<ComparedPair> {
	const { request, right: other, task } = wanted;
	const sides = await model.workbench.comparedCandidates(request, task.taskId);
	const left = sides[0] ?? [];
	const right = sides[other] ?? [];
	const sampleIndex = wanted.sampleIndex ?? tellingSample(left, right);
	const read = async (set: number, side: readonly ComparedCandidate[]): Promise<Rollout | null> => {
		const place = side.find((candidate) => candidate.sampleIndex === sampleIndex)?.place;
		const runId = request.runIds[set];
		return place && runId !== undefined ? await model.workbench.readRollout(runId, place) : null;
	};
	return { left, right, sampleIndex, rollouts: await Promise.all([read(0, left), read(other, right)]) };
}

/** The first number with which one side is right and the other wrong, in the direction in which the task went. */
function tellingSample(left: readonly ComparedCandidate[], right: readonly ComparedCandidate[]): number {
	const accepted = (side: readonly ComparedCandidate[]) => side.filter(({ status }) => status === "accepted").length;
	const [better, worse] = accepted(left) > accepted(right) ? [left, right] : [right, left];
	const turned = better.find(
		({ sampleIndex, status }) =>
			status === "accepted" && worse.some((other) => other.sampleIndex === sampleIndex && other.status !== "accepted"),
	);
	return (turned ?? left[0] ?? right[0])?.sampleIndex ?? 0;
}
