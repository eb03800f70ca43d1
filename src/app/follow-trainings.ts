import { setTimeout as rest } from "node:timers/promises";
import type { TrainingRef, TrainingRow, TrainingUpdate } from "../domain/training-activity.js";
import { AssayError } from "../lib/errors.js";
import { rowOf } from "../store/training-activity.js";
import { readTraining, type TrainingReader, trainingRefs } from "./training-files.js";

const LIST_EVERY_MS = 1000;
const LOOK_EVERY_MS = 250;

/** Loops and trainings, those that go on first, then the newest first; trainings of a loop after it. */
export function listTrainings(workspace: string, nowMs: number = Date.now()): TrainingRow[] {
	const readers = new Map<string, TrainingReader>();
	try {
		return rowsNow(workspace, readers, nowMs);
	} finally {
		for (const reader of readers.values()) reader.close();
	}
}

/** The same, now and whenever one of them changed, whichever process works at it; until the signal fires. */
export async function* followTrainings(
	workspace: string,
	signal: AbortSignal,
	everyMs: number = LIST_EVERY_MS,
): AsyncGenerator<TrainingRow[]> {
	const readers = new Map<string, TrainingReader>();
	let told = "";
	try {
		while (!signal.aborted) {
			const rows = rowsNow(workspace, readers, Date.now());
			// The time that is left moves by itself and is no news.
			const text = JSON.stringify(rows, (key, value: unknown) => (key === "etaMs" ? undefined : value));
			if (text !== told) yield rows;
			told = text;
			await rest(everyMs, undefined, { signal }).catch(() => {});
		}
	} finally {
		for (const reader of readers.values()) reader.close();
	}
}

/** What one loop or training is and becomes, until the signal fires. */
export async function* followTraining(
	workspace: string,
	ref: TrainingRef,
	signal: AbortSignal,
	everyMs: number = LOOK_EVERY_MS,
): AsyncGenerator<TrainingUpdate> {
	const reader = readTraining(workspace, ref);
	try {
		while (!signal.aborted) {
			yield* reader.advance();
			await rest(everyMs, undefined, { signal }).catch(() => {});
		}
	} finally {
		reader.close();
	}
}

/** The one of that kind by its name, the start of one, or `latest`. Throws `usage`. */
export function trainingNamed(workspace: string, kind: TrainingRef["kind"], reference: string): TrainingRow {
	const rows = listTrainings(workspace).filter((row) => row.kind === kind);
	const word = kind === "loop" ? "loop" : "training";
	const newest = rows.toSorted((a, b) => ((a.startedAt ?? "") < (b.startedAt ?? "") ? 1 : -1)).slice(0, 1);
	const found = reference === "latest" ? newest : rows.filter(({ id }) => id.startsWith(reference));
	const exact = found.find(({ id }) => id === reference);
	const [only, ...others] = exact ? [exact] : found;
	if (only !== undefined && others.length === 0) return only;
	throw new AssayError(
		"usage",
		only === undefined
			? `no ${word} is called ${reference}`
			: `${reference} could be any of ${found.map(({ id }) => id).join(", ")}`,
		{ hint: `\`assay ${kind === "loop" ? "loop" : "train"} list\` shows those of this workspace` },
	);
}

function rowsNow(workspace: string, readers: Map<string, TrainingReader>, nowMs: number): TrainingRow[] {
	const refs = trainingRefs(workspace);
	const loopIds = new Set(refs.filter(({ kind }) => kind === "loop").map(({ id }) => id));
	const keys = new Set(refs.map(keyOf));
	for (const [key, reader] of readers) {
		if (keys.has(key)) continue;
		reader.close();
		readers.delete(key);
	}
	const rows = refs.map((ref) => {
		const reader = readers.get(keyOf(ref)) ?? readTraining(workspace, ref);
		readers.set(keyOf(ref), reader);
		reader.advance();
		return rowOf(ref, reader.activity, loopIds, nowMs);
	});
	return inOrder(rows);
}

const keyOf = ({ kind, id }: TrainingRef) => `${kind} ${id}`;

function inOrder(rows: readonly TrainingRow[]): TrainingRow[] {
	const newestFirst = rows.toSorted((a, b) => {
		const [live, other] = [a.state === "running", b.state === "running"];
		if (live !== other) return live ? -1 : 1;
		return (a.startedAt ?? "") < (b.startedAt ?? "") ? 1 : -1;
	});
	return newestFirst.flatMap((row) => {
		if (row.loopId !== null) return [];
		if (row.kind === "training") return [row];
		const own = rows.filter(({ loopId }) => loopId === row.id);
		return [row, ...own.toSorted((a, b) => ((a.startedAt ?? "") < (b.startedAt ?? "") ? -1 : 1))];
	});
}
