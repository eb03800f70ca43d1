import type { Checkpoint, CheckpointRun } from "../../src/domain/checkpoint.js";
import { ageText } from "../../src/lib/point-in-time.js";
import { familyLine } from "../../src/store/checkpoint-tree.js";
import { selectedCheckpoint } from "../model/checkpoint-actions.js";
import { checkpointsState } from "../model/checkpoints-state.js";
import type { Model } from "../model/model.js";
import { toCells } from "../text/cells.js";
import { formatClock, formatCount, formatScore, MISSING, plural } from "../text/format.js";
import { bold, dim } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { costText, generationText } from "./checkpoint-list.js";
import { curveRows } from "./learning-curves.js";
import { type PaneText, positionText } from "./pane-text.js";

const CURVE_ROWS = 12;

/** How the checkpoint under the cursor was made, every run that evaluated it, and how its family learnt. */
export function drawCheckpointDetail(model: Model, width: number, height: number): PaneText {
	const checkpoint = selectedCheckpoint(model);
	if (checkpoint === null) return { title: "Checkpoint", rows: [] };
	const { checkpoints } = checkpointsState(model);
	const line = familyLine(checkpoints, checkpoint.id);
	const rows = [
		...factRows(checkpoint, line, width),
		"",
		...runRows(checkpoint.runs, Date.parse(model.clock()), width),
		"",
		...curveRows(model, line, width, Math.min(2 * CURVE_ROWS, height)),
	];
	const top = model.scroll.top("checkpoint", height, rows.length);
	const position = positionText(top, height, rows.length);
	return { title: position === "" ? "Checkpoint" : `Checkpoint · ${position}`, rows: rows.slice(top, top + height) };
}

function factRows(checkpoint: Checkpoint, line: readonly Checkpoint[], width: number): string[] {
	const { name, id, training, missing, kind } = checkpoint;
	const facts = [`${id}${missing ? ", which is not there any more" : ""}`];
	if (line.length > 1) facts.push(`${line.map((one) => `${generationText(one)} ${one.name}`).join(" → ")}`);
	if (training !== null) {
		const { method, steps, data, taskCount, exampleCount, wallTimeMs } = training;
		const time = wallTimeMs === null ? "" : `, ${formatClock(wallTimeMs)}`;
		facts.push(`${method}${steps === null ? "" : `, ${plural(steps, "step")}`}${time}`, `from ${data}`);
		if (exampleCount !== null) {
			facts.push(`${plural(exampleCount, "example")}${taskCount === null ? "" : ` of ${plural(taskCount, "task")}`}`);
		}
	} else
		facts.push(
			kind === "folder" ? "it does not say what it was trained on" : "what it was trained on is not known here",
		);
	const cost = costText(checkpoint);
	if (cost !== null) facts.push(`cost ${cost}`);
	return [
		bold(toCells(` ${name}`, width)),
		...facts.flatMap((fact) => wrapText(fact, width - 2).map((text) => toCells(` ${text}`, width))),
	];
}

function runRows(runs: readonly CheckpointRun[], now: number, width: number): string[] {
	if (runs.length === 0) return [dim(toCells(" not evaluated yet: r on Tasks asks it", width))];
	const rows = runs.map(({ runId, outcome, startedAt, n, taskCount, passAt1 }) => {
		const score = passAt1 === null ? MISSING : formatScore(passAt1.value);
		const interval = passAt1?.interval
			? ` ${formatScore(passAt1.interval.low)}-${formatScore(passAt1.interval.high)}`
			: "";
		const shape = `${plural(taskCount, "task")}, N ${n === null ? MISSING : formatCount(n)}`;
		const end = outcome === "completed" ? "" : `, ${outcome}`;
		return ` ${score}${interval}  ${shape}${end}  ${ageText(startedAt, now)}  ${runId}`;
	});
	return [bold(toCells(` ${plural(runs.length, "evaluation")}`, width)), ...rows.map((text) => toCells(text, width))];
}
