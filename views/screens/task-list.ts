import type { TaskRow } from "../../src/app/workbench.js";
import { sparkline } from "../charts/sparkline.js";
import { spokenValues } from "../charts/spoken-values.js";
import type { Model, TaskResult } from "../model/model.js";
import { SHOWN_SAMPLES } from "../model/task-results.js";
import { shortId, toCells } from "../text/cells.js";
import { formatCount, formatScore, MISSING, plural } from "../text/format.js";
import { dim, green, red, yellow } from "../text/style.js";
import type { Column } from "../text/table.js";
import { wrapText } from "../text/wrap.js";
import { STATUS_SIGNS } from "./glyphs.js";
import type { PaneText } from "./pane-text.js";
import { drawTable } from "./table-pane.js";

const TREND_CELLS = 6;
const LEAST_NAME_CELLS = 14;
const MOST_NAME_CELLS = 24;
const MEASURED_NAMES = 200;

function columnsOf(model: Model): Column<TaskRow>[] {
	const result = (row: TaskRow) => model.taskResults.get(row.id);
	// Before the first run there is nothing to look back on.
	const past = model.taskResults.size === 0 ? [] : [trendColumn(model), samplesColumn(model)];
	return [
		{
			isSearched: true,
			title: "task",
			width: nameCells(model),
			grow: true,
			drop: 0,
			text: (row) => row.id,
			fit: shortId,
		},
		{
			isSearched: true,
			title: "level",
			width: 6,
			drop: 3,
			text: (row) => row.difficulty ?? MISSING,
			paint: (row) => (row.difficulty === "hard" ? red : row.difficulty === "medium" ? yellow : dim),
		},
		{ isSearched: true, title: "split", width: 12, drop: 5, text: (row) => row.split ?? MISSING },
		{ isSearched: true, title: "language", width: 8, drop: 7, text: (row) => row.language },
		{
			title: "tests",
			width: 7,
			align: "right",
			drop: 1,
			text: (row) => `${row.publicTests}+${row.hiddenTests}`,
			spoken: ({ publicTests, hiddenTests }) => `${publicTests} public and ${hiddenTests} hidden tests`,
		},
		{
			title: "rec",
			width: 4,
			align: "right",
			drop: 4,
			text: (row) => (row.candidates > 0 ? String(row.candidates) : MISSING),
			spoken: ({ candidates }) => (candidates > 0 ? plural(candidates, "recorded candidate") : ""),
		},
		{
			title: "last",
			width: 9,
			align: "right",
			drop: 1,
			text: (row) => lastText(result(row)),
			spoken: (row) => spokenResult(result(row)),
			paint: (row) => ((result(row)?.accepted ?? 0) > 0 ? green : dim),
		},
		...past,
	];
}

/** As wide as the longest of the first names, so that the columns stay where they are while one scrolls. */
function nameCells({ tasks }: Model): number {
	let cells = LEAST_NAME_CELLS;
	for (let row = 0; row < Math.min(tasks.total, MEASURED_NAMES); row++)
		cells = Math.max(cells, tasks.row(row)?.id.length ?? 0);
	return Math.min(cells, MOST_NAME_CELLS);
}

/** Share of accepted candidates in each of the last runs. */
function trendColumn(model: Model): Column<TaskRow> {
	const text = (row: TaskRow) =>
		sparkline(model.taskResults.get(row.id)?.shares ?? [], TREND_CELLS, { look: model.look, min: 0, max: 1 });
	const spoken = (row: TaskRow) => spokenValues("trend", model.taskResults.get(row.id)?.shares ?? [], formatScore);
	return { title: "trend", width: TREND_CELLS, drop: 2, text, spoken };
}

/** The candidates of the last run, each with its sign. */
function samplesColumn(model: Model): Column<TaskRow> {
	return {
		title: "candidates",
		width: SHOWN_SAMPLES,
		drop: 6,
		text: () => "",
		draw(row, width) {
			const statuses = model.taskResults.get(row.id)?.statuses ?? [];
			const signs = statuses.map((status) =>
				status === null ? " " : STATUS_SIGNS[status].paint(STATUS_SIGNS[status].glyph),
			);
			return signs.join("") + " ".repeat(width - signs.length);
		},
	};
}

function lastText(result: TaskResult | undefined): string {
	if (!result) return MISSING;
	return `${result.accepted > 0 ? "✓" : "✗"} ${result.accepted}/${result.n}`;
}

function spokenResult(result: TaskResult | undefined): string {
	return result ? `last run ${result.accepted} of ${result.n} accepted` : "";
}

/** The tasks that the filter lets through. */
export function drawTaskList(model: Model, width: number, height: number): PaneText {
	const { tasks } = model;
	const { marks } = model.ui.getState();
	const rows = drawTable({
		table: tasks,
		columns: columnsOf(model),
		rowOf: tasks.row,
		isMarked: (row) => marks.has(row.id),
		width,
		height,
		isSpoken: model.isSpoken,
	});
	if (tasks.count === 0) rows.push(...emptyList(model, width));
	return { title: titleOf(model), rows };
}

function titleOf(model: Model): string {
	const { tasks } = model;
	const { marks } = model.ui.getState();
	const shown =
		tasks.filter === "" ? formatCount(tasks.total) : `${formatCount(tasks.count)} of ${formatCount(tasks.total)}`;
	const parts = [`Tasks ${shown}`];
	if (tasks.filter !== "") parts.push(`/${tasks.filter}`);
	if (tasks.sort !== "file order" || tasks.reversed)
		parts.push(`by ${tasks.sort}${tasks.reversed ? ", reversed" : ""}`);
	if (marks.size > 0) parts.push(`${marks.size} marked`);
	if (model.ui.getState().tasks === "reading") parts.push("reading");
	else if (tasks.isPartial) parts.push("searching");
	return parts.join(" · ");
}

function emptyList(model: Model, width: number): string[] {
	const { tasks } = model.ui.getState();
	const lines =
		tasks === "reading"
			? ["reading the tasks"]
			: typeof tasks === "object"
				? [tasks.error, "R tries again; another file or folder: assay open --tasks PATH"]
				: model.tasks.isPartial
					? ["searching"]
					: model.tasks.total > 0
						? ["no task matches the filter", "Esc takes it away"]
						: ["there are no tasks here"];
	return lines.flatMap((line) => wrapText(line, width - 4)).map((line) => dim(toCells(`  ${line}`, width)));
}
