import { attemptOfLog, tailNameOf } from "../../src/domain/remote-activity.js";
import { stateOf } from "../../src/store/training-activity.js";
import { linkText } from "../text/remote-text.js";
import type { LogView } from "./log-state.js";
import { startLog } from "./log-view.js";
import type { Model } from "./model.js";
import { remoteOf, selectedTraining, trainingsState } from "./training-state.js";

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

/** Why what is here may not be all there is; null: it is, or it comes as it is written. */
export function whyBehind(model: Model, name: string): string | null {
	const wanted = attemptOfLog(name);
	if (wanted === null) return null;
	for (const { ref, activity } of trainingsState(model).book.values()) {
		if (ref.id !== wanted.id || activity.kind !== "training" || activity.training.remote === null) continue;
		const { remote } = activity.training;
		if (stateOf(activity) !== "running" || remote.run.attempt !== wanted.attempt) return null;
		const { text, level } = linkText(remote, true, Date.now());
		return level === "good" ? null : (text.split(/[;,:]/)[0] ?? text);
	}
	return null;
}
