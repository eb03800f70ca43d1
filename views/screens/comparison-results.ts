import type { ComparedTask, Comparison, GroupChange } from "../../src/domain/comparison.js";
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
import { bold, dim, green, type Paint, plain, red, yellow } from "../text/style.js";
import type { Column } from "../text/table.js";
import { fitColumns, tableHead, tableRow } from "../text/table.js";
import { wrapText } from "../text/wrap.js";
import { scoreRows } from "./comparison-scores.js";
import { curveRows } from "./learning-curves.js";
import { type PaneText, positionText } from "./pane-text.js";
import { drawTable } from "./table-pane.js";

/** The tasks that the sets share, worst change first; or tags, all figures, or learning curves. */
export function drawResults(model: Model, width: number, height: number): PaneText {
	const { comparison, checkpoints } = checkpointsState(model);
	if (!comparison) return { title: "Comparison", rows: [] };
	const { state, part } = comparison;
	const tabs = RESULT_PARTS.map((name) => (name === part ? `[${name}]` : ` ${name} `)).join("");
	if (state.kind !== "compared") return { title: tabs, rows: unfinishedRows(comparison, width) };
	if (part === "tasks")
		return { title: `${tabs}${tableNote(model)}`, rows: taskRows(model, state.comparison, width, height) };
	const compared = comparison.names.flatMap((name) => checkpoints.filter((checkpoint) => checkpoint.name === name));
	const rows =
		part === "tags"
			? tagRows(state.comparison, width)
			: part === "scores"
				? scoreRows(state.comparison, width)
				: curveRows(model, compared, width, height);
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
		{ title: "tags", width: 20, drop: 3, text: ({ groups }) => groups.join(" "), isSearched: true },
	];
}

export function countText(count: { n: number; accepted: number } | undefined): string {
	return count === undefined || count.n === 0 ? MISSING : `${count.accepted}/${count.n}`;
}

export function changeText(change: number): string {
	return change === 0 ? "0" : `${change > 0 ? "+" : "-"}${Math.abs(change).toFixed(3)}`;
}

export function changePaint(change: number): Paint {
	return change > 0 ? green : change < 0 ? red : plain;
}

/** What each set gained and lost by tag, most lost first. */
function tagRows({ groups, sets }: Comparison, width: number): string[] {
	if (groups.length === 0) return [dim(toCells(" no tags: the tasks have none, or cannot be read any more", width))];
	const columns = fitColumns(tagColumns(sets), width - 1);
	const sorted = groups.toSorted((a, b) => (a.net.value ?? 0) - (b.net.value ?? 0));
	const note = " not tested: among so many tags some differ by chance; / with a tag shows its tasks";
	return [
		dim(toCells(` ${tableHead(columns)}`, width)),
		...sorted.map((group) => ` ${tableRow(columns, group)}`),
		dim(toCells(note, width)),
	];
}

function tagColumns(sets: Comparison["sets"]): readonly Column<GroupChange>[] {
	const other: Column<GroupChange> = {
		title: "set",
		width: 3,
		drop: 0,
		text: ({ other: name }) => letterOf(sets.findIndex((set) => set.name === name)),
	};
	const sign = (value: number | null) => (value === null ? MISSING : changeText(value));
	return [
		{ title: "tag", width: 16, grow: true, drop: 0, text: ({ group }) => group },
		...(sets.length > 2 ? [other] : []),
		{ title: "tasks", width: 5, align: "right", drop: 1, text: ({ net }) => formatCount(net.tasks) },
		{ title: "gained", width: 6, align: "right", drop: 0, text: ({ gained }) => formatCount(gained) },
		{ title: "lost", width: 4, align: "right", drop: 0, text: ({ lost }) => formatCount(lost) },
		{
			title: "change",
			width: 6,
			align: "right",
			drop: 0,
			text: ({ net }) => sign(net.value),
			paint: ({ net }) => changePaint(net.value ?? 0),
		},
		{
			title: "95 % interval",
			width: 16,
			drop: 2,
			text: ({ net: { interval } }) =>
				interval === null ? MISSING : `${changeText(interval.low)} ${changeText(interval.high)}`,
		},
	];
}
