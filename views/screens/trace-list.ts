import type { Trace } from "../../src/store/traces.js";
import { liveTrace } from "../model/live-trace.js";
import type { Model } from "../model/model.js";
import { isGoingOn } from "../model/run-actions.js";
import type { OpenRun } from "../model/state.js";
import { isSame, type MarkedTrace } from "../model/trace-marks.js";
import { traceSourceItems } from "../model/trace-sources.js";
import { shownTraces, tracesState } from "../model/traces-state.js";
import { shortId, toCells } from "../text/cells.js";
import { formatCount, MISSING, plural } from "../text/format.js";
import { cursorLine, cyan, dim, plain, yellow } from "../text/style.js";
import type { Column } from "../text/table.js";
import { STATUS_SIGNS } from "./glyphs.js";
import type { PaneText } from "./pane-text.js";
import { spokenItem } from "./run-list.js";
import { drawTable } from "./table-pane.js";

const columnsOf = (run: OpenRun | null): readonly Column<Trace>[] => [
	{ title: "task", width: 14, grow: true, drop: 0, text: ({ taskId }) => taskId, fit: shortId, isSearched: true },
	{ title: "try", width: 3, align: "right", drop: 2, text: ({ sampleIndex }) => String(sampleIndex) },
	{
		title: "outcome",
		width: 15,
		drop: 0,
		text: (trace) => outcomeOf(trace, liveTrace(run, trace) !== null),
		paint: ({ outcome }) => (outcome === null ? dim : STATUS_SIGNS[outcome].paint),
	},
	{ title: "rev", width: 3, align: "right", drop: 1, text: ({ revisions }) => String(revisions) },
	{
		title: "ended for",
		width: 12,
		drop: 3,
		text: (trace) => trace.reason?.replaceAll("_", " ") ?? (liveTrace(run, trace) ? "goes on" : "not ended"),
		paint: (trace) => (trace.reason === null && liveTrace(run, trace) ? cyan : plain),
	},
	{
		title: "first",
		width: 13,
		drop: 6,
		text: ({ first }) => (first === null ? MISSING : `${STATUS_SIGNS[first].glyph} ${STATUS_SIGNS[first].word}`),
		paint: ({ first }) => (first === null ? dim : STATUS_SIGNS[first].paint),
	},
	{ title: "test runs", width: 9, align: "right", drop: 5, text: ({ testRuns }) => String(testRuns) },
	{
		title: "tokens",
		width: 7,
		align: "right",
		drop: 4,
		text: ({ tokens }) => (tokens === null ? MISSING : formatCount(tokens)),
	},
];

function outcomeOf({ outcome, claimed }: Trace, goesOn: boolean): string {
	if (outcome === null) return goesOn ? "… not yet" : "not judged";
	const { glyph, word } = STATUS_SIGNS[outcome];
	return `${glyph} ${word}${claimed ? " (claimed)" : ""}`;
}

/** The traces of a run or of a file, one line each. */
export function drawTraceList(model: Model, width: number, height: number): PaneText {
	const { open, marked, follows } = tracesState(model);
	if (open === null) return { title: "Traces", rows: [dim(toCells("  nothing is open: Esc, and choose", width))] };
	const table = shownTraces(model);
	const rows = drawTable({
		table,
		columns: columnsOf(open.run),
		rowOf: (row) => table.row(row),
		isMarked: (trace) => isMarkedHere(marked, open.source(), trace),
		width,
		height,
		isSpoken: model.isSpoken,
	});
	if (table.count === 0) rows.push(emptyRow(model, width));
	const { filter, sort, reversed, count, total } = table;
	const parts = [filter === "" ? formatCount(total) : `/${filter} ${formatCount(count)} of ${formatCount(total)}`];
	if (sort !== "order of time" || reversed) parts.push(`by ${sort}${reversed ? ", reversed" : ""}`);
	if (open.state === "reading") parts.push("reading");
	if (follows && isGoingOn(open.run)) parts.push("following");
	return { title: `Traces ${parts.join(" · ")}`, rows };
}

function isMarkedHere(marked: MarkedTrace | null, source: string | null, trace: Trace): boolean {
	return marked !== null && source !== null && isSame(marked, { source, name: "", trace });
}

function emptyRow(model: Model, width: number): string {
	const { open } = tracesState(model);
	const table = shownTraces(model);
	if (table.total > 0) {
		return dim(toCells(table.isPartial ? "  searching" : "  no trace matches the filter: Esc takes it away", width));
	}
	if (open?.state === "reading") return dim(toCells("  reading", width));
	if (typeof open?.state === "object") return yellow(toCells(`  ${open.state.error}`, width));
	return dim(toCells(open?.run ? "  no step yet" : "  there is no trace in it", width));
}

/** Where traces can be read from: debug runs and files, two lines each. */
export function drawTraceSources(model: Model, width: number, height: number): PaneText {
	const { sourcesPosition, open } = tracesState(model);
	const items = traceSourceItems(model);
	const visible = Math.max(1, Math.floor(height / 2));
	const top = model.scroll.follow("trace-sources", sourcesPosition, visible, items.length);
	const rows = items.slice(top, top + visible).flatMap((item, i) => {
		const isCursor = top + i === sourcesPosition;
		if (model.isSpoken) return [spokenItem(item, isCursor)];
		const head = toCells(`${isCursor ? "▸" : " "}${item.label === open?.name ? "●" : " "}${item.label}`, width);
		return [isCursor ? cursorLine(head) : head, dim(toCells(`   ${item.detail}`, width))];
	});
	if (items.length === 0) rows.push(...NOTHING.map((line) => dim(toCells(`  ${line}`, width))));
	return { title: `Traces of ${plural(items.length, "run or file", "runs and files")}`, rows };
}

const NOTHING = [
	"no traces yet.",
	"assay debug writes them: a loop that proposes a program, runs the public tests, and revises it.",
	"assay traces import brings in published ones; files in artifacts/traces are listed here.",
];
