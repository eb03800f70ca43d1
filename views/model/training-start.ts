import type { TrainingChoices, TrainingPlan, TrainingWish } from "../../src/app/trainings.js";
import type { TrainingMethod } from "../../src/domain/choices.js";
import type { RemoteTerms } from "../../src/domain/remote-activity.js";
import type { TrainingEnd, TrainingRef } from "../../src/domain/training-activity.js";
import { AssayError } from "../../src/lib/errors.js";
import { keyOfTraining } from "../../src/store/training-activity.js";
import { planFacts } from "../../src/store/training-plan.js";
import type { FieldForm } from "./dialog.js";
import { loadHosts } from "./host-actions.js";
import { remoteTerms } from "./host-fields.js";
import { type Model, messageOf, tell, tellError } from "./model.js";
import { showRemotePlan } from "./remote-actions.js";
import { loopForm, loopWish, trainingForm, trainingWish } from "./training-form.js";
import { changeTrainings, shownHosts, trainingsState } from "./training-state.js";
import { worldForm, worldWish } from "./world-form.js";

/** What; then a form with all that can be said of it; then the exact plan, and only then it starts. */
export async function pickTraining(model: Model): Promise<void> {
	try {
		const [choices] = await Promise.all([model.workbench.trainingChoices(), loadHosts(model)]);
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
			{
				key: "w",
				label: "world",
				detail: "a world model from transitions",
				onPick: () => openWorldForm(model, choices),
			},
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
	const { fields, texts } = loopForm(choices, model.workbench.tasksPath, shownHosts(model));
	openForm(model, "Loop: N makes N+1", fields, texts, loopWish);
}

function openTrainingForm(model: Model, choices: TrainingChoices, method: TrainingMethod): void {
	const { fields, texts } = trainingForm(choices, method, nameNow(model, method), shownHosts(model));
	openForm(model, `Train by ${method}`, fields, texts, (filled) => trainingWish(filled, method), remoteTerms);
}

function openWorldForm(model: Model, choices: TrainingChoices): void {
	const { fields, texts } = worldForm(choices, nameNow(model, "world"), shownHosts(model));
	openForm(model, "Train a world model", fields, texts, worldWish, remoteTerms);
}

const nameNow = (model: Model, method: string) => `${method}-${model.clock().replace(/\D/g, "").slice(0, 14)}`;

function openForm(
	model: Model,
	title: string,
	fields: FieldForm["fields"],
	texts: FieldForm["texts"],
	wishOf: (texts: FieldForm["texts"]) => TrainingWish | string,
	termsOf: (texts: FieldForm["texts"]) => RemoteTerms | string | null = () => null,
): void {
	const onEnter = async (filled: FieldForm["texts"]): Promise<string | null> => {
		const wish = wishOf(filled);
		if (typeof wish === "string") return wish;
		const terms = termsOf(filled);
		if (typeof terms === "string") return terms;
		try {
			const plan = await model.workbench.planTraining(wish);
			if (terms === null || plan.schema === "assay.loop.v1") await showPlan(model, plan);
			else showRemotePlan(model, await model.workbench.planRemote(plan, terms));
			return null;
		} catch (error) {
			return error instanceof AssayError && error.hint !== null ? `${error.message} · ${error.hint}` : messageOf(error);
		}
	};
	model.scroll.reset("dialog");
	model.ui.setState({
		dialog: { kind: "form", form: { title, fields, texts, at: 0, error: null, enters: "shows the plan", onEnter } },
	});
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

/** Follows one that works in this process until it has ended. */
export function watch(model: Model, ref: TrainingRef, ended: Promise<TrainingEnd>): void {
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
