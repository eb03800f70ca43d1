import { setTimeout as rest } from "node:timers/promises";
import type { TrainingNews, TrainingReader } from "../domain/training-activity.js";
import { AssayError } from "../lib/errors.js";
import { createNewsFeed, type NewsFeed } from "./news-feed.js";
import { readTraining, trainingRefs } from "./training-files.js";

/** Some system calls as often cost little. */
const LOOK_EVERY_MS = 500;
/** However fast a log grows. */
const LEAST_REST_MS = 50;

/** Whether a name, or the start of one, is that of a training and not of a run; `latest` is that of a run. */
export function isTraining(workspace: string, reference: string): boolean {
	if (reference === "latest") return false;
	return trainingRefs(workspace).some(({ kind, id }) => kind === "training" && id.startsWith(reference));
}

/** Everything that is written of the loops and trainings of a workspace, once. */
export function* readTrainings(workspace: string): Generator<TrainingNews> {
	const readers = new Map<string, TrainingReader>();
	try {
		yield* newsOf(workspace, readers);
	} finally {
		for (const reader of readers.values()) reader.close();
	}
}

/**
 * The same, and what comes, whichever process writes it, with what this one tells; until the signal fires. null: all that was
 * there has been told.
 */
export async function* followTrainings(
	workspace: string,
	signal: AbortSignal,
	{ everyMs = LOOK_EVERY_MS, feed = createNewsFeed() }: { everyMs?: number; feed?: NewsFeed } = {},
): AsyncGenerator<TrainingNews | null> {
	const readers = new Map<string, TrainingReader>();
	const listener = feed.listen();
	try {
		for (let isFirst = true; !signal.aborted; isFirst = false) {
			yield* newsOf(workspace, readers);
			if (isFirst) yield null;
			yield* listener.take();
			await rest(Math.min(LEAST_REST_MS, everyMs), undefined, { signal }).catch(() => {});
			await listener.changed(everyMs, signal);
		}
	} finally {
		listener.close();
		for (const reader of readers.values()) reader.close();
	}
}

function* newsOf(workspace: string, readers: Map<string, TrainingReader>): Generator<TrainingNews> {
	const refs = trainingRefs(workspace);
	const keys = new Set(refs.map((ref) => JSON.stringify(ref)));
	for (const [key, reader] of readers) {
		if (keys.has(key)) continue;
		reader.close();
		readers.delete(key);
		yield { ref: JSON.parse(key), update: { kind: "gone" } };
	}
	for (const ref of refs) {
		const key = JSON.stringify(ref);
		const reader = readers.get(key) ?? readTraining(workspace, ref);
		readers.set(key, reader);
		try {
			for (const update of reader.advance()) yield { ref, update };
		} catch (error) {
			// One that was damaged, or written by another version, takes none of the others away.
			if (!(error instanceof AssayError)) throw error;
			reader.close();
			readers.set(key, { *advance() {}, close() {} });
			const text = error.hint === null ? error.message : `${error.message} · ${error.hint}`;
			yield { ref, update: { kind: "unreadable", text } };
		}
	}
}
