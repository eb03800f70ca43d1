import { selectedCandidate } from "./candidate-actions.js";
import { type Model, tell } from "./model.js";
import { openRunAt, type Place } from "./run-actions.js";
import type { UiState } from "./state.js";
import { selectedTask, taskMoved } from "./task-actions.js";

type Panes = Pick<UiState, "screen" | "taskPane" | "runPane" | "tab">;

interface Spot extends Panes {
	taskId: string | null;
	runId: string | null;
	candidate: Place | null;
}

interface JumpList {
	back: Spot[];
	forward: Spot[];
	last: Spot | null;
	/** Where a jump leads to; a run may still have to be read. */
	goingTo: string | null;
}

const KEPT = 50;
const lists = new WeakMap<Model, JumpList>();

function listOf(model: Model): JumpList {
	const list = lists.get(model) ?? { back: [], forward: [], last: null, goingTo: null };
	lists.set(model, list);
	return list;
}

/** To be called around every key: remembers the spot that was left when another screen or run has come up. */
export function noteSpot(model: Model): void {
	const list = listOf(model);
	const now = spotOf(model);
	const left = list.last;
	if (list.goingTo !== null && left && nameOf(now) !== list.goingTo && nameOf(now) === nameOf(left)) return;
	const isJump = list.goingTo === nameOf(now);
	list.goingTo = null;
	list.last = now;
	if (isJump || !left || nameOf(left) === nameOf(now)) return;
	list.back = [...list.back.slice(1 - KEPT), left];
	list.forward = [];
}

export function jump(model: Model, direction: "back" | "forward"): void {
	const list = listOf(model);
	const spot = list[direction].pop();
	if (!spot) {
		tell(model, "note", direction === "back" ? "there is nothing further back" : "there is nothing further on");
		return;
	}
	list[direction === "back" ? "forward" : "back"].push(spotOf(model));
	list.goingTo = nameOf(spot);
	goTo(model, spot);
}

/** Spots with the same name are one place: moving within it is no jump. */
const nameOf = ({ screen, runId }: Spot) => (screen === 2 ? `2 ${runId}` : String(screen));

function spotOf(model: Model): Spot {
	const { screen, taskPane, runPane, tab, run } = model.ui.getState();
	const candidate = run ? selectedCandidate(model) : null;
	return {
		...{ screen, taskPane, runPane, tab },
		taskId: selectedTask(model)?.id ?? null,
		runId: run?.runId ?? null,
		candidate: candidate && { taskId: candidate.taskId, sampleIndex: candidate.sampleIndex },
	};
}

function goTo(model: Model, { taskId, runId, candidate, ...panes }: Spot): void {
	const { run } = model.ui.getState();
	if (panes.screen === 2 && runId !== null && run?.runId !== runId) {
		openRunAt(model, runId, candidate);
		return;
	}
	model.ui.setState({ ...panes, zoomed: false, dialog: null });
	if (panes.screen !== 1 || taskId === null) return;
	model.tasks.goToId(taskId);
	taskMoved(model);
}
