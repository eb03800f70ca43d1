import type { TrainingModel, TrainingModels } from "../../src/domain/remote-activity.js";
import { formatBytes, formatScore, plural } from "../text/format.js";
import { compareWithParent } from "./checkpoint-actions.js";
import type { PickItem } from "./dialog.js";
import { type Model, tell, tellError } from "./model.js";
import { openEvaluationForm } from "./run-form.js";
import { activityOf, selectedTraining } from "./training-state.js";

/** Of a loop its trainings have them. */
export const hasModels = (model: Model) => activityOf(model)?.kind === "training";

/** Asks for the models of the selected training, there and here, and lists them. */
export function pickTrainingModel(model: Model): void {
	const row = selectedTraining(model);
	if (row === null || !hasModels(model)) return;
	const { id, method, host, state } = row;
	if (host !== null) tell(model, "note", `asking ${host} for the models of ${id}`);
	model.workbench.trainingModels(id).then(
		(found) => showModels(model, { id, method, host, isRunning: state === "running" }, found),
		(error: unknown) => tellError(model, id, error),
	);
}

interface Training {
	id: string;
	method: string;
	/** null: this machine trains. */
	host: string | null;
	isRunning: boolean;
}

function showModels(model: Model, training: Training, { models, unreachable }: TrainingModels): void {
	const { dialog, screen } = model.ui.getState();
	if (dialog !== null || screen !== 5) {
		// Keys that are meant for something else would choose in it.
		tell(model, "note", `${training.id} has ${plural(models.length, "whole model")}`, "C lists them");
		return;
	}
	if (unreachable !== null) tell(model, "warning", `only what is here is listed: ${unreachable}`);
	const now: PickItem = {
		key: "n",
		label: "one more, now",
		detail: "it is written at the next step, and whole then",
		onPick: () => keepNow(model, training),
	};
	const items = models.toReversed().map(
		(one): PickItem => ({
			label: one.isFinal ? `the last, step ${one.step}` : `step ${one.step}`,
			detail: modelText(one, training),
			onPick: () => pickUse(model, training, one),
		}),
	);
	pick(model, `Models of ${training.id}`, [...(training.isRunning ? [now] : []), ...items]);
}

/** What can be done with a model of it that is here. */
export const hintFor = ({ method }: { method: string }) =>
	method === "world" ? "assay open --world-model ranks with it" : "C evaluates it, 6 shows it";

function modelText({ bytes, isThere, checkpoint, passAt1 }: TrainingModel, { host }: Training): string {
	const place = [isThere ? `on ${host ?? "this machine"}` : null, checkpoint === null ? null : "here"];
	return [
		bytes === null ? null : formatBytes(bytes),
		place.filter(Boolean).join(" and "),
		passAt1 === null ? (checkpoint === null ? null : "not evaluated") : `pass@1 ${formatScore(passAt1)}`,
	]
		.filter(Boolean)
		.join(", ");
}

function pickUse(model: Model, training: Training, one: TrainingModel): void {
	const { checkpoint, name } = one;
	if (checkpoint === null) {
		fetch(model, training, one);
		return;
	}
	if (training.method === "world") {
		tell(model, "note", `${name} is in ${checkpoint}`, hintFor(training));
		return;
	}
	pick(model, `${name}, step ${one.step}`, [
		{
			key: "e",
			label: "evaluate",
			detail: "have it answer tasks, and judge that",
			onPick: () => void openEvaluationForm(model, checkpoint),
		},
		{
			key: "v",
			label: "compare with its parent",
			detail: "task by task, with intervals",
			onPick: () => void compareWithParent(model, checkpoint),
		},
	]);
}

function pick(model: Model, title: string, items: readonly PickItem[]): void {
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "pick", title, items, position: 0, empty: "no whole model is there yet" } });
}

function keepNow(model: Model, { id }: Training): void {
	tell(model, "note", `${id} is asked for a model at its next step`);
	model.workbench.keepModelNow(id).then(
		(step) => tell(model, "note", `${id}: the model of step ${step} is whole`, "C lists it"),
		(error: unknown) => tellError(model, id, error),
	);
}

function fetch(model: Model, training: Training, { step, isFinal }: TrainingModel): void {
	const { id } = training;
	tell(model, "note", `fetching the model of step ${step} of ${id}`);
	model.workbench.fetchTraining(id, isFinal ? "last" : step).then(
		(name) => tell(model, "note", `the model ${name} is here`, hintFor(training)),
		(error: unknown) => tellError(model, id, error),
	);
}
