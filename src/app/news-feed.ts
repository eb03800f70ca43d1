import { setTimeout as rest } from "node:timers/promises";
import type { TrainingNews } from "../domain/training-activity.js";

/** What work in this process tells of trainings, beside what is written of them. */
export interface NewsFeed {
	tell(news: TrainingNews): void;
	/** Something was written: whoever reads files may look at once. */
	wake(): void;
	listen(): NewsListener;
}

export interface NewsListener {
	/** What came since the last call. */
	take(): TrainingNews[];
	/** Resolves as soon as there is something, or after so long, or when the signal fires. */
	changed(withinMs: number, signal: AbortSignal): Promise<void>;
	close(): void;
}

export function createNewsFeed(): NewsFeed {
	const listeners = new Set<{ waiting: TrainingNews[]; wake: () => void }>();
	return {
		tell(news) {
			for (const listener of listeners) {
				listener.waiting.push(news);
				listener.wake();
			}
		},
		wake() {
			for (const listener of listeners) listener.wake();
		},
		listen() {
			const own = { waiting: [] as TrainingNews[], wake: () => {} };
			let isNew = false;
			own.wake = () => {
				isNew = true;
			};
			listeners.add(own);
			return {
				take: () => own.waiting.splice(0),
				async changed(withinMs, signal) {
					const come = new AbortController();
					own.wake = () => {
						isNew = true;
						come.abort();
					};
					if (!isNew) {
						const either = AbortSignal.any([signal, come.signal]);
						await rest(withinMs, undefined, { signal: either }).catch(() => {});
					}
					isNew = false;
				},
				close: () => listeners.delete(own),
			};
		},
	};
}
