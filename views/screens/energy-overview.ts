import type { RankedTask } from "../../src/domain/ranking.js";
import { firstRight, isRerankable, placesBy } from "../../src/store/candidate-ranks.js";
import { figuresOf, isSeen, othersOf, rankerOf } from "../model/energy-actions.js";
import { energyState, energyTables, OVERVIEW_PARTS, type RankerFigures } from "../model/energy-state.js";
import type { Model } from "../model/model.js";
import { shortId, toCells } from "../text/cells.js";
import { formatCount, formatScore, MISSING } from "../text/format.js";
import { shortRanker } from "../text/ranker-names.js";
import { bold, dim, green, type Paint, plain, red, yellow } from "../text/style.js";
import type { Column } from "../text/table.js";
import { paragraph } from "./comparison-summary.js";
import { goalRows } from "./energy-goals.js";
import { reliabilityRows } from "./energy-reliability.js";
import { type PaneText, positionText } from "./pane-text.js";
import { drawTable } from "./table-pane.js";

/** The tasks of a run, the rankers with their figures, or which ranker's first choice is right where. */
export function drawEnergyOverview(model: Model, width: number, height: number): PaneText {
	const { open, overview } = energyState(model);
	if (!open) return { title: "Energy", rows: emptyRows(model, width) };
	if (open.state.kind === "failed") {
		const { message, hint } = open.state;
		const rows = [...paragraph(message, width, yellow), ...paragraph(hint ?? "", width, dim)];
		return { title: "Energy", rows: [...rows, ...paragraph("O ranks another run", width, dim)] };
	}
	const title = OVERVIEW_PARTS.map((name) => (name === overview ? `[${name}]` : ` ${name} `)).join("");
	if (overview === "reliability" || overview === "goals") {
		const rows = (overview === "goals" ? goalRows : reliabilityRows)(model, width);
		const top = model.scroll.top("overview", height, rows.length);
		return {
			title: `${title} ${positionText(top, height, rows.length)}`.trimEnd(),
			rows: rows.slice(top, top + height),
		};
	}
	if (overview === "rankers") return { title, rows: rankerRows(model, width, height) };
	return { title: `${title}${tasksNote(model)}`, rows: taskRows(model, width, height) };
}

function emptyRows(model: Model, width: number): string[] {
	const { runRows, runsRead } = model.ui.getState();
	if (!runsRead) return paragraph("reading the runs", width, dim);
	const texts = runRows.some(({ sampleCount }) => sampleCount > 0)
		? ["nothing is ranked yet", "O chooses a run, or ranks the one under the cursor on the screens of runs"]
		: ["no run has judged anything yet", "1, then r, starts one; O then ranks its candidates"];
	return texts.flatMap((text) => paragraph(text, width, dim));
}

function tasksNote(model: Model): string {
	const { tasks } = energyTables(model);
	const count = `${tasks.count === tasks.total ? "" : `${formatCount(tasks.count)} of `}${formatCount(tasks.total)}`;
	return ` ${count}${tasks.filter === "" ? "" : ` · /${tasks.filter}`}`;
}

function taskRows(model: Model, width: number, height: number): string[] {
	const { overview, showsVerdicts } = energyState(model);
	if (overview !== "choices" || showsVerdicts) return taskTable(model, width, height);
	const why = paragraph("hidden: v shows whose first choice is right", width, dim);
	return [...why, ...taskTable(model, width, height - why.length)];
}

function taskTable(model: Model, width: number, height: number): string[] {
	const table = energyTables(model).tasks;
	const rows = drawTable<RankedTask>({
		table,
		columns: energyState(model).overview === "tasks" ? taskColumns(model) : choiceColumns(model),
		rowOf: (row) => table.row(row),
		isMarked: ({ taskId }) => (isSeen(model, taskId) ? "s" : false),
		width,
		height,
		isSpoken: model.isSpoken,
	});
	if (table.count > 0) return rows;
	const why = table.total > 0 ? "no task matches the filter: Esc takes it away" : "reading the first task";
	return [...rows, dim(toCells(`  ${why}`, width))];
}

function taskName(): Column<RankedTask> {
	return {
		title: "task",
		width: 14,
		grow: true,
		drop: 0,
		isSearched: true,
		text: ({ taskId }) => taskId,
		fit: shortId,
	};
}

function taskColumns(model: Model): readonly Column<RankedTask>[] {
	const ranker = rankerOf(model);
	return [
		taskName(),
		{ title: "N", width: 4, align: "right", drop: 0, text: ({ sampleIndexes }) => formatCount(sampleIndexes.length) },
		{
			title: "valid",
			width: 5,
			align: "right",
			drop: 2,
			text: ({ valid }) => formatCount(valid.filter(Boolean).length),
		},
		{
			title: "rerankable",
			width: 10,
			drop: 1,
			text: (task) => (isRerankable(task) ? "yes" : MISSING),
			spoken: (task) => (isRerankable(task) ? "rerankable" : "not rerankable"),
		},
		{ title: "first", width: 6, align: "right", drop: 0, text: (task) => firstText(task, ranker) },
		{
			title: "right",
			width: 6,
			drop: 0,
			text: (task) => rightText(model, task, ranker),
			paint: (task) => rightPaint(model, task, ranker),
		},
	];
}

/** The sample that the ranker puts first, or how many share that place. */
function firstText(task: RankedTask, ranker: string): string {
	const places = placesBy(task, ranker);
	const best = places.reduce((least, { place }) => Math.min(least, place), Number.POSITIVE_INFINITY);
	const first = places.flatMap(({ place }, at) => (place === best ? [at] : []));
	if (first.length === 0) return MISSING;
	return first.length === 1 ? `#${task.sampleIndexes[first[0] ?? 0] ?? ""}` : `of ${first.length}`;
}

function rightText(model: Model, task: RankedTask, ranker: string): string {
	if (!energyState(model).showsVerdicts) return "hidden";
	const right = firstRight(task, ranker);
	if (right === null) return MISSING;
	return right === 1 ? "✓" : right === 0 ? "✗" : right.toFixed(2);
}

function rightPaint(model: Model, task: RankedTask, ranker: string): Paint {
	if (!energyState(model).showsVerdicts) return dim;
	const right = firstRight(task, ranker) ?? 0;
	return right > 0.5 ? green : right === 0 ? red : plain;
}

function choiceColumns(model: Model): readonly Column<RankedTask>[] {
	const ranker = rankerOf(model);
	const names = [ranker, ...othersOf(model, ranker)];
	return [
		taskName(),
		{
			title: "right",
			width: 5,
			align: "right",
			drop: 0,
			text: (task) =>
				energyState(model).showsVerdicts
					? `${names.filter((name) => (firstRight(task, name) ?? 0) > 0.5).length}/${names.length}`
					: MISSING,
		},
		...names.map(
			(name, i): Column<RankedTask> => ({
				title: shortRanker(name),
				width: 5,
				drop: 1 + i,
				text: (task) => (energyState(model).showsVerdicts ? rightText(model, task, name) : MISSING),
				spoken: (task) => (energyState(model).showsVerdicts ? `${name} ${spokenRight(firstRight(task, name))}` : ""),
				paint: (task) => rightPaint(model, task, name),
			}),
		),
	];
}

function spokenRight(right: number | null): string {
	if (right === null) return "";
	return right === 1 ? "right" : right === 0 ? "wrong" : `right ${right.toFixed(2)} of the time`;
}

function rankerRows(model: Model, width: number, height: number): string[] {
	const table = energyTables(model).rankers;
	if (energyState(model).open?.report == null) return paragraph("figures come once all tasks are ranked", width, dim);
	return drawTable<string>({
		table,
		columns: rankerColumns(model),
		rowOf: (row) => table.row(row),
		isMarked: (name) => (figuresOf(model, name)?.seen === true ? "s" : name === rankerOf(model) ? "*" : false),
		width,
		height,
		isSpoken: model.isSpoken,
	});
}

function rankerColumns(model: Model): readonly Column<string>[] {
	const figure = (
		title: string,
		drop: number,
		of: (figures: RankerFigures) => { value: number | null; interval: { low: number; high: number } | null },
	): Column<string> => ({
		title,
		width: 17,
		drop,
		text: (name) => {
			const figures = figuresOf(model, name);
			return figures === null ? MISSING : meanText(of(figures));
		},
	});
	const against = (title: string, width: number, drop: number, of: (than: Against) => string): Column<string> => ({
		title,
		width,
		drop,
		text: (name) => {
			const than = figuresOf(model, name)?.against ?? null;
			return than === null ? MISSING : of(than);
		},
	});
	return [
		{
			title: "ranker",
			width: 20,
			grow: true,
			drop: 0,
			isSearched: true,
			text: (name) => name,
			paint: (name) => (name === "static validity" ? bold : plain),
		},
		figure("first choice", 0, ({ firstChoice }) => firstChoice),
		figure("AUC within tasks", 1, ({ auc }) => auc),
		figure("AUC among valid", 2, ({ aucAmongValid }) => aucAmongValid),
		figure("top-1, rerankable", 3, ({ top1 }) => top1),
		against("first, less floor", 21, 4, ({ firstChoice }) => differenceText(firstChoice)),
		against("p", 6, 5, ({ firstChoice }) => pText(firstChoice.p)),
		against("AUC, less floor", 21, 6, ({ auc }) => differenceText(auc)),
		against("p", 6, 7, ({ auc }) => pText(auc.p)),
		against("McNemar", 13, 8, ({ mcNemar }) => `${mcNemar.gained}/${mcNemar.lost} ${pText(mcNemar.p)}`),
	];
}

type Against = NonNullable<RankerFigures["against"]>;

/** A mean with its interval, in as few cells as can be. */
export function meanText({
	value,
	interval,
}: {
	value: number | null;
	interval: { low: number; high: number } | null;
}): string {
	if (value === null) return MISSING;
	return interval === null
		? formatScore(value)
		: `${formatScore(value)} ${formatScore(interval.low)}-${formatScore(interval.high)}`;
}

export function differenceText({ value, interval }: Against["auc"]): string {
	if (value === null) return MISSING;
	return interval === null ? signed(value) : `${signed(value)} ${signed(interval.low)}..${signed(interval.high)}`;
}

const signed = (value: number) => `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(3)}`;

export const pText = (p: number) => (p < 0.0001 ? "<.0001" : p.toFixed(4));
