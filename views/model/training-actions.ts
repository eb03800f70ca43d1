import type { TrainingEnd, TrainingPlan, TrainingWish } from "../../src/app/trainings.js";
import type { TrainingMethod } from "../../src/domain/choices.js";
import type { TrainingRef } from "../../src/domain/training-activity.js";
import { addNews, alarmsOf, keyOfTraining, stateOf } from "../../src/store/training-activity.js";
import { planFacts } from "../../src/store/training-plan.js";
import { startComparison } from "./comparison-actions.js";
import type { PickItem } from "./dialog.js";
import { type Model, messageOf, tell, tellError } from "./model.js";
import {
	AXES,
	activityOf,
	changeTrainings,
	SMOOTHINGS,
	selectedTraining,
	shownTrainings,
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

const LOOP_SIZES = [
	{ iterations: 3, n: 8, label: "3 iterations, 8 samples a task" },
	{ iterations: 2, n: 4, label: "2 iterations, 4 samples a task" },
	{ iterations: 5, n: 8, label: "5 iterations, 8 samples a task" },
	{ iterations: 3, n: 32, label: "3 iterations, 32 samples a task" },
];
const SEED = 1;
const LEARNT_FROM: Record<TrainingMethod, string> = { sft: "sft", grpo: "grpo", ppo: "grpo" };

/** What, with which model, from what; then the exact plan, and only then it starts. */
export async function pickTraining(model: Model): Promise<void> {
	try {
		const { models, data } = await model.workbench.trainingChoices();
		const pick = (title: string, items: PickItem[], empty = "") => {
			model.scroll.reset("dialog");
			model.ui.setState({ dialog: { kind: "pick", title, items, position: 0, empty } });
		};
		const pickModel = (next: (path: string) => void) =>
			pick(
				"Begin with",
				models.map(({ name, path }) => ({ label: name, detail: path, onPick: () => next(path) })),
				"there is no model that can be trained here",
			);
		const tasks = model.workbench.tasksPath;
		const toLoop = (path: string) =>
			pick(
				`Loop on ${tasks}`,
				LOOP_SIZES.map(({ label, iterations, n }) => ({
					label,
					detail: "",
					onPick: () => void showPlan(model, { kind: "loop", model: path, tasks, iterations, n, seed: SEED }),
				})),
			);
		const toData = (method: TrainingMethod) => (path: string) =>
			pick(
				"Learn from",
				data
					.filter(({ format }) => format === LEARNT_FROM[method])
					.map(({ name, examples }) => ({
						label: name,
						detail: `${examples} examples`,
						onPick: () => void showPlan(model, wishOf(model, method, path, name)),
					})),
				`assay data export --format ${LEARNT_FROM[method]} makes something to learn from`,
			);
		pick("Start", [
			{ key: "l", label: "loop", detail: "generate, judge, train, measure, again", onPick: () => pickModel(toLoop) },
			{ key: "s", label: "sft", detail: "fine-tune on accepted rollouts", onPick: () => pickModel(toData("sft")) },
			{ key: "g", label: "grpo", detail: "learn from the judge's rewards", onPick: () => pickModel(toData("grpo")) },
			{ key: "p", label: "ppo", detail: "the same with a value head", onPick: () => pickModel(toData("ppo")) },
		]);
	} catch (error) {
		tellError(model, "nothing can be started", error);
	}
}

function wishOf(model: Model, method: TrainingMethod, path: string, data: string): TrainingWish {
	const stamp = model.clock().replace(/\D/g, "").slice(0, 14);
	return { kind: "training", method, model: path, data, name: `${method}-${data}-${stamp}`, steps: null, seed: SEED };
}

async function showPlan(model: Model, wish: TrainingWish): Promise<void> {
	try {
		const plan = await model.workbench.planTraining(wish);
		model.ui.setState({
			dialog: {
				kind: "confirm",
				title: "Start this?",
				lines: planFacts(plan).map(([name, text]) => `${name}: ${text}`),
				yes: "start it",
				onYes: () => watch(model, refOf(plan), model.workbench.runTraining(plan)),
			},
		});
	} catch (error) {
		tellError(model, "it cannot be started", error);
	}
}

function refOf(plan: TrainingPlan): TrainingRef {
	return plan.schema === "assay.loop.v1" ? { kind: "loop", id: plan.loopId } : { kind: "training", id: plan.name };
}
