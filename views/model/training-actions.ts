import type { TrainingChoices, TrainingEnd, TrainingPlan, TrainingWish } from "../../src/app/trainings.js";
import type { TrainingMethod } from "../../src/domain/choices.js";
import type { TrainingRef } from "../../src/domain/training-activity.js";
import { AssayError } from "../../src/lib/errors.js";
import { addNews, alarmsOf, keyOfTraining, stateOf } from "../../src/store/training-activity.js";
import { planFacts } from "../../src/store/training-plan.js";
import { startComparison } from "./comparison-actions.js";
import type { FieldForm } from "./dialog.js";
import { type Model, messageOf, tell, tellError } from "./model.js";
import { loopForm, loopWish, trainingForm, trainingWish } from "./training-form.js";
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
			const before = selectedTraining(model);
			changeTrainings(model, { book: addNews(trainingsState(model).book, news), reading: "read" });
			tellAlarms(model, news.ref, told);
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
	for (const { name, at, level, text } of alarmsOf(activity, Date.parse(model.clock()))) {
		const id = `${key} ${name} ${ref.kind === "loop" ? at : ""}`;
		if (told.has(id)) continue;
		told.add(id);
		tell(model, level, `${ref.id}: ${text}`, "5 shows it");
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
	watch(model, row, model.workbench.resumeTraining({ kind: row.kind, id: row.id }));
}

export function canStop(model: Model): boolean {
	const row = selectedTraining(model);
	return row !== null && trainingsState(model).own.has(keyOfTraining(row));
}

export function askToStop(model: Model): void {
	const row = selectedTraining(model);
	if (row === null || !canStop(model)) return;
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

function watch(model: Model, ref: TrainingRef, ended: Promise<TrainingEnd>): void {
	const key = keyOfTraining(ref);
	changeTrainings(model, { own: new Set([...trainingsState(model).own, key]) });
	void ended
		.then(
			({ outcome, text }) => tell(model, "note", `${ref.id} ${outcome}: ${text}`),
			(error: unknown) => tellError(model, `${ref.id} ended, u goes on with it`, error),
		)
		.then(() =>
			changeTrainings(model, { own: new Set([...trainingsState(model).own].filter((other) => other !== key)) }),
		);
}

/** What; then a form with all that can be said of it; then the exact plan, and only then it starts. */
export async function pickTraining(model: Model): Promise<void> {
	try {
		const choices = await model.workbench.trainingChoices();
		const items = [
			{
				key: "l",
				label: "loop",
				detail: "generate, judge, train, measure, again",
				onPick: () => openLoopForm(model, choices),
			},
			...METHODS.map(({ key, method, detail }) => ({
				key,
				label: method,
				detail,
				onPick: () => openTrainingForm(model, choices, method),
			})),
		];
		model.scroll.reset("dialog");
		model.ui.setState({ dialog: { kind: "pick", title: "Start", items, position: 0, empty: "" } });
	} catch (error) {
		tellError(model, "nothing can be started", error);
	}
}

const METHODS: readonly { key: string; method: TrainingMethod; detail: string }[] = [
	{ key: "s", method: "sft", detail: "fine-tune on accepted rollouts" },
	{ key: "g", method: "grpo", detail: "learn from the judge's rewards" },
	{ key: "p", method: "ppo", detail: "the same with a value head" },
];

function openLoopForm(model: Model, choices: TrainingChoices): void {
	const { fields, texts } = loopForm(choices, model.workbench.tasksPath);
	openForm(model, "Loop: N makes N+1", fields, texts, loopWish);
}

function openTrainingForm(model: Model, choices: TrainingChoices, method: TrainingMethod): void {
	const stamp = model.clock().replace(/\D/g, "").slice(0, 14);
	const { fields, texts } = trainingForm(choices, method, `${method}-${stamp}`);
	openForm(model, `Train by ${method}`, fields, texts, (filled) => trainingWish(filled, method));
}

function openForm(
	model: Model,
	title: string,
	fields: FieldForm["fields"],
	texts: FieldForm["texts"],
	wishOf: (texts: FieldForm["texts"]) => TrainingWish | string,
): void {
	const onEnter = async (filled: FieldForm["texts"]): Promise<string | null> => {
		const wish = wishOf(filled);
		if (typeof wish === "string") return wish;
		try {
			await showPlan(model, await model.workbench.planTraining(wish));
			return null;
		} catch (error) {
			return error instanceof AssayError && error.hint !== null ? `${error.message} · ${error.hint}` : messageOf(error);
		}
	};
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "form", form: { title, fields, texts, at: 0, error: null, onEnter } } });
}

/** The plan at once, and what it takes as soon as a few steps have been tried. */
async function showPlan(model: Model, plan: TrainingPlan): Promise<void> {
	const facts = planFacts(plan);
	const onYes = () => watch(model, refOf(plan), model.workbench.runTraining(plan));
	model.scroll.reset("dialog");
	const show = (takes: string) => {
		const lines = [["takes", takes], ...facts].map(([name, text]) => `${name}: ${text}`);
		model.ui.setState({ dialog: { kind: "confirm", title: "Start this?", lines, yes: "start it", onYes } });
	};
	show("a few steps are tried …");
	const takes = await model.workbench
		.estimateTraining(plan)
		.catch((error: unknown) => `not known: ${messageOf(error)}`);
	const { dialog } = model.ui.getState();
	if (dialog?.kind === "confirm" && dialog.onYes === onYes) show(takes);
}

function refOf(plan: TrainingPlan): TrainingRef {
	return plan.schema === "assay.loop.v1" ? { kind: "loop", id: plan.loopId } : { kind: "training", id: plan.name };
}
