import type { ComparedTask, Comparison } from "../../src/domain/comparison.js";
import { flipOf } from "../../src/store/compared-table.js";
import {
	checkpointsState,
	comparedTable,
	letterOf,
	type OpenComparison,
	RESULT_PARTS,
} from "../model/checkpoints-state.js";
import { comparedOf } from "../model/comparison-actions.js";
import type { Model } from "../model/model.js";
import { shortId, toCells } from "../text/cells.js";
import { formatCount, MISSING } from "../text/format.js";
import { bold, dim, type Paint, plain, yellow } from "../text/style.js";
import type { Column } from "../text/table.js";
import { wrapText } from "../text/wrap.js";
import { changePaint, changeText } from "./comparison-figures.js";
import { scoreRows } from "./comparison-scores.js";
import { forgottenNote, forgottenRows } from "./forgotten-groups.js";
import { curveRows } from "./learning-curves.js";
import { type PaneText, positionText } from "./pane-text.js";
import { drawTable } from "./table-pane.js";

/** The tasks that the sets share, worst change first; or what was forgotten by groups, all figures, or learning curves. */
export function drawResults(model: Model, width: number, height: number): PaneText {
	const { comparison, checkpoints } = checkpointsState(model);
	if (!comparison) return { title: "Comparison", rows: [] };
	const { state, part } = comparison;
	const tabs = RESULT_PARTS.map((name) => (name === part ? `[${name}]` : ` ${name} `)).join("");
	if (state.kind !== "compared") return { title: tabs, rows: unfinishedRows(comparison, width) };
	if (part === "tasks")
		return { title: `${tabs}${tableNote(model)}`, rows: taskRows(model, state.comparison, width, height) };
	if (part === "forgotten")
		return { title: `${tabs}${forgottenNote(model)}`, rows: forgottenRows(model, state.comparison, width, height) };
	const compared = comparison.names.flatMap((name) => checkpoints.filter((checkpoint) => checkpoint.name === name));
	const rows = part === "scores" ? scoreRows(state.comparison, width) : curveRows(model, compared, width, height);
	const top = model.scroll.top("results", height, rows.length);
	return { title: `${tabs} ${positionText(top, height, rows.length)}`.trimEnd(), rows: rows.slice(top, top + height) };
}

function unfinishedRows({ state }: OpenComparison, width: number): string[] {
	const say = (text: string, paint: Paint) =>
		wrapText(text, width - 2).map((line) => paint(toCells(` ${line}`, width)));
	switch (state.kind) {
		case "reading":
			return say(
				state.share < 1 ? `reading ${Math.floor(100 * state.share)} %` : "drawing tasks again for intervals",
				dim,
			);
		case "refused":
			return [
				...say("Not comparable as they are:", bold),
				...state.differences.flatMap(({ kind, text }) => say(`! ${kind}: ${text}`, yellow)),
				"",
				...say("a compares what they share all the same, and says so in the report", plain),
			];
		case "failed":
			return say(state.message, yellow);
		case "compared":
			return [];
	}
}

function tableNote(model: Model): string {
	const table = comparedTable(model);
	const { count, filter, sort, reversed } = table;
	const total = comparedOf(model)?.tasks.length ?? 0;
	const part = table.part();
	const parts = [`${count === total ? "" : `${formatCount(count)} of `}${formatCount(total)}`];
	if (part !== "all") parts.push(part === "flips" ? "flips only" : "changed only");
	if (filter !== "") parts.push(`/${filter}`);
	if (sort !== "change" || reversed) parts.push(`by ${sort}${reversed ? ", reversed" : ""}`);
	return ` ${parts.join(" · ")}`;
}

function taskRows(model: Model, { sets }: Comparison, width: number, height: number): string[] {
	const table = comparedTable(model);
	const rows = drawTable({
		table,
		columns: columnsOf(sets.length),
		rowOf: (row) => table.row(row),
		isMarked: () => false,
		isSpoken: model.isSpoken,
		width,
		height,
	});
	if (table.count > 0) return rows;
	const why =
		table.filter !== "" ? "no task matches the filter: Esc takes it away" : "no task is like that: c shows others";
	return [...rows, dim(toCells(`  ${why}`, width))];
}

function columnsOf(sets: number): readonly Column<ComparedTask>[] {
	return [
		{ title: "task", width: 16, grow: true, drop: 0, text: ({ taskId }) => taskId, fit: shortId, isSearched: true },
		...Array.from(
			{ length: sets },
			(_, set): Column<ComparedTask> => ({
				title: letterOf(set),
				width: 7,
				align: "right",
				drop: set === 0 || set === sets - 1 ? 0 : 2,
				text: ({ counts }) => countText(counts[set]),
			}),
		),
		{
			title: "change",
			width: 6,
			align: "right",
			drop: 0,
			text: ({ change }) => changeText(change),
			paint: ({ change }) => changePaint(change),
		},
		{ title: "flip", width: 4, drop: 1, text: (task) => flipOf(task) ?? "" },
		{ title: "tags", width: 20, drop: 3, text: tagsOf, isSearched: true },
	];
}

export function tagsOf({ groups }: ComparedTask): string {
	return groups.flatMap(({ by, name }) => (by === "tag" && name !== "no tag" ? [name] : [])).join(" ");
}

export function countText(count: { n: number; accepted: number } | undefined): string {
	return count === undefined || count.n === 0 ? MISSING : `${count.accepted}/${count.n}`;
}
