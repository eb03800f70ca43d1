import type { RunEvent } from "../../src/domain/events.js";
import type { Status } from "../../src/domain/verdict.js";
import { type Model, tellError } from "./model.js";

/** Older runs of this many are looked through for the results of a task at the start. */
const RUNS = 8;
const MOST_SAMPLES = 3000;
/** Samples whose status is kept. */
export const SHOWN_SAMPLES = 12;

/** Fills what the task list says of earlier runs. */
export async function loadTaskResults(model: Model): Promise<void> {
	const rows = model.ui
		.getState()
		.runRows.filter((row) => !row.recorded && row.sampleCount <= MOST_SAMPLES)
		.slice(0, RUNS);
	for (const row of rows.reverse()) {
		const note = noteTaskResults(model);
		try {
			for await (const event of model.workbench.readEvents(row.runId, model.signal)) note(event);
		} catch (error) {
			tellError(model, `run ${row.runId}`, error);
		}
	}
}

/** Takes the events of one run, in their order. */
export function noteTaskResults(model: Model): (event: RunEvent) => void {
	const statuses = new Map<string, (Status | null)[]>();
	return (event) => {
		if (event.type === "verdict.recorded" && event.sampleIndex < SHOWN_SAMPLES) {
			const own = statuses.get(event.taskId) ?? [];
			while (own.length < event.sampleIndex) own.push(null);
			own[event.sampleIndex] = event.verdict.status;
			statuses.set(event.taskId, own);
		}
		if (event.type !== "task.finished") return;
		const { taskId, runId, accepted, n } = event;
		const before = model.taskResults.get(taskId);
		// A run that was resumed finishes a task again.
		const earlier = before?.runId === runId ? before.shares.slice(0, -1) : (before?.shares ?? []);
		const shares = [...earlier, n === 0 ? 0 : accepted / n].slice(-RUNS);
		model.taskResults.set(taskId, { runId, accepted, n, statuses: statuses.get(taskId) ?? [], shares });
		model.changed();
	};
}
