import { hostsOf } from "../domain/hosts-of-run.js";
import { stepsOf } from "../domain/job-counts.js";
import type {
	Alarm,
	TrainingNews,
	TrainingRef,
	TrainingRow,
	TrainingRowState,
	TrainingUpdate,
} from "../domain/training-activity.js";
import { loopAlarms } from "./loop-alarms.js";
import { emptyLoop, iterationsDone, type LoopState, loopEtaMs, reduceLoop, stageNow } from "./loop-state.js";
import { reduceRemote } from "./remote-activity.js";
import { trainingAlarms } from "./training-alarms.js";
import {
	addEvents,
	addSamples,
	emptyMetrics,
	lastOf,
	type TrainingMetrics,
	trainingEtaMs,
} from "./training-metrics.js";

/** What is known of a loop or of a training; `unreadable`: why nothing is. */
export type TrainingActivity =
	| { kind: "loop"; loop: LoopState }
	| { kind: "training"; training: TrainingMetrics }
	| { kind: "unreadable"; text: string };

function emptyActivity(kind: TrainingRef["kind"]): TrainingActivity {
	return kind === "loop" ? { kind, loop: emptyLoop() } : { kind, training: emptyMetrics() };
}

function reduceActivity(activity: TrainingActivity, update: TrainingUpdate): TrainingActivity {
	if (update.kind === "unreadable") return { kind: "unreadable", text: update.text };
	switch (activity.kind) {
		case "loop":
			return { kind: "loop", loop: reduceLoop(activity.loop, update) };
		case "training":
			return { kind: "training", training: reduceTraining(activity.training, update) };
		case "unreadable":
			return activity;
	}
}

function reduceTraining(training: TrainingMetrics, update: TrainingUpdate): TrainingMetrics {
	switch (update.kind) {
		case "training":
			return { ...training, job: update.job, total: stepsOf(update.job) };
		case "restarted":
			return {
				...emptyMetrics(),
				job: training.job,
				remote: training.remote,
				total: training.total,
				state: training.state,
			};
		case "remote":
		case "gpus":
		case "said":
		case "link":
		case "transfer":
		case "disk":
		case "broken":
		case "logEnd":
		case "proved":
			return { ...training, remote: reduceRemote(training.remote, update) };
		case "state":
			return { ...training, state: update.state };
		case "measured":
			return addEvents(training, update.events);
		case "samples":
			return addSamples(training, update.samples);
		default:
			return training;
	}
}

/** What is wrong with it. */
export function alarmsOf(activity: TrainingActivity, nowMs: number): Alarm[] {
	if (activity.kind === "unreadable") return [];
	return activity.kind === "loop" ? loopAlarms(activity.loop, nowMs) : trainingAlarms(activity.training, nowMs);
}

export function stateOf(activity: TrainingActivity): TrainingRowState {
	if (activity.kind === "unreadable") return "unreadable";
	return activity.kind === "loop" ? activity.loop.state : activity.training.state;
}

/** All loops and trainings of a workspace, by kind and name. */
export type TrainingBook = ReadonlyMap<string, { ref: TrainingRef; activity: TrainingActivity }>;

export const keyOfTraining = ({ kind, id }: TrainingRef) => `${kind} ${id}`;

/** What its files tell first. */
const BEGINNINGS: ReadonlySet<string> = new Set<TrainingUpdate["kind"]>([
	...(["loop", "training", "remote", "measured", "state", "happened", "unreadable"] as const),
]);

export function addNews(book: TrainingBook, { ref, update }: TrainingNews): TrainingBook {
	const next = new Map(book);
	const key = keyOfTraining(ref);
	if (update.kind === "gone") next.delete(key);
	// What is told on the way of one that may never begin makes no row of it.
	else if (book.has(key) || BEGINNINGS.has(update.kind)) {
		const activity = book.get(key)?.activity ?? emptyActivity(ref.kind);
		next.set(key, { ref, activity: reduceActivity(activity, update) });
	}
	return next;
}

/** Those that go on first, then the newest first; trainings of a loop after it. */
export function trainingRows(book: TrainingBook, nowMs: number): TrainingRow[] {
	const loopIds = new Set([...book.values()].flatMap(({ ref }) => (ref.kind === "loop" ? [ref.id] : [])));
	const rows = [...book.values()].map(({ ref, activity }) => rowOf(ref, activity, loopIds, nowMs));
	const ageOf = ({ startedAt }: TrainingRow) => startedAt ?? "";
	const ordered = rows.toSorted((a, b) => {
		const [live, other] = [a.state === "running", b.state === "running"];
		if (live !== other) return live ? -1 : 1;
		return ageOf(a) < ageOf(b) ? 1 : -1;
	});
	return ordered.flatMap((row) => {
		if (row.loopId !== null) return [];
		if (row.kind === "training") return [row];
		const own = rows.filter(({ loopId }) => loopId === row.id);
		return [row, ...own.toSorted((a, b) => (ageOf(a) < ageOf(b) ? -1 : 1))];
	});
}

/** One line of a list. `loopIds`: loops that a training may belong to. */
function rowOf(ref: TrainingRef, activity: TrainingActivity, loopIds: ReadonlySet<string>, nowMs: number): TrainingRow {
	switch (activity.kind) {
		case "loop":
			return loopRow(ref, activity.loop, nowMs);
		case "training":
			return trainingRow(ref, activity.training, loopIds, nowMs);
		case "unreadable":
			return { ...ref, ...UNKNOWN, state: "unreadable" };
	}
}

const UNKNOWN: Omit<TrainingRow, keyof TrainingRef | "state"> = {
	method: "",
	host: null,
	loopId: null,
	startedAt: null,
	changedAt: null,
	seenAt: null,
	done: 0,
	total: 0,
	stage: null,
	etaMs: null,
	score: null,
	alarms: [],
};

function loopRow(ref: TrainingRef, loop: LoopState, nowMs: number): TrainingRow {
	const stage = stageNow(loop);
	const last = loop.scores.at(-1);
	return {
		...ref,
		method: loop.plan?.method ?? "",
		host: loop.plan?.remote?.host ?? null,
		loopId: null,
		state: loop.state,
		startedAt: isoOf(loop.startedAtMs),
		changedAt: isoOf(loop.changedAtMs),
		seenAt: null,
		done: iterationsDone(loop),
		total: loop.plan?.iterations ?? 0,
		stage: stage && `${stage.iteration} ${stage.stage}`,
		etaMs: loopEtaMs(loop, nowMs),
		score: last ? { name: "pass@1", value: last.passAt1.value } : null,
		alarms: loopAlarms(loop, nowMs),
	};
}

const SCORES = ["eval/reward", "eval/auc", "eval/loss", "reward", "loss"];

function trainingRow(
	ref: TrainingRef,
	training: TrainingMetrics,
	loopIds: ReadonlySet<string>,
	nowMs: number,
): TrainingRow {
	const loopId = ref.id.slice(0, ref.id.lastIndexOf("-"));
	const name = SCORES.find((known) => lastOf(training, known) !== null);
	const value = name === undefined ? null : lastOf(training, name);
	return {
		...ref,
		method: training.job?.method ?? training.importedFrom ?? "",
		host: training.remote && hostsOf(training.remote.run),
		loopId: loopIds.has(loopId) ? loopId : null,
		state: training.state,
		startedAt:
			training.startedAt === null ? (training.remote?.run.createdAt ?? null) : isoOf(training.startedAt * 1000),
		changedAt: isoOf(training.lastAt === null ? null : training.lastAt * 1000),
		seenAt: training.remote?.run.last.seenAt ?? null,
		done: training.step,
		total: training.total ?? 0,
		stage: training.state === "running" ? "training" : null,
		etaMs: trainingEtaMs(training),
		score: name === undefined || value === null ? null : { name, value },
		alarms: trainingAlarms(training, nowMs),
	};
}

function isoOf(ms: number | null): string | null {
	return ms === null ? null : new Date(ms).toISOString();
}
