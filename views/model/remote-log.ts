import { tailNameOf } from "../../src/domain/remote-activity.js";
import type { LogView } from "./log-state.js";
import { startLog } from "./log-view.js";
import type { Model } from "./model.js";
import { remoteOf, selectedTraining } from "./training-state.js";

const tails = new WeakMap<Model, LogView>();

/** The end of the selected training's log, as it grows; null: no other machine trains it. Follows one at a time. */
export function logTail(model: Model): LogView | null {
	const [row, remote] = [selectedTraining(model), remoteOf(model)];
	const name = row === null || remote === null ? null : tailNameOf(row.id, remote.run.attempt);
	const known = tails.get(model);
	if (known !== undefined && known.runId === name) return known;
	known?.close();
	tails.delete(model);
	if (name === null) return null;
	const log = startLog(model, name);
	tails.set(model, log);
	return log;
}

/** Its lines in words, or as they stand in the file. */
export function toggleRawTail(model: Model): void {
	const log = logTail(model);
	if (log === null) return;
	log.isRaw = !log.isRaw;
	model.changed();
}
