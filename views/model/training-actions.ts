import type { TrainingRef } from "../../src/domain/training-activity.js";
import { addNews, alarmsOf, keyOfTraining, stateOf } from "../../src/store/training-activity.js";
import { startComparison } from "./comparison-actions.js";
import { loadHosts } from "./host-actions.js";
import { type Model, messageOf, tell, tellError } from "./model.js";
import { askToStopRemote, canStopRemote, watchRemote } from "./remote-actions.js";
import { keepTime } from "./remote-clock.js";
import { watch } from "./training-start.js";
import {
	AXES,
	activityOf,
	changeTrainings,
	SMOOTHINGS,
	selectedTraining,
	shownTrainings,
	TRAINING_SORTS,
	type TrainingSort,
	trainingsState,
} from "./training-state.js";

const following = new WeakSet<Model>();

/** Listens to what any process writes, from the first look at the screen on. */
export async function followTrainings(model: Model): Promise<void> {
	if (following.has(model)) return;
	following.add(model);
	const told = new Set<string>();
	try {
		for await (const news of model.workbench.followTrainings(model.signal)) {
			if (news === null) {
				changeTrainings(model, { reading: "read" });
				continue;
			}
			const before = selectedTraining(model);
			changeTrainings(model, { book: addNews(trainingsState(model).book, news), reading: "read" });
			tellAlarms(model, news.ref, told);
			// Its start began a rent, its end may have ended the use of one.
			if (news.update.kind === "remote" && trainingsState(model).hosts !== null) void loadHosts(model);
			keepTime(model);
			// The cursor stays on its row when others come above it.
			const at =
				before === null ? -1 : shownTrainings(model).findIndex((row) => keyOfTraining(row) === keyOfTraining(before));
			if (at >= 0 && trainingsState(model).position > 0) changeTrainings(model, { position: at });
		}
		changeTrainings(model, { reading: "read" });
	} catch (error) {
		if (model.signal.aborted) return;
		changeTrainings(model, { reading: { error: messageOf(error) } });
		tellError(model, "trainings", error);
	} finally {
		following.delete(model);
	}
}

/** Alarms of what goes on, each once; of what has ended they stand at its row alone. */
function tellAlarms(model: Model, ref: TrainingRef, told: Set<string>): void {
	const key = keyOfTraining(ref);
	const activity = trainingsState(model).book.get(key)?.activity;
	if (activity === undefined || stateOf(activity) !== "running") return;
	for (const { name, at, level, text, advice } of alarmsOf(activity, Date.parse(model.clock()))) {
		const which = name === "mirror_broken" ? text : ref.kind === "loop" || name === "budget_share" ? at : "";
		const id = `${key} ${name} ${which}`;
		if (told.has(id)) continue;
		told.add(id);
		tell(model, level, `${ref.id}: ${text}`, advice ?? "5 shows it");
	}
}

export function moveTraining(model: Model, by: number): void {
	const last = shownTrainings(model).length - 1;
	const position = Math.max(0, Math.min(last, trainingsState(model).position + by));
	model.scroll.reset("training");
	changeTrainings(model, { position });
}

/** The cursor stays on its row where that is still shown. */
function rearrange(model: Model, change: Partial<ReturnType<typeof trainingsState>>): void {
	const before = selectedTraining(model);
	changeTrainings(model, change);
	const key = before && keyOfTraining(before);
	const at = shownTrainings(model).findIndex((row) => keyOfTraining(row) === key);
	changeTrainings(model, { position: Math.max(0, at) });
}

export function filterTrainings(model: Model, filter: string): void {
	rearrange(model, { filter });
}

export function pickTrainingSort(model: Model): void {
	const items = TRAINING_SORTS.map((sort) => ({
		key: SORT_KEYS[sort],
		label: sort,
		detail: SORTED_BY[sort],
		onPick: () => rearrange(model, { sort }),
	}));
	const position = TRAINING_SORTS.indexOf(trainingsState(model).sort);
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "pick", title: "Sort by", items, position, empty: "" } });
}

const SORT_KEYS: Record<TrainingSort, string> = { newest: "n", name: "a", state: "s", score: "c", alarms: "!" };
const SORTED_BY: Record<TrainingSort, string> = {
	newest: "those that go on first; trainings of a loop below it",
	name: "from a to z",
	state: "running, interrupted, finished",
	score: "the highest last figure first",
	alarms: "most alarms first",
};

/** Selects the row at this line of the list; true when it was selected already. */
export function selectTrainingAt(model: Model, line: number): boolean {
	const position = model.scroll.place("trainings").top + line;
	if (line < 0 || position >= shownTrainings(model).length) return false;
	if (position === trainingsState(model).position) return true;
	model.scroll.reset("training");
	changeTrainings(model, { position });
	return false;
}

export function nextSmoothing(model: Model): void {
	const { smoothing } = trainingsState(model);
	const next = SMOOTHINGS[(SMOOTHINGS.indexOf(smoothing) + 1) % SMOOTHINGS.length] ?? 0;
	changeTrainings(model, { smoothing: next });
	tell(
		model,
		"note",
		next === 0 ? "lines are as they were reported" : `lines are smoothed by ${next}, raw values faint`,
	);
}

export function nextAxis(model: Model): void {
	const { axis } = trainingsState(model);
	changeTrainings(model, { axis: AXES[(AXES.indexOf(axis) + 1) % AXES.length] ?? "step" });
}

/** The last iteration of a loop beside the one before, or beside the first model. */
export function compareIterations(model: Model): void {
	const activity = activityOf(model);
	const scores = activity?.kind === "loop" ? activity.loop.scores : [];
	const shown = [scores.at(-2), scores.at(-1)].flatMap((score) => score ?? []);
	if (shown.length < 2) return;
	startComparison(model, {
		runIds: shown.map(({ runId }) => runId),
		names: shown.map(({ checkpoint }) => checkpoint),
		from: 5,
	});
}

export const canCompare = (model: Model) => {
	const activity = activityOf(model);
	return activity?.kind === "loop" && activity.loop.scores.length > 1;
};

export const canResumeTraining = (model: Model) => selectedTraining(model)?.state === "interrupted";

export function resumeTraining(model: Model): void {
	const row = selectedTraining(model);
	if (row === null || row.state !== "interrupted") return;
	tell(model, "note", `going on with ${row.id}; nothing is done twice`);
	const ended = model.workbench.resumeTraining({ kind: row.kind, id: row.id });
	if (row.host === null) watch(model, row, ended);
	else watchRemote(model, row.id, ended);
}

export function canStop(model: Model): boolean {
	if (canStopRemote(model)) return true;
	const row = selectedTraining(model);
	return row !== null && trainingsState(model).own.has(keyOfTraining(row));
}

export function askToStop(model: Model): void {
	const row = selectedTraining(model);
	if (row === null || !canStop(model)) return;
	if (canStopRemote(model)) {
		askToStopRemote(model);
		return;
	}
	const { kind, id } = row;
	model.ui.setState({
		dialog: {
			kind: "confirm",
			title: `Stop ${id}?`,
			lines: ["What is done is kept. u goes on with it later."],
			yes: "stop it",
			onYes: () => {
				tell(model, "note", "stopping; what is done is kept");
				model.workbench
					.stopTraining({ kind, id })
					.catch((error: unknown) => tellError(model, `${id} could not be stopped`, error));
			},
		},
	});
}
