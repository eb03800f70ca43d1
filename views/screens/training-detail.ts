import type { Model } from "../model/model.js";
import { activityOf, selectedTraining } from "../model/training-state.js";
import { loopRows } from "./loop-detail.js";
import { type PaneText, positionText } from "./pane-text.js";
import { panelRows } from "./training-panels.js";

/** A loop as a pipeline with its curves and tasks, or a training with a chart for each panel. */
export function drawTrainingDetail(model: Model, width: number, height: number): PaneText {
	const [row, activity] = [selectedTraining(model), activityOf(model)];
	if (row === null || activity === null) return { title: "Nothing selected", rows: [] };
	const rows =
		activity.kind === "loop" ? loopRows(model, activity.loop, width) : panelRows(model, activity.training, width);
	const top = model.scroll.top("training", height, rows.length);
	const position = positionText(top, height, rows.length);
	const title = `${row.kind === "loop" ? "Loop" : row.method} · ${row.state}`;
	return { title: position === "" ? title : `${title} · ${position}`, rows: rows.slice(top, top + height) };
}
