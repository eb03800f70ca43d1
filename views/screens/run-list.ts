import type { RunRow } from "../../src/app/workbench.js";
import type { Model } from "../model/model.js";
import { toCells } from "../text/cells.js";
import { formatDate } from "../text/format.js";
import { cursorLine, dim } from "../text/style.js";
import type { PaneText } from "./pane-text.js";

/** Two lines a run: which, and how it ended. */
export function drawRunList(model: Model, width: number, height: number): PaneText {
	const { runRows, runsPosition, run, runPane } = model.ui.getState();
	const visible = Math.max(1, Math.floor(height / 2));
	const top = model.scroll.follow("runs", runsPosition, visible, runRows.length);
	const rows = runRows.slice(top, top + visible).flatMap((row, i) => {
		const isCursor = runPane === "runs" && top + i === runsPosition;
		const head = toCells(`${isCursor ? "▸" : " "}${row.runId === run?.runId ? "●" : " "}${row.runId}`, width);
		const tail = dim(toCells(`   ${summaryOf(row)}`, width));
		return [isCursor ? cursorLine(head) : head, tail];
	});
	if (runRows.length === 0) rows.push(dim(toCells("  no recorded run yet", width)));
	return { title: `Runs ${runRows.length}`, rows };
}

function summaryOf(row: RunRow): string {
	const accepted = row.statusCounts.accepted ?? 0;
	const when = row.recorded ? "ships with assay" : formatDate(row.startedAt);
	return `${row.backend} ${accepted}/${row.sampleCount} ${row.outcome}  ${when}`;
}
