import type { CandidateTable } from "../../src/store/candidate-table.js";
import type { TaskProgress } from "../../src/store/run-state.js";
import { type CandidateView, selectIsStopped, selectRow, selectTask } from "../../src/store/select-run.js";
import { bar, type ChartLook } from "../charts/blocks.js";
import { shownCandidates } from "../model/candidate-table.js";
import type { Model } from "../model/model.js";
import { cellWidth, shortId, toCells } from "../text/cells.js";
import { formatBytes, formatCount, formatMs, MISSING } from "../text/format.js";
import { dim } from "../text/style.js";
import type { Column } from "../text/table.js";
import { beyondText } from "./board.js";
import { signOf } from "./glyphs.js";
import type { PaneText } from "./pane-text.js";
import { drawTable } from "./table-pane.js";

const PASSED_CELLS = 8;

interface ListLook {
	isStopped: boolean;
	/** Of the longest sample index. */
	digits: number;
	chart: ChartLook;
}

const columnsOf = ({ isStopped, digits, chart: look }: ListLook): readonly Column<CandidateView>[] => [
	{
		title: "#",
		width: Math.max(3, digits),
		align: "right",
		drop: 0,
		text: (row) => String(row.sampleIndex),
		spoken: (row) => `sample ${row.sampleIndex}`,
	},
	{
		title: "state",
		width: 24,
		grow: true,
		drop: 0,
		text: (row) => `${signOf(row, isStopped).glyph} ${signOf(row, isStopped).word}${causeOf(row)}${pickedOf(row)}`,
		spoken: (row) => `${signOf(row, isStopped).word}${causeOf(row)}${pickedOf(row)}`,
		paint: (row) => signOf(row, isStopped).paint,
	},
	{
		title: "tests",
		width: 7,
		align: "right",
		drop: 1,
		text: (row) => (row.verdict ? `${row.verdict.passed}/${row.verdict.total}` : MISSING),
	},
	{
		title: "passed",
		width: PASSED_CELLS,
		drop: 5,
		text: (row) => (row.verdict ? bar(row.verdict.passed / row.verdict.total, PASSED_CELLS, look, "·") : ""),
		spoken: () => "",
		paint: (row) => signOf(row, isStopped).paint,
	},
	{ title: "cpu", width: 7, align: "right", drop: 2, text: (row) => formatMs(row.verdict?.cpuTimeMs) },
	{ title: "memory", width: 8, align: "right", drop: 4, text: (row) => formatBytes(row.verdict?.peakMemoryBytes) },
	{ title: "flags", width: 10, drop: 6, text: (row) => row.verdict?.flags.join(",") ?? "" },
	{ title: "", width: 6, drop: 3, text: cachedText, spoken: cachedText },
];

const cachedText = (row: CandidateView) => (row.verdict?.cached ? "cached" : "");

/** The candidates of the task the cursor is on, or of the whole run, each with its sign and word. */
export function drawCandidateList(model: Model, width: number, height: number): PaneText {
	const { run, boardTask, wholeRun, markedCandidate } = model.ui.getState();
	const state = run?.store.getState().run;
	const task = state ? selectTask(state, boardTask) : null;
	if (!state || !task) return { title: "Candidates", rows: [] };
	const table = shownCandidates(model);
	const digits = String(Math.max(state.config?.n ?? 0, task.rows.length)).length;
	const rows = drawTable({
		table,
		columns: [
			...(wholeRun ? [taskColumn] : []),
			...columnsOf({ isStopped: selectIsStopped(state), digits, chart: model.look }),
		],
		rowOf: (row) => selectRow(state, row),
		isMarked: (row) => markedCandidate?.taskId === row.taskId && markedCandidate.sampleIndex === row.sampleIndex,
		width,
		height,
		isSpoken: model.isSpoken,
	});
	if (table.count === 0 && table.total > 0) {
		rows.push(
			dim(toCells(table.isPartial ? "  searching" : "  no candidate matches the filter: Esc takes it away", width)),
		);
	}
	return { title: titleOf(table, wholeRun ? null : task, width), rows };
}

function titleOf(table: CandidateTable, task: TaskProgress | null, width: number): string {
	const { filter, sort, reversed, count, total } = table;
	const parts: string[] = [];
	if (filter !== "") parts.push(`/${filter} ${formatCount(count)} of ${formatCount(total)}`);
	else if (task) {
		parts.push(`${task.accepted} of ${task.n} accepted`);
		if (task.beyond !== null) parts.push(beyondText(task.beyond));
	} else parts.push(formatCount(total));
	if (sort !== "sample order" || reversed) parts.push(`by ${sort}${reversed ? ", reversed" : ""}`);
	if (table.isPartial) parts.push("searching");
	const rest = ` · ${parts.join(" · ")}`;
	return (task ? shortId(task.taskId, width - cellWidth(rest) - 4) : "All candidates") + rest;
}

const taskColumn: Column<CandidateView> = {
	title: "task",
	width: 16,
	drop: 0,
	text: (row) => row.taskId,
	fit: shortId,
};

const causeOf = (row: CandidateView) => (row.verdict?.cause ? ` (${row.verdict.cause})` : "");
const pickedOf = (row: CandidateView) => (row.picked ? ", picked" : "");
