import type { RemoteEvent } from "../domain/remote-run.js";
import type { TrainingRef, TrainingUpdate } from "../domain/training-activity.js";
import type { NewsFeed } from "./news-feed.js";

export const refOfRemote = (id: string): TrainingRef => ({ kind: "training", id });

/** What happens to a training on another machine, for whoever shows it. */
export function tellRemote(feed: NewsFeed, event: RemoteEvent): void {
	const update = updateOf(event);
	if (update === null) feed.wake();
	else feed.tell({ ref: refOfRemote(event.id), update });
}

/** null: files tell it. */
function updateOf(event: RemoteEvent): TrainingUpdate | null {
	switch (event.type) {
		case "link.changed": {
			const { type: _type, id: _id, ...link } = event;
			return { kind: "link", link, atMs: Date.now() };
		}
		case "disk.free":
			return { kind: "disk", freeBytes: event.bytes };
		case "mirror.restarted": {
			const { file, why, came, aside } = event;
			return { kind: "broken", file, why, came, aside };
		}
		case "transfer.progress":
			return { kind: "transfer", direction: event.direction, bytes: event.bytes, total: event.total };
		case "mirror.proved": {
			const { type: _type, id: _id, ...proof } = event;
			return { kind: "proved", ...proof };
		}
		default:
			return null;
	}
}
