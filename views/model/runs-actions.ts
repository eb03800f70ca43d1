import type { RunRow } from "../../src/domain/run-row.js";
import { sizeText } from "../../src/lib/file-size.js";
import { reduce } from "../../src/store/reduce.js";
import { createRunState } from "../../src/store/run-state.js";
import { RUN_ORDERS, type RunOrder } from "../../src/store/select-runs.js";
import { plural } from "../text/format.js";
import { startComparison } from "./comparison-actions.js";
import { startBoard } from "./leaderboard-actions.js";
import { startRun } from "./live-runs.js";
import { allToggled, MOST_COMPARED, toggled } from "./marks.js";
import { logCommand, type Model, messageOf, tell, tellError } from "./model.js";
import { loadRuns, openRecordedRun, openRunAt, repeatable, showRows } from "./run-actions.js";
import { pickSort } from "./sort-menu.js";
import type { RunDetail } from "./state.js";

/** The lineage is read once the cursor rests. */
const REST_MS = 120;

export function selectedRun(model: Model): RunRow | null {
	return model.runs.selected();
}

/** The cursor went to another run, or the runs are others. */
export function runMoved(model: Model): void {
	model.changed();
	const row = selectedRun(model);
	const { runDetail } = model.ui.getState();
	if (runDetail?.runId === row?.runId) return;
	showLineage(model);
}

export function showLineage(model: Model): void {
	const row = selectedRun(model);
	model.scroll.reset("run");
	if (row === null) {
		model.ui.setState({ runDetail: null });
		return;
	}
	const { runId } = row;
	model.ui.setState({ runDetail: { runId, lineage: null, isChecked: false, error: null } });
	model.timers.after(REST_MS, () => void readLineage(model, runId, false));
}

/** Reads every file of the run, and of what it was made from, and compares it with its checksum. */
export function checkFiles(model: Model): void {
	const detail = model.ui.getState().runDetail;
	if (detail === null) return;
	tell(model, "note", `comparing the files of ${detail.runId} with their checksums`);
	void readLineage(model, detail.runId, true);
}

async function readLineage(model: Model, runId: string, check: boolean): Promise<void> {
	const isStill = () => {
		const { runDetail } = model.ui.getState();
		return runDetail?.runId === runId && !model.signal.aborted;
	};
	if (!isStill()) return;
	const show = (rest: Pick<RunDetail, "lineage" | "isChecked" | "error">) => {
		if (isStill()) model.ui.setState({ runDetail: { runId, ...rest } });
	};
	try {
		const lineage = await model.workbench.lineage(runId, check);
		show({ lineage, isChecked: check, error: null });
		if (!check || !isStill()) return;
		const wrong = lineage.files.filter(({ state }) => state !== "same").length;
		if (wrong === 0) tell(model, "note", `${plural(lineage.files.length, "file")} as recorded`);
		else tell(model, "warning", `${plural(wrong, "file")} changed or missing`);
		logCommand(model, `assay artifacts show ${runId} --workspace ${model.workbench.workspace}`);
	} catch (error) {
		show({ lineage: null, isChecked: false, error: messageOf(error) });
	}
}

export function markRun(model: Model): void {
	const row = selectedRun(model);
	if (row === null) return;
	model.ui.setState((was) => ({ markedRuns: toggled(was.markedRuns, row.runId) }));
	model.runs.move(1);
	runMoved(model);
}

/** Marks all that the filter shows, or takes the marks away where all of them have one. */
export function markAllRuns(model: Model): void {
	const shown = shownRuns(model).map(({ runId }) => runId);
	model.ui.setState((was) => ({ markedRuns: allToggled(was.markedRuns, shown) }));
}

function shownRuns({ runs }: Model): RunRow[] {
	return Array.from({ length: runs.count }, (_, at) => runs.row(runs.rowAt(at)) ?? []).flat();
}

/** What a leaderboard would be of: the marked runs, or with fewer than two of them all that the filter shows and that judged something. */
export function rankedRuns(model: Model): readonly string[] {
	const { markedRuns } = model.ui.getState();
	if (markedRuns.length > 1) return markedRuns;
	return shownRuns(model).flatMap(({ runId, passAt1 }) => (passAt1 === null ? [] : [runId]));
}

export function rankRuns(model: Model): void {
	const runIds = rankedRuns(model);
	if (runIds.length < 2) tell(model, "note", "fewer than two runs that judged something: nothing to rank");
	else startBoard(model, { runIds, from: 7 });
}

/** The marked runs, the first as the baseline; with one mark, that one and the one under the cursor. */
export function compareMarked(model: Model): void {
	const { markedRuns } = model.ui.getState();
	const row = selectedRun(model);
	const runIds = markedRuns.length > 1 ? markedRuns : [...markedRuns, ...(row === null ? [] : [row.runId])];
	if (runIds.length < 2 || runIds[0] === runIds[1]) {
		tell(model, "note", "mark two to four runs with Space, then press v");
		return;
	}
	if (runIds.length > MOST_COMPARED) {
		tell(model, "note", `${runIds.length} are marked: v compares two to ${MOST_COMPARED}, B ranks any number`);
		return;
	}
	startComparison(model, { runIds, names: runIds, from: 7 });
}

export function openSelected(model: Model): void {
	const row = selectedRun(model);
	if (row !== null) openRunAt(model, row.runId, null);
}

/** Opens the run and plays it from its start. */
export async function replaySelected(model: Model): Promise<void> {
	const row = selectedRun(model);
	if (row === null) return;
	await openRecordedRun(model, row);
	const { run } = model.ui.getState();
	if (run?.runId === row.runId) run.replay?.play();
}

/** Starts a run with the same tasks, backend, N and seed. */
export async function repeatSelected(model: Model): Promise<void> {
	const row = selectedRun(model);
	if (row === null) return;
	const state = createRunState();
	try {
		for await (const event of model.workbench.readEvents(row.runId, model.signal)) {
			if (event.type === "run.planned" || event.type === "task.started") reduce(state, event);
		}
	} catch (error) {
		tellError(model, `run ${row.runId}`, error);
		return;
	}
	const options = repeatable(state);
	if (options !== null) startRun(model, options);
	else tell(model, "warning", `${row.runId} judged samples that were there already: assay verify does that again`);
}

export function archiveSelected(model: Model): void {
	const row = ownRun(model, "archived");
	if (row === null) return;
	tell(model, "note", `packing ${row.runId}`);
	void model.workbench.archiveRun(row.runId).then(
		({ path, files, bytes }) => {
			tell(model, "note", `${plural(files, "file")}, ${sizeText(bytes)}, checked: ${path}`);
			logCommand(model, `assay runs archive ${row.runId} --workspace ${model.workbench.workspace}`);
		},
		(error: unknown) => tellError(model, "not archived", error),
	);
}

export function askToDelete(model: Model): void {
	const row = ownRun(model, "deleted");
	if (row === null) return;
	void model.workbench.planRemoval(row.runId).then(
		({ runId, bytes, children }) =>
			model.ui.setState({
				dialog: {
					kind: "confirm",
					title: "Delete this run?",
					lines: [
						runId,
						`${sizeText(bytes)}: result, log, rollouts, patches and report go. There is no way back.`,
						...(children.length > 0 ? [`${plural(children.length, "run")} made from it will say it is missing.`] : []),
					],
					yes: "delete it",
					onYes: () => void deleteRun(model, runId),
				},
			}),
		(error: unknown) => tellError(model, "not deleted", error),
	);
}

async function deleteRun(model: Model, runId: string): Promise<void> {
	try {
		await model.workbench.removeRun(runId);
	} catch (error) {
		tellError(model, "not deleted", error);
		return;
	}
	model.ui.setState((was) => ({ markedRuns: was.markedRuns.filter((id) => id !== runId) }));
	tell(model, "note", `${runId} deleted`);
	logCommand(model, `assay runs delete ${runId} --yes --workspace ${model.workbench.workspace}`);
	await loadRuns(model);
	runMoved(model);
}

function ownRun(model: Model, what: string): RunRow | null {
	const row = selectedRun(model);
	if (row === null || !row.recorded) return row;
	tell(model, "warning", `not ${what}: this run ships with assay`);
	return null;
}

/** Keeps the runs as they are on the disk, whoever changes them. Calls `seen` when they are there, or cannot be read. */
export async function followRuns(model: Model, seen: () => void): Promise<void> {
	// It ends with the thread that looks, and goes on with the next one, as often as something comes of it.
	for (let goesOn = true; goesOn; ) {
		goesOn = false;
		try {
			for await (const rows of model.workbench.followRuns(model.signal)) {
				goesOn = true;
				const was = selectedRun(model);
				showRows(model, rows);
				if (model.ui.getState().screen === 7) runsChanged(model, was);
				seen();
			}
			return;
		} catch (error) {
			if (!goesOn) tellError(model, "runs", error);
		}
	}
	seen();
}

function runsChanged(model: Model, was: RunRow | null): void {
	const row = selectedRun(model);
	const hasEnded = row !== null && row.runId === was?.runId && row.outcome !== was.outcome;
	if (hasEnded && model.ui.getState().runDetail !== null) showLineage(model);
	else runMoved(model);
}

export async function reloadRuns(model: Model): Promise<void> {
	await loadRuns(model);
	runMoved(model);
}

export function filterRunTable(model: Model, filter: string): void {
	model.runs.setFilter(filter);
	runMoved(model);
}

const SORT_WORDS: Record<RunOrder, { key: string; detail: string }> = {
	age: { key: "a", detail: "newest first" },
	score: { key: "p", detail: "best pass@1 first" },
	tasks: { key: "t", detail: "most first" },
	judged: { key: "j", detail: "most first" },
	size: { key: "z", detail: "largest first" },
	kind: { key: "k", detail: "letters" },
	outcome: { key: "o", detail: "letters" },
	backend: { key: "b", detail: "letters" },
};

export function pickRunSort(model: Model): void {
	const sorts = RUN_ORDERS.map((sort) => ({ sort, ...SORT_WORDS[sort] }));
	pickSort(model, { title: "Sort runs by", table: model.runs, sorts, sorted: () => runMoved(model) });
}

export function reverseRunSort(model: Model): void {
	model.runs.setSort(model.runs.sort, !model.runs.reversed);
	runMoved(model);
}
