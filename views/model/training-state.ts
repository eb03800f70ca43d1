import type { TrainingRow } from "../../src/domain/training-activity.js";
import {
	alarmsOf,
	keyOfTraining,
	stateOf,
	type TrainingActivity,
	type TrainingBook,
	trainingRows,
} from "../../src/store/training-activity.js";
import type { Model } from "./model.js";

export type TrainingPane = "trainings" | "training";
export const SMOOTHINGS = [0.6, 0.9, 0] as const;
export const AXES = ["step", "time", "tokens"] as const;

/** What the screen of trainings keeps. */
export interface TrainingsState {
	pane: TrainingPane;
	book: TrainingBook;
	reading: "reading" | "read" | { error: string };
	position: number;
	/** Weight of the past in the lines that are drawn strong. */
	smoothing: (typeof SMOOTHINGS)[number];
	axis: (typeof AXES)[number];
	/** Those that were started here and have not ended. */
	own: ReadonlySet<string>;
}

const states = new WeakMap<Model, TrainingsState>();
const FRESH: TrainingsState = {
	pane: "trainings",
	book: new Map(),
	reading: "reading",
	position: 0,
	smoothing: 0.6,
	axis: "step",
	own: new Set(),
};

export function trainingsState(model: Model): TrainingsState {
	return states.get(model) ?? FRESH;
}

export function changeTrainings(model: Model, change: Partial<TrainingsState>): void {
	states.set(model, { ...trainingsState(model), ...change });
	model.changed();
}

export function shownTrainings(model: Model): TrainingRow[] {
	return trainingRows(trainingsState(model).book, Date.parse(model.clock()));
}

export function selectedTraining(model: Model): TrainingRow | null {
	return shownTrainings(model)[trainingsState(model).position] ?? null;
}

export function activityOf(model: Model): TrainingActivity | null {
	const row = selectedTraining(model);
	return (row && trainingsState(model).book.get(keyOfTraining(row))?.activity) ?? null;
}

/** Whether something is wrong with one that goes on, whichever process works at it. */
export function hasAlarm(model: Model): boolean {
	const nowMs = Date.parse(model.clock());
	for (const { activity } of trainingsState(model).book.values()) {
		if (stateOf(activity) === "running" && alarmsOf(activity, nowMs).length > 0) return true;
	}
	return false;
}

export function hasLiveTraining(model: Model): boolean {
	return trainingsState(model).own.size > 0;
}
