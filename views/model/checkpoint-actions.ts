import type { Checkpoint } from "../../src/domain/checkpoint.js";
import { CHECKPOINT_ORDERS, type CheckpointOrder } from "../../src/store/checkpoint-table.js";
import { comparableRuns } from "../../src/store/checkpoint-tree.js";
import { changeCheckpoints, checkpointsState, checkpointTable } from "./checkpoints-state.js";
import { startComparison } from "./comparison-actions.js";
import { startBoard } from "./leaderboard-actions.js";
import { MOST_COMPARED, toggled } from "./marks.js";
import { type Model, messageOf, tell, tellError } from "./model.js";
import { openRunAt } from "./run-actions.js";
import { pickSort } from "./sort-menu.js";
import type { ScreenId } from "./state.js";

export async function loadCheckpoints(model: Model): Promise<void> {
	try {
		const checkpoints = await model.workbench.checkpoints();
		checkpointTable(model).show(checkpoints, newestChild(checkpoints));
		changeCheckpoints(model, { checkpoints, reading: "read" });
	} catch (error) {
		changeCheckpoints(model, { reading: { error: messageOf(error) } });
		tellError(model, "checkpoints", error);
	}
}

/** The one that somebody has most likely come for: it can be compared with what it was trained from. */
function newestChild(checkpoints: readonly Checkpoint[]): string | null {
	const children = checkpoints.filter(({ parent, runs }) => parent !== null && runs.length > 0);
	const startedAt = ({ runs }: Checkpoint) => runs[0]?.startedAt ?? "";
	return children.toSorted((a, b) => (startedAt(a) < startedAt(b) ? 1 : -1))[0]?.id ?? null;
}

export function selectedCheckpoint(model: Model): Checkpoint | null {
	return checkpointTable(model).selected();
}

export function checkpointMoved(model: Model): void {
	model.scroll.reset("checkpoint");
	model.changed();
}

export function filterCheckpoints(model: Model, filter: string): void {
	checkpointTable(model).setFilter(filter);
	checkpointMoved(model);
}

export function markCheckpoint(model: Model): void {
	const checkpoint = selectedCheckpoint(model);
	if (checkpoint === null) return;
	changeCheckpoints(model, { marked: toggled(checkpointsState(model).marked, checkpoint.id) });
	checkpointTable(model).move(1);
	checkpointMoved(model);
}

function shownIds(model: Model): string[] {
	const table = checkpointTable(model);
	return Array.from({ length: table.count }, (_, at) => table.row(table.rowAt(at))?.checkpoint.id ?? []).flat();
}

/** What a leaderboard would be of: the marked ones, or with fewer than two of them all that the filter shows. */
export function rankedCheckpoints(model: Model): Checkpoint[] {
	const { checkpoints, marked } = checkpointsState(model);
	const ids = new Set(marked.length > 1 ? marked : shownIds(model));
	return checkpoints.filter(({ id, runs }) => ids.has(id) && runs.some(({ passAt1 }) => passAt1 !== null));
}

export function rankCheckpoints(model: Model): void {
	const chosen = rankedCheckpoints(model);
	const runs = comparableRuns(chosen) ?? [];
	if (runs.length < 2) tell(model, "note", "fewer than two checkpoints that were evaluated: nothing to rank");
	else startBoard(model, { runIds: runs.map(({ runId }) => runId), from: 6 });
}

/** The marked ones, the first as the baseline; with fewer than two the one under the cursor against the marked one, or its parent. */
export function compareCheckpoints(model: Model): void {
	const { checkpoints, marked } = checkpointsState(model);
	const selected = selectedCheckpoint(model);
	const baseline = marked[0] ?? selected?.parent ?? null;
	const ids = marked.length > 1 ? marked : [baseline, selected?.id ?? null];
	const chosen = ids.flatMap((id) => checkpoints.filter((checkpoint) => checkpoint.id === id));
	if (chosen.length < 2 || chosen[0] === chosen[1]) {
		tell(model, "note", "mark two to four checkpoints with Space, then press v");
		return;
	}
	if (chosen.length > MOST_COMPARED) {
		tell(model, "note", `${chosen.length} are marked: v compares two to ${MOST_COMPARED}, B ranks any number`);
		return;
	}
	compareRunsOf(model, chosen, 6);
}

/** A checkpoint beside what it was trained from. */
export async function compareWithParent(model: Model, id: string): Promise<void> {
	await loadCheckpoints(model);
	const { checkpoints } = checkpointsState(model);
	const own = checkpoints.find((checkpoint) => checkpoint.id === id);
	const parent = checkpoints.find((checkpoint) => checkpoint.id === own?.parent);
	if (own === undefined || parent === undefined)
		tell(model, "warning", `nothing is known of what ${id} was trained from`);
	else compareRunsOf(model, [parent, own], 5);
}

function compareRunsOf(model: Model, chosen: readonly Checkpoint[], from: ScreenId): void {
	const runs = comparableRuns(chosen);
	if (runs === null) {
		const without = chosen.filter(({ runs: own }) => own.every(({ passAt1 }) => passAt1 === null));
		tell(
			model,
			"warning",
			`not evaluated yet: ${without.map(({ name }) => name).join(", ")}`,
			from === 5 ? "C evaluates a model of a training" : "assay run evaluates it",
		);
		return;
	}
	startComparison(model, {
		runIds: runs.map(({ runId }) => runId),
		names: chosen.map(({ name }) => name),
		from,
	});
}

/** The newest run of the checkpoint, in Best-of-N. */
export function openNewestRun(model: Model): void {
	const [run] = selectedCheckpoint(model)?.runs ?? [];
	if (run) openRunAt(model, run.runId, null);
}

const SORT_WORDS: Record<CheckpointOrder, { key: string; detail: string }> = {
	family: { key: "f", detail: "each below its parent" },
	score: { key: "p", detail: "best pass@1 first" },
	age: { key: "a", detail: "newest first" },
	name: { key: "n", detail: "letters" },
};

export function pickCheckpointSort(model: Model): void {
	pickSort(model, {
		title: "Sort checkpoints by",
		table: checkpointTable(model),
		sorts: CHECKPOINT_ORDERS.map((sort) => ({ sort, ...SORT_WORDS[sort] })),
		sorted: () => checkpointMoved(model),
	});
}
