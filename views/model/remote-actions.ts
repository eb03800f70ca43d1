import type { RemotePlan, StopReport } from "../../src/domain/remote-activity.js";
import { logNameOf } from "../../src/domain/remote-activity.js";
import type { TrainingEnd } from "../../src/domain/training-activity.js";
import { openLog } from "./log-view.js";
import { type Model, tell, tellError } from "./model.js";
import { hintFor } from "./training-models.js";
import { changeTrainings, remoteOf, selectedTraining, trainingsState } from "./training-state.js";

const isFollowed = (model: Model) => trainingsState(model).followed.has(selectedTraining(model)?.id ?? "");

export const canAttach = (model: Model) => remoteOf(model) !== null && !isFollowed(model);
export const canDetach = (model: Model) => remoteOf(model) !== null && isFollowed(model);
export const canStopRemote = (model: Model) => remoteOf(model) !== null && selectedTraining(model)?.state === "running";
export const canFetch = (model: Model) => remoteOf(model) !== null && selectedTraining(model)?.state === "finished";
export const hasRemoteLog = (model: Model) => remoteOf(model) !== null;

export function attach(model: Model): void {
	const row = selectedTraining(model);
	if (row === null || !canAttach(model)) return;
	tell(model, "note", `connecting to ${row.host}`);
	watchRemote(model, row.id, model.workbench.attachTraining(row.id));
}

export function detach(model: Model): void {
	const row = selectedTraining(model);
	if (row === null || !canDetach(model)) return;
	model.workbench.detachTraining(row.id).catch((error: unknown) => tellError(model, row.id, error));
}

/** Follows one that was started, or gone on with, until it has ended or is let go. */
export function watchRemote(model: Model, id: string, ended: Promise<TrainingEnd>): void {
	const { followed } = trainingsState(model);
	changeTrainings(model, { followed: new Set([...followed, id]) });
	void ended
		.then(
			({ outcome, text }) => tell(model, "note", `${id} ${outcome === "stopped" ? "is let go" : outcome}: ${text}`),
			(error: unknown) => tellError(model, id, error),
		)
		.then(() =>
			changeTrainings(model, {
				followed: new Set([...trainingsState(model).followed].filter((other) => other !== id)),
			}),
		);
}

/** Shows all that would be sent, run and paid; only then it starts. */
export function showRemotePlan(model: Model, plan: RemotePlan): void {
	model.scroll.reset("dialog");
	model.ui.setState({
		dialog: {
			kind: "confirm",
			title: `Start this on ${plan.terms.host}?`,
			lines: plan.facts.map(([name, text]) => `${name}: ${text}`),
			yes: "start it",
			onYes: () => watchRemote(model, plan.job.name, model.workbench.startRemote(plan)),
		},
	});
}

export function askToStopRemote(model: Model): void {
	const row = selectedTraining(model);
	if (row === null || !canStopRemote(model)) return;
	const { id, host } = row;
	model.ui.setState({
		dialog: {
			kind: "confirm",
			title: `Stop ${id} on ${host}?`,
			lines: [
				"It is asked to end, and ended if it does not; then it is looked whether anything of it is left there.",
				"What is done is kept. u goes on with it later.",
			],
			yes: "stop it",
			onYes: () => {
				tell(model, "note", `stopping ${id} on ${host}`);
				model.workbench.stopRemote(id).then(
					(report) => tellStopped(model, `${id} on ${host}`, report),
					(error: unknown) => tellError(model, `${id} could not be stopped: it may go on, and cost`, error),
				);
			},
		},
	});
}

/** In a dialog, as it may be about money. */
function tellStopped(
	model: Model,
	what: string,
	{ text, left, mayHide, pricePerHour, releaseCommand }: StopReport,
): void {
	const lines = [
		`${what}: ${text}`,
		left.length > 0
			? `STILL RUNNING there: processes ${left.join(", ")}. They could not be ended.`
			: "no process of it is left",
		...(mayHide
			? [
					"but one that wiped its environment and left its session could not be found: look at `ps -ef` and `nvidia-smi` there",
				]
			: []),
		...(pricePerHour === null
			? []
			: [`the host is still rented, at $${pricePerHour.toFixed(2)} an hour: stopping a training does not end that`]),
		...(releaseCommand === null ? [] : ["what ends the rent, for you to run:", `  ${releaseCommand}`]),
	];
	tell(model, left.length > 0 ? "error" : "note", lines.slice(0, 2).join(": "));
	model.scroll.reset("dialog");
	model.ui.setState({
		dialog: { kind: "text", title: left.length > 0 ? "NOT ALL STOPPED" : "Stopped", text: lines.join("\n") },
	});
}

export function fetchCheckpoint(model: Model): void {
	const row = selectedTraining(model);
	if (row === null || !canFetch(model)) return;
	tell(model, "note", `fetching the model of ${row.id}`);
	model.workbench.fetchTraining(row.id, "last").then(
		(name) => tell(model, "note", `the model ${name} is here`, hintFor(row)),
		(error: unknown) => tellError(model, row.id, error),
	);
}

export function openRemoteLog(model: Model): void {
	const [row, remote] = [selectedTraining(model), remoteOf(model)];
	if (row !== null && remote !== null) openLog(model, logNameOf(row.id, remote.run.attempt));
}
