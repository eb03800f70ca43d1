import type { Comparison } from "../../src/domain/comparison.js";
import type { GroupRow } from "../../src/store/group-table.js";
import { groupTable, letterOf } from "../model/checkpoints-state.js";
import type { Model } from "../model/model.js";
import { toCells } from "../text/cells.js";
import { formatCount, MISSING } from "../text/format.js";
import { dim, plain, red } from "../text/style.js";
import type { Column } from "../text/table.js";
import { changePaint, changeText, pText } from "./comparison-figures.js";
import { paragraph } from "./comparison-summary.js";
import { drawTable } from "./table-pane.js";

/** What A solved and another set no longer does, group by group, with interval and test. */
export function forgottenRows(model: Model, { sets }: Comparison, width: number, height: number): string[] {
	const table = groupTable(model);
	const by = table.by();
	const note =
		by === null
			? "no groups: the tasks are all alike in them, or cannot be read any more"
			: "forgotten: solved before, by none now, 95 % of the share by Clopper and Pearson; p: McNemar, by Holm over the groups";
	const notes = paragraph(note, width, dim);
	const rows = drawTable({
		table,
		columns: columnsOf(by ?? "tasks", sets.length),
		rowOf: (row) => table.row(row),
		isMarked: () => false,
		isSpoken: model.isSpoken,
		width,
		height: Math.max(3, height - notes.length),
	});
	if (table.count === 0) rows.push(dim(toCells("  no group matches the filter: Esc takes it away", width)));
	return [...rows, ...notes];
}

/** Behind the tabs: what the groups share, and how many are shown. */
export function forgottenNote(model: Model): string {
	const table = groupTable(model);
	const by = table.by();
	const parts = [by === null ? "" : `by ${by}`];
	if (table.filter !== "") parts.push(`/${table.filter}`);
	if (table.sort !== "forgotten" || table.reversed) parts.push(`${table.sort}${table.reversed ? ", reversed" : ""}`);
	return ` ${parts.join(" · ")}`.trimEnd();
}

function columnsOf(title: string, sets: number): readonly Column<GroupRow>[] {
	const set: Column<GroupRow> = { title: "set", width: 3, drop: 0, text: (row) => letterOf(row.set) };
	return [
		{ title, width: 14, grow: true, drop: 0, text: ({ group }) => group, isSearched: true },
		...(sets > 2 ? [set] : []),
		{ title: "tasks", width: 5, align: "right", drop: 3, text: ({ net }) => formatCount(net.tasks) },
		{
			title: "forgotten",
			width: 9,
			align: "right",
			drop: 0,
			text: ({ lost, solvedBefore }) => `${lost} of ${solvedBefore}`,
			paint: ({ lost }) => (lost > 0 ? red : plain),
		},
		{
			title: "95 % share",
			width: 10,
			drop: 1,
			text: ({ forgotten }) =>
				forgotten === null ? MISSING : `${forgotten.low.toFixed(2)}-${forgotten.high.toFixed(2)}`,
		},
		{ title: "gained", width: 6, align: "right", drop: 0, text: ({ gained }) => formatCount(gained) },
		{ title: "p", width: 8, align: "right", drop: 0, text: ({ pAdjusted }) => pText(pAdjusted) },
		{
			title: "change",
			width: 6,
			align: "right",
			drop: 2,
			text: ({ net }) => (net.value === null ? MISSING : changeText(net.value)),
			paint: ({ net }) => changePaint(net.value ?? 0),
		},
		{
			title: "95 % change",
			width: 13,
			drop: 4,
			text: ({ net: { interval } }) =>
				interval === null ? MISSING : `${changeText(interval.low)} ${changeText(interval.high)}`,
		},
	];
}
