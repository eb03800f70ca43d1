import { processesOf } from "../../src/domain/job-counts.js";
import type { Alarm } from "../../src/domain/training-activity.js";
import type { TrainingActivity } from "../../src/store/training-activity.js";
import { trainingMembers } from "../../src/store/training-members.js";
import type { Model } from "../model/model.js";
import { activityOf, selectedTraining } from "../model/training-state.js";
import { toCells } from "../text/cells.js";
import { dim, red, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { gpuRows } from "./gpu-rows.js";
import { loopRows } from "./loop-detail.js";
import { type PaneText, positionText } from "./pane-text.js";
import { remoteHead, remoteRows } from "./remote-rows.js";
import { sampleRows } from "./sample-rows.js";
import { panelRows } from "./training-panels.js";

/** GPUs that would take more of the pane than this part of it come after the charts. */
const GPU_SHARE = 3;

/** A loop as a pipeline with its curves and tasks, or a training with a chart for each panel. */
export function drawTrainingDetail(model: Model, width: number, height: number): PaneText {
	const [row, activity] = [selectedTraining(model), activityOf(model)];
	if (row === null || activity === null) return { title: "Nothing selected", rows: [] };
	const rows = [
		...headOf(model, activity, row.state === "running", width),
		...row.alarms.flatMap((alarm) => alarmRows(alarm, width)),
		...rowsOf(model, activity, width, height),
	];
	const top = model.scroll.top("training", height, rows.length);
	const position = positionText(top, height, rows.length);
	const title = `${row.kind === "loop" ? "Loop" : row.method || "Training"} · ${row.state}`;
	return { title: position === "" ? title : `${title} · ${position}`, rows: rows.slice(top, top + height) };
}

/** Where it is and what it costs, before anything that may be long. */
function headOf(model: Model, activity: TrainingActivity, isRunning: boolean, width: number): string[] {
	const training = activity.kind === "training" ? activity.training : null;
	const remote = training?.remote ?? null;
	return training === null || remote === null ? [] : remoteHead(model, { ...training, remote, isRunning }, width);
}

function rowsOf(model: Model, activity: TrainingActivity, width: number, height: number): string[] {
	switch (activity.kind) {
		case "loop":
			return loopRows(model, activity.loop, width);
		case "training": {
			const { training } = activity;
			const { remote } = training;
			const above = remote === null ? [] : remoteRows(model, { ...training, remote }, width);
			const gpus = remote === null ? [] : gpuRows(model, trainingMembers(remote, processesOf(training.job)), width);
			const [first, last] = gpus.length * GPU_SHARE > height ? [[], gpus] : [gpus, []];
			return [
				...above,
				...first,
				...(remote === null ? [] : [""]),
				...sampleRows(training, width),
				...panelRows(model, training, width),
				...last,
			];
		}
		case "unreadable":
			return wrapText(activity.text, width - 1).map((line) => toCells(` ${line}`, width));
	}
}

/** In full, with what may help. */
function alarmRows({ level, text, advice }: Alarm, width: number): string[] {
	const paint = level === "error" ? red : yellow;
	return [
		...wrapText(`! ${text}`, width - 2).map((line, i) => paint(toCells(i === 0 ? ` ${line}` : `   ${line}`, width))),
		...(advice === null ? [] : wrapText(advice, width - 4).map((line) => dim(toCells(`   ${line}`, width)))),
	];
}
