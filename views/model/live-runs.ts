import type { RunHandle, StartRunOptions } from "../../src/app/workbench.js";
import type { RunRow } from "../../src/domain/run-row.js";
import { createRunStore } from "../../src/store/run-store.js";
import { plural } from "../text/format.js";
import { resumeCommand, runCommand } from "./commands.js";
import { logCommand, type Model, tell, tellError } from "./model.js";
import { loadRuns, repeatable, showRun } from "./run-actions.js";
import type { OpenRun } from "./state.js";
import { noteTaskResults } from "./task-results.js";
import { followTraces, isDebugRun, showTracesOf } from "./trace-sources.js";

/** Starts a run and shows it. */
export function startRun(model: Model, options: StartRunOptions): void {
	goLive(model, options, () => model.workbench.startRun(options));
}

/** Goes on with a run that was interrupted or cancelled, or that failed, and shows it. */
export function resumeRun(model: Model, runId: string): void {
	if (!canResume(model, runId)) return;
	tell(model, "note", `going on with ${runId}; nothing is judged twice`);
	goLive(model, null, () => model.workbench.resumeRun(runId));
}

const UNFINISHED: readonly RunRow["outcome"][] = ["interrupted", "cancelled", "failed"];

export function canResume(model: Model, runId: string | null): boolean {
	const { runRows, liveRuns } = model.ui.getState();
	const own = liveRuns.find((run) => run.runId === runId);
	// Of one that was started here more is known than the last look at the disk tells.
	if (runId === null || own) return own?.ended === true && own.store.getState().run.phase !== "completed";
	const row = runRows.find((known) => known.runId === runId);
	return row !== undefined && !row.recorded && row.command !== "verify" && UNFINISHED.includes(row.outcome);
}

function goLive(model: Model, options: StartRunOptions | null, begin: () => RunHandle): void {
	let handle: RunHandle;
	try {
		handle = begin();
	} catch (error) {
		tellError(model, "the run could not start", error);
		return;
	}
	const store = createRunStore();
	const run: OpenRun = {
		runId: null,
		store,
		handle,
		replay: null,
		bookmarks: [],
		ended: false,
		options,
		cancelling: false,
	};
	store.subscribe(model.changed);
	const noteResults = noteTaskResults(model);
	model.ui.setState((was) => ({ liveRuns: [run, ...was.liveRuns] }));
	showRun(model, run);
	let hasTraces = isDebugRun(run);
	if (hasTraces) showTracesOf(model, run);
	const stop = handle.subscribe((event) => {
		store.dispatch(event);
		noteResults(event);
		if (event.type === "task.started") follow(model, run);
		if (event.type === "alert.raised") tell(model, event.level, event.message, event.hint);
		// Of a run that is resumed it is not known before its plan.
		if (!hasTraces && isDebugRun(run)) {
			hasTraces = true;
			showTracesOf(model, run);
		}
		if (hasTraces) followTraces(model);
	});
	void handle.runId.then(
		(runId) => {
			run.runId = runId;
			// A start of it that was lost is seen through this one.
			model.ui.setState((was) => ({
				liveRuns: was.liveRuns.filter((other) => other === run || other.runId !== runId),
			}));
			if (options === null) return;
			logCommand(model, runCommand(model, run));
			tell(model, "note", `run ${runId} started`);
		},
		// `finished` rejects with the same error and reports it.
		() => {},
	);
	void handle.finished
		.then(
			({ runId, outcome, message }) =>
				outcome === "failed"
					? tell(model, "error", `run ${runId} failed${message === null ? "" : `: ${message}`}`)
					: tell(model, "note", `run ${runId} ${outcome}`),
			(error: unknown) =>
				tellError(model, run.runId === null ? "the run failed" : `run ${run.runId} stopped, u goes on with it`, error),
		)
		.then(() => {
			logCommand(model, resumeCommand(model, run));
			run.ended = true;
			run.options ??= repeatable(store.getState().run);
			stop();
			model.changed();
			return loadRuns(model);
		});
}

function follow(model: Model, run: OpenRun): void {
	const { run: shown, follows } = model.ui.getState();
	if (shown !== run || !follows) return;
	model.ui.setState({ boardTask: run.store.getState().run.tasks.length - 1, sample: 0 });
}

export function askToCancel(model: Model, run: OpenRun | null): void {
	if (!run?.handle) return;
	const { judged } = run.store.getState().run;
	model.ui.setState({
		dialog: {
			kind: "confirm",
			title: "Cancel this run?",
			lines: [`${plural(judged, "verdict")} kept. It can be resumed later: y has the command.`],
			yes: "cancel the run",
			onYes: () => {
				run.cancelling = true;
				run.handle?.cancel();
				tell(model, "note", "cancelling; what is done is kept");
			},
		},
	});
}

export function runAgain(model: Model): void {
	const { run } = model.ui.getState();
	if (run?.options) startRun(model, run.options);
}
