import type { TaskMap } from "../../src/app/map-task.js";
import type { RankedTask } from "../../src/domain/ranking.js";
import { frameAround, neighbourTowards, type PlaneFrame, type PlanePlace } from "../charts/scatter.js";
import { rankedCandidateMoved, selectedRanked } from "./energy-actions.js";
import { changeEnergy, energyState, energyTables } from "./energy-state.js";
import { type Model, tell } from "./model.js";
import type { Read } from "./read-cache.js";

/** Where the world model has the candidates of a task; null: nothing is ranked. */
export function mapOf(model: Model, task: RankedTask): Read<TaskMap> | null {
	const { open, instead } = energyState(model);
	if (!open) return null;
	const { runId, allowSeen } = open.request;
	const other = instead === task.taskId ? null : instead;
	// A run that goes on has more of them the next time.
	const key = `map:${runId}:${allowSeen}:${task.sampleIndexes.length}:${task.taskId}:${other ?? ""}`;
	return model.cache.read(key, () => model.workbench.mapRanked(open.request, task.taskId, other));
}

export function mapFrame({ candidates, starts }: TaskMap): PlaneFrame {
	const known = starts.flatMap(({ before, predicted, swapped }) => [
		before,
		predicted,
		...(swapped === null ? [] : [swapped]),
	]);
	return frameAround(
		candidates.map(({ place }) => place),
		known,
	);
}

/** To the nearest candidate on that side of the one under the cursor; y is upwards. */
export function moveOnMap(model: Model, direction: PlanePlace): void {
	const ranked = selectedRanked(model);
	const read = ranked === null ? null : mapOf(model, ranked.task);
	if (ranked === null || read?.state !== "read") return;
	const { candidates } = read.value;
	const from = candidates.findIndex(({ sampleIndex }) => sampleIndex === ranked.sampleIndex);
	const places = candidates.map(({ place }) => place);
	const to = from < 0 ? 0 : neighbourTowards(mapFrame(read.value), places, from, direction);
	const sample = to === null ? undefined : candidates[to]?.sampleIndex;
	if (sample === undefined) return;
	selectSample(model, ranked.task, sample);
}

function selectSample(model: Model, task: RankedTask, sampleIndex: number): void {
	const { candidates } = energyTables(model);
	const row = task.sampleIndexes.indexOf(sampleIndex);
	if (row < 0) return;
	if (candidates.positionOf(row) < 0) candidates.setFilter("");
	candidates.select(row);
	rankedCandidateMoved(model);
}

/** A list of the run's other tasks: the question of the chosen one is asked in place of each task's own. */
export function pickOtherQuestion(model: Model): void {
	const { tasks } = energyTables(model);
	const { instead } = energyState(model);
	const all = Array.from({ length: tasks.total }, (_, row) => tasks.row(row)).filter((task) => task !== null);
	const ask = (taskId: string | null) => () => {
		changeEnergy(model, { instead: taskId, part: "swap", pane: "ranked" });
		model.scroll.reset("ranked");
		tell(
			model,
			"note",
			taskId === null ? "each task's own question is asked" : `the question of ${taskId} is asked, too`,
		);
	};
	const items = [
		...(instead === null ? [] : [{ label: "none", detail: "the task's own question alone", onPick: ask(null) }]),
		...all
			.filter(({ taskId }) => taskId !== selectedRanked(model)?.task.taskId)
			.map(({ taskId, starterCode }) => ({ label: taskId, detail: signatureIn(starterCode), onPick: ask(taskId) })),
	];
	model.scroll.reset("dialog");
	model.ui.setState({
		dialog: {
			kind: "find",
			title: "Ask the question of",
			text: "",
			items,
			position: 0,
			empty: "there is no other task in this run",
		},
	});
}

/** The last definition: those before it help. */
function signatureIn(starterCode: string): string {
	return (
		starterCode
			.split("\n")
			.findLast((line) => /^\s*(async )?def /.test(line))
			?.trim() ?? ""
	);
}
