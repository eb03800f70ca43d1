import { isEphemeral } from "../domain/ephemeral.js";
import type { RunEvent } from "../domain/events.js";
import { STATUSES } from "../domain/statuses.js";
import { passAtK } from "../stats/pass-at-k.js";
import { addCandidate, NO_VERDICT, setVerdict } from "./candidate-columns.js";
import { addSpent, addText, dropText, endGeneration, noteFailure } from "./run-generation.js";
import { PASS_KS, RATE_WINDOW, type RunState, type TaskProgress } from "./run-state.js";
import { noteOutcome, noteStart, noteVerdict } from "./run-trends.js";
import { type Stage, stageAfter, stageCode } from "./stage.js";
import { addStep, beginTrace } from "./traces.js";

/**
 * The only thing that turns events into state, for live runs and for replays. It changes `state` in place, raises its
 * version, and costs O(1) an event (a verdict: O(accepted candidates of its task)). A logged event that was seen
 * before is ignored, so a listener may be handed the same beginning twice.
 */
export function reduce(state: RunState, event: RunEvent): RunState {
	if (!isEphemeral(event.type)) {
		if (event.seq <= state.lastSeq) return state;
		state.missedEvents += event.seq - state.lastSeq - 1;
		state.lastSeq = event.seq;
	}
	state.version++;
	state.runId = event.runId;
	const at = Date.parse(event.at);
	if (Number.isFinite(at)) state.lastAtMs = at;
	apply(state, event, at);
	return state;
}

function apply(state: RunState, event: RunEvent, at: number): void {
	switch (event.type) {
		case "run.planned":
			state.phase = "planned";
			state.command = event.command;
			state.config = event.config;
			state.taskCount = event.taskCount;
			state.plannedCandidates = event.candidateCount;
			return;
		case "run.started":
			state.phase = "running";
			state.sandbox = event.sandbox;
			// Verdicts of an earlier start are in the same log; only those that are not have to be added.
			state.resumed = Math.max(0, event.resumed - state.judged);
			state.rateFrom = state.judged;
			state.message = null;
			state.finished = null;
			state.startedAtMs = at;
			noteStart(state.trends, at);
			return;
		case "run.finished":
			state.phase = event.outcome;
			endGeneration(state.generation);
			state.message = event.message;
			state.finished = {
				passAtK: event.passAtK,
				wallTimeMs: event.wallTimeMs,
				samplesPerSecond: event.samplesPerSecond,
			};
			return;
		case "task.started": {
			const task = taskOf(state, event.taskId);
			task.title = event.title;
			task.expected = event.candidateCount;
			for (let i = 0; i < event.candidateCount; i++) rowOf(state, event.taskId, i);
			return;
		}
		case "task.widened": {
			const { taskId, why, from, to } = event;
			taskOf(state, taskId).beyond = { why, expected: to - from, n: 0, accepted: 0 };
			if (state.plannedCandidates !== null) state.plannedCandidates += to - from;
			for (let i = from; i < to; i++) rowOf(state, taskId, i);
			return;
		}
		case "task.finished":
			taskOf(state, event.taskId).finished = true;
			return;
		case "task.picked":
			taskOf(state, event.taskId).picked = { selector: event.selector, samples: event.samples };
			return;
		case "candidate.started": {
			const row = rowOf(state, event.taskId, event.sampleIndex);
			dropText(state.generation, row);
			if (state.command === "debug") beginTrace(state.traces, event);
			move(state, row, "generating");
			return;
		}
		case "candidate.generated": {
			const row = rowOf(state, event.taskId, event.sampleIndex);
			state.candidates.generateMs[row] = event.wallTimeMs;
			state.candidates.codeBytes[row] = event.codeBytes;
			state.candidates.backend[row] = state.candidates.backendTexts.codeOf(event.backend);
			dropText(state.generation, row);
			move(state, row, "waiting");
			return;
		}
		case "candidate.failed": {
			const row = rowOf(state, event.taskId, event.sampleIndex);
			noteFailure(state.generation, row, event);
			move(state, row, "failed");
			return;
		}
		case "candidate.skipped":
			move(state, rowOf(state, event.taskId, event.sampleIndex), "skipped");
			return;
		case "spend.recorded":
			addSpent(state.generation, event);
			return;
		case "step.recorded":
			// The next completion of a loop is another text.
			dropText(state.generation, rowOf(state, event.taskId, event.sampleIndex));
			addStep(state.traces, event);
			return;
		case "phase.finished":
			move(state, rowOf(state, event.taskId, event.sampleIndex), stageAfter(event.phase, event.result));
			return;
		case "verdict.recorded":
			recordVerdict(state, event, at);
			return;
		case "reward.recorded":
			state.candidates.rewards[rowOf(state, event.taskId, event.sampleIndex)] = event.rewards;
			return;
		case "alert.raised":
			state.alerts.set(event.id, event);
			return;
		case "alert.cleared":
			state.alerts.delete(event.id);
			return;
		case "run.progress":
			if (state.phase === "running") state.generation.progress = event.generation;
			return;
		case "candidate.asked": {
			const row = rowOf(state, event.taskId, event.sampleIndex);
			if (state.candidates.stage[row] === stageCode("generating")) state.generation.prompts.set(row, event.prompt);
			return;
		}
		case "candidate.delta": {
			const row = rowOf(state, event.taskId, event.sampleIndex);
			if (state.candidates.stage[row] === stageCode("generating")) addText(state.generation, row, event.text);
			return;
		}
	}
}

function recordVerdict(state: RunState, event: Extract<RunEvent, { type: "verdict.recorded" }>, at: number): void {
	const row = rowOf(state, event.taskId, event.sampleIndex);
	const columns = state.candidates;
	if (columns.status[row] !== NO_VERDICT) return;
	dropText(state.generation, row);
	setVerdict(columns, row, event.verdict);
	columns.rolloutOffset[row] = event.rollout.offset;
	columns.rolloutBytes[row] = event.rollout.bytes;
	move(state, row, "judged");
	const { status } = event.verdict;
	const code = STATUSES.indexOf(status);
	state.statusCounts[code] = (state.statusCounts[code] ?? 0) + 1;
	state.verdictTimes[state.judged % RATE_WINDOW] = at;
	state.judged++;
	noteVerdict(state.trends, event.verdict, at);
	if (event.verdict.cached) state.cached++;
	if (event.sameAs !== null) state.duplicates++;
	if (event.verdict.harness === "in_guest") state.inGuest++;
	const task = taskOf(state, event.taskId);
	if (status === "judge_error") task.judgeErrors++;
	else if (!event.beyondN) countForPass(state, task, status === "accepted");
	else if (task.beyond !== null) {
		task.beyond.n++;
		if (status === "accepted") task.beyond.accepted++;
	}
}

function countForPass(state: RunState, task: TaskProgress, accepted: boolean): void {
	PASS_KS.forEach((k, i) => {
		const before = task.n >= k ? passAtK(task.n, task.accepted, k) : 0;
		if (task.n + 1 < k) return;
		const now = passAtK(task.n + 1, task.accepted + (accepted ? 1 : 0), k);
		state.passSums[i] = (state.passSums[i] ?? 0) + now - before;
		if (task.n + 1 === k) state.passTasks[i] = (state.passTasks[i] ?? 0) + 1;
	});
	const before = { n: task.n, accepted: task.accepted };
	task.n++;
	if (accepted) task.accepted++;
	noteOutcome(state.trends, before, task);
}

function taskOf(state: RunState, taskId: string): TaskProgress {
	const known = state.taskIndex.get(taskId);
	const existing = known === undefined ? undefined : state.tasks[known];
	if (existing) return existing;
	const task: TaskProgress = {
		taskId,
		title: taskId,
		expected: 0,
		rows: [],
		n: 0,
		accepted: 0,
		judgeErrors: 0,
		beyond: null,
		finished: false,
		picked: null,
	};
	state.taskIndex.set(taskId, state.tasks.length);
	state.tasks.push(task);
	return task;
}

function rowOf(state: RunState, taskId: string, sampleIndex: number): number {
	const task = taskOf(state, taskId);
	const known = task.rows[sampleIndex];
	if (known !== undefined && known >= 0) return known;
	while (task.rows.length < sampleIndex) task.rows.push(-1);
	const row = addCandidate(state.candidates, state.taskIndex.get(taskId) ?? 0, sampleIndex);
	task.rows[sampleIndex] = row;
	const queued = stageCode("queued");
	state.stageCounts[queued] = (state.stageCounts[queued] ?? 0) + 1;
	return row;
}

/** A candidate that has its verdict stays judged, whatever comes late. */
function move(state: RunState, row: number, stage: Stage): void {
	const from = state.candidates.stage[row] ?? 0;
	if (from === stageCode("judged")) return;
	const to = stageCode(stage);
	state.stageCounts[from] = (state.stageCounts[from] ?? 1) - 1;
	state.stageCounts[to] = (state.stageCounts[to] ?? 0) + 1;
	state.candidates.stage[row] = to;
}
