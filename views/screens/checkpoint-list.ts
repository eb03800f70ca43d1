import type { Checkpoint } from "../../src/domain/checkpoint.js";
import { ageText } from "../../src/lib/point-in-time.js";
import { madeAt } from "../../src/store/checkpoint-table.js";
import { type CheckpointLine, mainRun } from "../../src/store/checkpoint-tree.js";
import { checkpointsState, checkpointTable } from "../model/checkpoints-state.js";
import { markOf } from "../model/marks.js";
import type { Model } from "../model/model.js";
import { toCells } from "../text/cells.js";
import { formatCount, formatScore, MISSING } from "../text/format.js";
import { dim, plain, yellow } from "../text/style.js";
import type { Column } from "../text/table.js";
import type { PaneText } from "./pane-text.js";
import { drawTable } from "./table-pane.js";

/** Families of checkpoints: each below the one that it was trained from, with what it cost and what it can do. */
export function drawCheckpointList(model: Model, width: number, height: number): PaneText {
	const table = checkpointTable(model);
	const { marked } = checkpointsState(model);
	const rows = drawTable({
		table,
		columns: columnsAt(Date.parse(model.clock()), table.sort === "family" && table.filter === ""),
		rowOf: (row) => table.row(row),
		isMarked: ({ checkpoint }) => markOf(marked, checkpoint.id),
		isSpoken: model.isSpoken,
		width,
		height,
	});
	if (table.count === 0) rows.push(...emptyRows(model, width));
	return { title: titleOf(model), rows };
}

function titleOf(model: Model): string {
	const { count, total, filter, sort, reversed } = checkpointTable(model);
	const { marked } = checkpointsState(model);
	const parts = [`Checkpoints ${filter === "" ? "" : `${formatCount(count)} of `}${formatCount(total)}`];
	if (filter !== "") parts.push(`/${filter}`);
	if (sort !== "family" || reversed) parts.push(`by ${sort}${reversed ? ", reversed" : ""}`);
	if (marked.length > 0) parts.push(`${marked.length} marked`);
	return parts.join(" · ");
}

function emptyRows(model: Model, width: number): string[] {
	const { reading } = checkpointsState(model);
	const texts =
		typeof reading === "object"
			? [reading.error]
			: reading === "reading"
				? ["reading"]
				: checkpointTable(model).total > 0
					? ["no checkpoint matches the filter", "Esc takes it away"]
					: ["nothing was evaluated yet", "1, then r, asks a model"];
	return texts.map((text) => dim(toCells(`  ${text}`, width)));
}

function columnsAt(now: number, isTree: boolean): readonly Column<CheckpointLine>[] {
	const of = (text: (checkpoint: Checkpoint) => string | null | undefined) => (line: CheckpointLine) =>
		text(line.checkpoint) ?? MISSING;
	return [
		{
			isSearched: true,
			title: " checkpoint",
			width: 20,
			grow: true,
			drop: 0,
			// Apart from the letter of its mark.
			text: ({ prefix, checkpoint }) => ` ${isTree ? prefix : ""}${checkpoint.name}`,
			paint: ({ checkpoint }) => (checkpoint.missing ? yellow : plain),
		},
		{ title: "N", width: 3, align: "right", drop: 5, text: of(generationText) },
		{
			isSearched: true,
			title: "method",
			width: 7,
			drop: 3,
			text: of(({ training, kind }) => training?.method ?? KINDS[kind]),
		},
		{ title: "data", width: 18, drop: 6, text: of(({ training }) => training?.data) },
		{ title: "steps", width: 6, align: "right", drop: 4, text: of(({ training }) => countText(training?.steps)) },
		{ title: "cost", width: 7, align: "right", drop: 2, text: of(costText) },
		{
			title: "pass@1",
			width: 6,
			align: "right",
			drop: 0,
			text: of((checkpoint) => formatScore(scoreOf(checkpoint)?.value ?? null)),
		},
		{ title: "95 % interval", width: 13, drop: 1, text: of(intervalText) },
		{ title: "runs", width: 4, align: "right", drop: 3, text: of(({ runs }) => formatCount(runs.length)) },
		{ title: "age", width: 8, align: "right", drop: 7, text: of((checkpoint) => ageOf(checkpoint, now)) },
	];
}

const KINDS: Record<Checkpoint["kind"], string> = { folder: "folder", model: "outside", samples: "samples" };

const scoreOf = (checkpoint: Checkpoint) => mainRun(checkpoint)?.passAt1 ?? null;

/** N for a root, N+1 for what was trained from it, and so on. */
export function generationText({ generation }: Checkpoint): string {
	return generation === 0 ? "N" : `+${generation}`;
}

/** Of its training and its evaluations, as far as either is known. */
export function costText({ training, runs }: Checkpoint): string | null {
	const known = [training?.costUsd ?? null, ...runs.map(({ costUsd }) => costUsd)].filter((cost) => cost !== null);
	return known.length === 0 ? null : `$${known.reduce((sum, cost) => sum + cost, 0).toFixed(2)}`;
}

function intervalText(checkpoint: Checkpoint): string | null {
	const interval = scoreOf(checkpoint)?.interval ?? null;
	return interval && `${formatScore(interval.low)}-${formatScore(interval.high)}`;
}

function countText(count: number | null | undefined): string | null {
	return count === null || count === undefined ? null : formatCount(count);
}

function ageOf(checkpoint: Checkpoint, now: number): string | null {
	const at = madeAt(checkpoint);
	return at === null ? null : ageText(at, now);
}
