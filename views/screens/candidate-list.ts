import { type CandidateView, selectCandidate, selectIsStopped, selectTask } from "../../src/store/select-run.js";
import { bar, type ChartLook } from "../charts/blocks.js";
import type { Model } from "../model/model.js";
import { cellWidth, shortId, toCells } from "../text/cells.js";
import { formatBytes, formatMs, MISSING } from "../text/format.js";
import { bold, cursorLine, dim } from "../text/style.js";
import { type Column, fitColumns, tableHead, tableRow } from "../text/table.js";
import { signOf } from "./glyphs.js";
import type { PaneText } from "./pane-text.js";

const PASSED_CELLS = 8;

const columnsOf = (isStopped: boolean, look: ChartLook): readonly Column<CandidateView>[] => [
	{ title: "#", width: 3, align: "right", drop: 0, text: (row) => String(row.sampleIndex) },
	{
		title: "state",
		width: 24,
		grow: true,
		drop: 0,
		text: (row) => `${signOf(row, isStopped).glyph} ${signOf(row, isStopped).word}${causeOf(row)}`,
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
		paint: (row) => signOf(row, isStopped).paint,
	},
	{ title: "cpu", width: 7, align: "right", drop: 2, text: (row) => formatMs(row.verdict?.cpuTimeMs) },
	{ title: "memory", width: 8, align: "right", drop: 4, text: (row) => formatBytes(row.verdict?.peakMemoryBytes) },
	{ title: "flags", width: 10, drop: 6, text: (row) => row.verdict?.flags.join(",") ?? "" },
	{ title: "", width: 6, drop: 3, text: (row) => (row.verdict?.cached ? "cached" : "") },
];

/** The candidates of the task the cursor is on, each with its sign and word. */
export function drawCandidateList(model: Model, width: number, height: number): PaneText {
	const { run, boardTask, sample, markedCandidate } = model.ui.getState();
	const state = run?.store.getState().run;
	const task = state ? selectTask(state, boardTask) : null;
	if (!state || !task) return { title: "Candidates", rows: [] };
	const columns = fitColumns(columnsOf(selectIsStopped(state), model.look), width - 2);
	const listRows = height - 1;
	const top = model.scroll.follow("candidates", sample, listRows, task.rows.length);
	const rows = [dim(toCells(`  ${tableHead(columns)}`, width))];
	for (let index = top; index < Math.min(top + listRows, task.rows.length); index++) {
		const candidate = selectCandidate(state, task.taskId, index);
		if (!candidate) continue;
		const isMarked = markedCandidate?.taskId === task.taskId && markedCandidate.sampleIndex === index;
		const text = `${index === sample ? "▸" : " "}${isMarked ? "*" : " "}${tableRow(columns, candidate)}`;
		rows.push(index === sample ? cursorLine(bold(text)) : text);
	}
	const counts = ` · ${task.accepted} of ${task.n} accepted`;
	return { title: shortId(task.taskId, width - cellWidth(counts) - 4) + counts, rows };
}

const causeOf = (row: CandidateView) => (row.verdict?.cause ? ` (${row.verdict.cause})` : "");
