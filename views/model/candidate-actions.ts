import { type CandidateView, selectCandidate, selectTask } from "../../src/store/select-run.js";
import { STATUS_SIGNS } from "../screens/glyphs.js";
import { type Model, tell } from "./model.js";
import { CANDIDATE_TABS, type CandidateTab } from "./state.js";

/** The candidate that the cursor is on; null before there is one. */
export function selectedCandidate(model: Model): CandidateView | null {
	const { run, boardTask, sample } = model.ui.getState();
	if (!run) return null;
	const state = run.store.getState().run;
	const task = selectTask(state, boardTask);
	return task ? selectCandidate(state, task.taskId, sample) : null;
}

export function moveTask(model: Model, by: number): void {
	const { run, boardTask } = model.ui.getState();
	if (!run) return;
	goToTask(model, boardTask + by);
}

export function goToTask(model: Model, index: number): void {
	const { run, sample } = model.ui.getState();
	const tasks = run?.store.getState().run.tasks ?? [];
	const boardTask = Math.max(0, Math.min(index, tasks.length - 1));
	const last = (tasks[boardTask]?.rows.length ?? 1) - 1;
	model.scroll.reset("candidate");
	model.ui.setState({ boardTask, sample: Math.max(0, Math.min(sample, last)), follows: false });
}

export function moveSample(model: Model, by: number): void {
	goToSample(model, model.ui.getState().sample + by);
}

export function goToSample(model: Model, index: number): void {
	const { run, boardTask } = model.ui.getState();
	const last = (run?.store.getState().run.tasks[boardTask]?.rows.length ?? 1) - 1;
	model.scroll.reset("candidate");
	model.ui.setState({ sample: Math.max(0, Math.min(index, last)), follows: false });
}

export function moveTab(model: Model, by: number): void {
	const at = CANDIDATE_TABS.indexOf(model.ui.getState().tab);
	const tab = CANDIDATE_TABS[(at + by + CANDIDATE_TABS.length) % CANDIDATE_TABS.length];
	if (tab) showTab(model, tab);
}

export function showTab(model: Model, tab: CandidateTab): void {
	model.scroll.reset("candidate");
	model.ui.setState({ tab });
}

/** Marks the candidate that others are compared with, or takes the mark away. */
export function toggleCandidateMark(model: Model): void {
	const candidate = selectedCandidate(model);
	if (!candidate) return;
	const was = model.ui.getState().markedCandidate;
	const isMarked = was?.taskId === candidate.taskId && was.sampleIndex === candidate.sampleIndex;
	const { taskId, sampleIndex } = candidate;
	model.ui.setState({ markedCandidate: isMarked ? null : { taskId, sampleIndex } });
	tell(model, "note", isMarked ? "mark taken away" : `#${sampleIndex} marked: the diff tab compares with it`);
}

/** Lets the user choose what the diff tab compares with. */
export function pickDiffBase(model: Model): void {
	const { run, boardTask, sample } = model.ui.getState();
	const state = run?.store.getState().run;
	const task = state ? selectTask(state, boardTask) : null;
	if (!state || !task) return;
	const choose = (sampleIndex: number | null) => () => {
		model.scroll.reset("candidate");
		const markedCandidate = sampleIndex === null ? null : { taskId: task.taskId, sampleIndex };
		model.ui.setState({ markedCandidate, tab: "diff", dialog: null });
	};
	const others = task.rows
		.map((_, sampleIndex) => selectCandidate(state, task.taskId, sampleIndex))
		.filter((other) => other !== null && other.sampleIndex !== sample && other.verdict !== null);
	const items = [
		{ label: "starter code", detail: "what the task gives", onPick: choose(null) },
		...others.flatMap((other) =>
			other ? [{ label: `#${other.sampleIndex}`, detail: describe(other), onPick: choose(other.sampleIndex) }] : [],
		),
	];
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "pick", title: `Compare #${sample} with`, items, position: 0, empty: "" } });
}

function describe({ verdict }: CandidateView): string {
	if (!verdict) return "";
	const { glyph, word } = STATUS_SIGNS[verdict.status];
	return `${glyph} ${word}  ${verdict.passed}/${verdict.total} tests`;
}
