import { runFacets } from "../../src/store/select-runs.js";
import { paneScrolling } from "../keys/binding.js";
import { runDetailKeys, runsScreenKeys, runTableKeys } from "../keys/runs-screen-keys.js";
import { pickFacet } from "../model/facets.js";
import type { Model } from "../model/model.js";
import { filterRunTable, reloadRuns, runMoved, selectedRun } from "../model/runs-actions.js";
import type { RunsPane } from "../model/state.js";
import { cyan } from "../text/style.js";
import { drawAudit } from "./audit-pane.js";
import { type Area, hasThreePanes, hasTwoPanes, type PanePlace, splitAcross } from "./layout.js";
import { drawRunDetail } from "./run-detail.js";
import { drawRunTable } from "./run-table.js";
import type { Screen } from "./screen.js";
import { tableMouse } from "./table-pane.js";

const focusOn = (runsPane: RunsPane) => (m: Model) => m.ui.setState({ runsPane });

/** All runs of the workspace, and the lineage of the one under the cursor. */
export const runsScreen: Screen = {
	id: 7,
	name: "Runs",
	keys: runsScreenKeys,
	panes: {
		table: {
			draw: drawRunTable,
			keys: runTableKeys,
			mouse: { focus: focusOn("table"), ...tableMouse((m) => m.runs, runMoved) },
		},
		run: {
			draw: (model, width, height) => drawAudit(model, width, height) ?? drawRunDetail(model, width, height),
			keys: runDetailKeys,
			mouse: { focus: focusOn("run"), wheel: paneScrolling("run").by },
		},
	},
	opened: (model) => void reloadRuns(model),
	focus: (model) => model.ui.getState().runsPane,
	layout: placePanes,
	crumbs(model) {
		const { audit, runsPane } = model.ui.getState();
		if (audit !== null) return [audit.of, audit.title.toLowerCase()];
		return runsPane === "run" ? [selectedRun(model)?.runId ?? "no run"] : ["all runs"];
	},
	status: (model) => {
		const isLive = model.ui.getState().runRows.some(({ outcome }) => outcome === "running");
		return isLive ? { glyph: "●", word: "live", paint: cyan } : null;
	},
	filter: {
		focus: (model) => model.ui.setState({ runsPane: "table" }),
		text: ({ runs }) => runs.filter,
		set: filterRunTable,
		move(model, by) {
			model.runs.move(by);
			runMoved(model);
		},
		counts: ({ runs }) => ({ shown: runs.count, total: runs.total }),
		pickFacet: (model) => {
			const { runs } = model;
			pickFacet(model, { noun: "runs", table: runs, row: runs.row, wordsOf: runFacets, filter: filterRunTable });
		},
	},
};

function placePanes(model: Model, area: Area): PanePlace[] {
	if (!hasTwoPanes(area.width)) return [{ id: model.ui.getState().runsPane, ...area }];
	const [table, run] = splitAcross(area, [hasThreePanes(area.width) ? 0.6 : 0.55]);
	return [
		{ id: "table", ...table },
		{ id: "run", ...run },
	];
}
