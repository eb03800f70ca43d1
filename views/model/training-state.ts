import type { HostRow } from "../../src/domain/host-activity.js";
import type { TrainingRow } from "../../src/domain/training-activity.js";
import type { RemoteActivity } from "../../src/store/remote-activity.js";
import { parseFilter } from "../../src/store/row-filter.js";
import {
	alarmsOf,
	keyOfTraining,
	stateOf,
	type TrainingActivity,
	type TrainingBook,
	trainingRows,
} from "../../src/store/training-activity.js";
import type { Model } from "./model.js";

export type TrainingPane = "trainings" | "training" | "hosts";
export const SMOOTHINGS = [0.6, 0.9, 0] as const;
export const TRAINING_SORTS = ["newest", "name", "state", "score", "alarms"] as const;
export type TrainingSort = (typeof TRAINING_SORTS)[number];
export const AXES = ["step", "time", "tokens"] as const;

/** What the screen of trainings keeps. */
export interface TrainingsState {
	pane: TrainingPane;
	book: TrainingBook;
	reading: "reading" | "read" | { error: string };
	position: number;
	/** Words that a row must have. */
	filter: string;
	sort: TrainingSort;
	/** Weight of the past in the lines that are drawn strong. */
	smoothing: (typeof SMOOTHINGS)[number];
	axis: (typeof AXES)[number];
	/** Those that were started here and have not ended. */
	own: ReadonlySet<string>;
	/** Ids of those on other machines that are followed from here. */
	followed: ReadonlySet<string>;
	/** null: they were not read yet. */
	hosts: readonly HostRow[] | { error: string } | null;
	host: number;
	/** Names of hosts that are being looked at. */
	checking: ReadonlySet<string>;
}

const states = new WeakMap<Model, TrainingsState>();
const FRESH: TrainingsState = {
	pane: "trainings",
	book: new Map(),
	reading: "reading",
	position: 0,
	filter: "",
	sort: "newest",
	smoothing: 0.6,
	axis: "step",
	own: new Set(),
	followed: new Set(),
	hosts: null,
	host: 0,
	checking: new Set(),
};

export function trainingsState(model: Model): TrainingsState {
	return states.get(model) ?? FRESH;
}

export function changeTrainings(model: Model, change: Partial<TrainingsState>): void {
	states.set(model, { ...trainingsState(model), ...change });
	model.changed();
}

export function shownTrainings(model: Model): TrainingRow[] {
	const { book, filter, sort, followed } = trainingsState(model);
	const rows = trainingRows(book, Date.parse(model.clock())).map((row) => {
		const isBeingStarted = followed.has(row.id) && isPrepared(book.get(keyOfTraining(row))?.activity);
		return isBeingStarted ? { ...row, state: "running" as const } : row;
	});
	return arranged(rows, filter, sort);
}

/** Recorded here, and not yet started on its host. */
function isPrepared(activity: TrainingActivity | undefined): boolean {
	return activity?.kind === "training" && activity.training.remote?.run.last.state.state === "prepared";
}

export function countTrainings(model: Model): number {
	return trainingsState(model).book.size;
}

/** The newest first with the trainings of a loop below it, or by what a column says. */
function arranged(rows: readonly TrainingRow[], filter: string, sort: TrainingSort): TrainingRow[] {
	const terms = parseFilter(filter);
	const shown = rows.filter(({ id, kind, method, state, stage, alarms }) => {
		const words = [id, kind, method, state, stage ?? "", ...alarms.map(({ name }) => name)].join(" ").toLowerCase();
		return terms.every((term) => term.isIn(words) !== term.isNegated);
	});
	return sort === "newest" ? shown : shown.toSorted((a, b) => ORDERS[sort](a, b));
}

const ORDERS: Record<Exclude<TrainingSort, "newest">, (a: TrainingRow, b: TrainingRow) => number> = {
	name: (a, b) => (a.id < b.id ? -1 : 1),
	state: (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state),
	score: (a, b) => (b.score?.value ?? Number.NEGATIVE_INFINITY) - (a.score?.value ?? Number.NEGATIVE_INFINITY),
	alarms: (a, b) => b.alarms.length - a.alarms.length,
};
const STATES = ["running", "interrupted", "finished", "unreadable"];

export function selectedTraining(model: Model): TrainingRow | null {
	return shownTrainings(model)[trainingsState(model).position] ?? null;
}

export function activityOf(model: Model): TrainingActivity | null {
	const row = selectedTraining(model);
	return (row && trainingsState(model).book.get(keyOfTraining(row))?.activity) ?? null;
}

/** Of the selected training; null: this machine trains. */
export function remoteOf(model: Model): RemoteActivity | null {
	const activity = activityOf(model);
	return activity?.kind === "training" ? activity.training.remote : null;
}

export function shownHosts(model: Model): readonly HostRow[] {
	const { hosts } = trainingsState(model);
	return Array.isArray(hosts) ? hosts : [];
}

export function selectedHost(model: Model): HostRow | null {
	return shownHosts(model)[trainingsState(model).host] ?? null;
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
