import type { RunRow } from "../../src/domain/run-row.js";
import { sizeText } from "../../src/lib/file-size.js";
import { ageText } from "../../src/lib/point-in-time.js";
import { selectIsActive } from "../../src/store/select-run.js";
import { madeBy } from "../../src/store/select-runs.js";
import { markOf } from "../model/marks.js";
import type { Model } from "../model/model.js";
import { shortId, toCells } from "../text/cells.js";
import { formatCount, formatScore, MISSING } from "../text/format.js";
import { cyan, dim, green, type Paint, red, yellow } from "../text/style.js";
import type { Column } from "../text/table.js";
import type { Sign } from "./glyphs.js";
import type { PaneText } from "./pane-text.js";
import { drawTable } from "./table-pane.js";

type OutcomeSign = Pick<Sign, "glyph" | "word"> & { paint: Paint };

/** The sign alone tells it: colours may be missing. */
const OUTCOMES: Record<RunRow["outcome"], OutcomeSign> = {
	running: { glyph: "●", word: "running", paint: cyan },
	completed: { glyph: "✓", word: "completed", paint: green },
	cancelled: { glyph: "-", word: "cancelled", paint: dim },
	failed: { glyph: "✗", word: "failed", paint: red },
	interrupted: { glyph: "!", word: "interrupted", paint: yellow },
};

/** The runs of the workspace and those that ship with the program. */
export function drawRunTable(model: Model, width: number, height: number): PaneText {
	const { runs } = model;
	const { markedRuns } = model.ui.getState();
	const rows = drawTable({
		table: runs,
		columns: columnsAt(model),
		rowOf: (row) => withLiveCount(model, runs.row(row)),
		isMarked: ({ runId }) => markOf(markedRuns, runId),
		width,
		height,
		isSpoken: model.isSpoken,
	});
	if (runs.count === 0) {
		const lines =
			runs.total > 0 ? ["no run matches the filter", "Esc takes it away"] : ["no run yet", "1, then r, starts one"];
		rows.push(...lines.map((line) => dim(toCells(`  ${line}`, width))));
	}
	return { title: titleOf(model), rows };
}

function titleOf({ runs, ui }: Model): string {
	const { markedRuns } = ui.getState();
	const parts = [`Runs ${runs.filter === "" ? "" : `${formatCount(runs.count)} of `}${formatCount(runs.total)}`];
	if (runs.filter !== "") parts.push(`/${runs.filter}`);
	if (runs.sort !== "age" || runs.reversed) parts.push(`by ${runs.sort}${runs.reversed ? ", reversed" : ""}`);
	if (markedRuns.length > 0) parts.push(`${markedRuns.length} marked`);
	return parts.join(" · ");
}

function columnsAt(model: Model): readonly Column<RunRow>[] {
	const now = Date.parse(model.clock());
	const isGrouped = model.ui.getState().runRows.some(({ experiment }) => experiment !== null);
	const experiment: Column<RunRow> = {
		isSearched: true,
		title: "experiment",
		width: 12,
		drop: 6,
		text: (row) => row.experiment ?? MISSING,
	};
	return [
		{ isSearched: true, title: "run", width: 20, drop: 0, text: (row) => row.runId, fit: endOf },
		{
			isSearched: true,
			title: "outcome",
			width: 13,
			drop: 0,
			text: ({ outcome }) => `${OUTCOMES[outcome].glyph} ${OUTCOMES[outcome].word}`,
			spoken: ({ outcome }) => OUTCOMES[outcome].word,
			paint: ({ outcome }) => OUTCOMES[outcome].paint,
		},
		{ isSearched: true, title: "kind", width: 9, drop: 5, text: (row) => row.kind },
		{ isSearched: true, title: "made by", width: 18, grow: true, drop: 0, text: madeBy, fit: shortId },
		{ isSearched: true, title: "backend", width: 8, drop: 6, text: (row) => row.backend },
		{ title: "tasks", width: 5, align: "right", drop: 2, text: (row) => formatCount(row.taskCount) },
		{ title: "N", width: 4, align: "right", drop: 4, text: (row) => (row.n === null ? MISSING : formatCount(row.n)) },
		{ title: "judged", width: 7, align: "right", drop: 6, text: (row) => formatCount(row.sampleCount) },
		{ title: "pass@1", width: 6, align: "right", drop: 1, text: (row) => formatScore(row.passAt1?.value ?? null) },
		{ title: "95 % interval", width: 13, drop: 3, text: intervalOf },
		{ isSearched: true, title: "tier", width: 6, drop: 7, text: (row) => row.tier ?? MISSING },
		{ title: "age", width: 8, align: "right", drop: 1, text: (row) => ageText(row.startedAt, now) },
		{ title: "size", width: 6, align: "right", drop: 4, text: (row) => sizeText(row.bytes) },
		...(isGrouped ? [experiment] : []),
		{ title: "from", width: 9, drop: 8, text: (row) => row.parent ?? MISSING, fit: endOf },
	];
}

/** The end of an id tells runs apart. */
function endOf(text: string, width: number): string {
	return text.length <= width ? text : `…${text.slice(text.length - width + 1)}`;
}

export function intervalOf({ passAt1 }: RunRow): string {
	if (passAt1 === null || passAt1.interval === null) return MISSING;
	return `${formatScore(passAt1.interval.low)}-${formatScore(passAt1.interval.high)}`;
}

/** Of a run that goes on in this program, what is judged by now. */
function withLiveCount(model: Model, row: RunRow | null): RunRow | null {
	const run = row && model.ui.getState().liveRuns.find(({ runId }) => runId === row.runId);
	if (!row || !run || run.ended) return row;
	const state = run.store.getState().run;
	return selectIsActive(state) ? { ...row, outcome: "running", sampleCount: state.judged } : row;
}
