import { basename } from "node:path";
import { AssayError } from "../../src/lib/errors.js";
import { plural } from "../text/format.js";
import { openRankingCommand } from "./commands.js";
import { rankedTaskMoved, rankerOf } from "./energy-actions.js";
import { changeEnergy, changeRanking, energyState, energyTables } from "./energy-state.js";
import { logCommand, type Model, messageOf, tell } from "./model.js";
import { goToScreen } from "./navigation.js";

/** Shows a ranking as it was recorded: no model is asked, nothing is run, and its run need not be here. */
export async function openRecorded(model: Model, path: string): Promise<void> {
	const { screen } = model.ui.getState();
	const { open: before, from } = energyState(model);
	before?.stop();
	const { tasks, candidates, rankers } = energyTables(model);
	tasks.clear();
	candidates.show(null);
	const open = {
		request: { runId: "", execute: false, allowSeen: false },
		state: { kind: "ranking" as const, done: 0, total: null },
		world: { path: null, index: null, problem: null },
		fitted: { path: null, problem: null },
		recorded: { path, hasPrograms: false },
		report: null,
		isExecuted: false,
		stop: () => {},
	};
	changeEnergy(model, { open, pane: "overview", from: screen === 3 ? from : screen });
	goToScreen(model, 3);
	const isStill = () => energyState(model).open?.request === open.request && !model.signal.aborted;
	try {
		const { report, tasks: read, hasPrograms } = await model.workbench.recordedRanking(path);
		if (!isStill()) return;
		for (const task of read) tasks.put(task);
		rankers.show(report.rankers.map(({ ranker }) => ranker));
		changeRanking(model, {
			request: { ...open.request, runId: report.runId, allowSeen: report.rankers.some(({ seen }) => seen) },
			state: { kind: "measured" },
			recorded: { path, hasPrograms },
			report,
			isExecuted: report.made?.isExecuted === true,
		});
		rankedTaskMoved(model);
		tell(model, "note", `${plural(report.tasks, "recorded task")}, by ${rankerOf(model)} until s says otherwise`);
		logCommand(model, openRankingCommand(path));
	} catch (error) {
		if (!isStill()) return;
		const hint = error instanceof AssayError ? error.hint : null;
		changeRanking(model, { state: { kind: "failed", message: messageOf(error), hint } });
	}
}

/** A dialog for the path of its file. */
export function askForRecorded(model: Model): void {
	const onEnter = ({ path = "" }: Readonly<Record<string, string>>): Promise<string | null> => {
		model.ui.setState({ dialog: null });
		void openRecorded(model, path.trim());
		return Promise.resolve(null);
	};
	const about = "one that assay rank --out wrote";
	const fields = [{ kind: "text" as const, id: "path", label: "file", about, empty: null }];
	model.scroll.reset("dialog");
	model.ui.setState({
		dialog: {
			kind: "form",
			form: {
				title: "Open a recorded ranking",
				fields,
				texts: { path: "" },
				at: 0,
				error: null,
				enters: "opens it",
				onEnter,
			},
		},
	});
}

/** The file, as a place: a run's id may be another's. */
export function recordedName(path: string): string {
	return `recorded in ${basename(path)}`;
}
