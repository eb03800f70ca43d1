import type { Ranking } from "../../src/app/comparisons.js";
import { couldBeFirst, type RankedRow } from "../../src/store/leaderboard-table.js";
import { BOARD_PARTS, checkpointsState, leaderboardTable } from "../model/checkpoints-state.js";
import { rankingOf, selectedEntry } from "../model/leaderboard-actions.js";
import { markOf } from "../model/marks.js";
import type { Model } from "../model/model.js";
import { shortId, toCells } from "../text/cells.js";
import { formatCount, formatScore, MISSING, plural } from "../text/format.js";
import { bold, dim, green, type Paint, plain, yellow } from "../text/style.js";
import type { Column } from "../text/table.js";
import { estimateText, paragraph } from "./comparison-summary.js";
import { type PaneText, positionText } from "./pane-text.js";
import { drawTable } from "./table-pane.js";

/** Results best first, with intervals that hold for all at once; or those that are not on the board; or how it was computed. */
export function drawLeaderboard(model: Model, width: number, height: number): PaneText {
	const { board } = checkpointsState(model);
	const ranking = rankingOf(model);
	if (!board) return { title: "Leaderboard", rows: [] };
	const { part, state } = board;
	const tabs = BOARD_PARTS.map((name) => {
		const count = name === "left out" && ranking ? ` ${ranking.leftOut.length}` : "";
		return name === part ? `[${name}${count}]` : ` ${name}${count} `;
	}).join("");
	if (!ranking)
		return { title: tabs, rows: paragraph(stateText(state), width, state.kind === "failed" ? yellow : dim) };
	if (part === "ranking") return { title: `${tabs}${tableNote(model)}`, rows: rankingRows(model, width, height) };
	const { leftOut, about } = ranking;
	const none = "all that were to be ranked are on the board";
	const texts = part === "about" ? about : leftOut.length === 0 ? [none] : leftOut;
	const rows = texts.flatMap((text) => [...paragraph(text, width, plain), ""]);
	const top = model.scroll.top("board", height, rows.length);
	return { title: `${tabs} ${positionText(top, height, rows.length)}`.trimEnd(), rows: rows.slice(top, top + height) };
}

function stateText(state: NonNullable<ReturnType<typeof checkpointsState>["board"]>["state"]): string {
	if (state.kind === "failed") return state.message;
	if (state.kind === "ranked") return "";
	return state.share < 1 ? `reading ${Math.floor(100 * state.share)} %` : "drawing tasks again for intervals";
}

function tableNote(model: Model): string {
	const { count, total, filter, sort, reversed } = leaderboardTable(model);
	const marked = checkpointsState(model).board?.marked.length ?? 0;
	const parts = [`${count === total ? "" : `${formatCount(count)} of `}${formatCount(total)}`];
	if (filter !== "") parts.push(`/${filter}`);
	if (sort !== "place" || reversed) parts.push(`by ${sort}${reversed ? ", reversed" : ""}`);
	if (marked > 0) parts.push(`${marked} marked`);
	return ` ${parts.join(" · ")}`;
}

function rankingRows(model: Model, width: number, height: number): string[] {
	const table = leaderboardTable(model);
	const marked = checkpointsState(model).board?.marked ?? [];
	const rows = drawTable({
		table,
		columns: columnsOf(rankingOf(model)?.board.k ?? 1, String(table.total).length),
		rowOf: (row) => table.row(row),
		isMarked: ({ set }) => markOf(marked, set.runId),
		isSpoken: model.isSpoken,
		width,
		height,
	});
	if (table.count > 0) return rows;
	const why = table.total > 0 ? "no result matches the filter: Esc takes it away" : "no result: ] says why";
	return [...rows, dim(toCells(`  ${why}`, width))];
}

function columnsOf(k: number, digits: number): readonly Column<RankedRow>[] {
	const firstPaint = (row: RankedRow): Paint => (couldBeFirst(row) ? green : plain);
	return [
		{
			title: `${" ".repeat(digits)} result`,
			width: 24,
			grow: true,
			drop: 0,
			isSearched: true,
			text: ({ place, label }) => `${String(place).padStart(digits)} ${label}`,
			fit: shortId,
			paint: firstPaint,
		},
		{ title: `pass@${k}`, width: 6, align: "right", drop: 0, text: ({ set }) => formatScore(set.score.value) },
		{ title: "all at once", width: 11, drop: 0, text: simultaneousText },
		{ title: "rank", width: 7, align: "right", drop: 0, text: rankText },
		{ title: "first", width: 8, drop: 2, text: firstText, paint: firstPaint },
		{ title: "group", width: 7, drop: 1, text: ({ groups }) => groups.replaceAll(" … ", "…") },
		{ title: "alone", width: 11, drop: 4, text: ({ set }) => intervalText(set.score.interval) },
		{ title: "candidates", width: 10, align: "right", drop: 5, text: ({ set }) => formatCount(set.sampleCount) },
	];
}

function firstText({ rank }: RankedRow): string {
	if (rank.first > 1) return "";
	return rank.last === 1 ? "is" : "could be";
}

function rankText({ rank: { first, last } }: RankedRow): string {
	return first === last ? `${first}` : `${first}-${last}`;
}

/** Of a board with two results the one of its own: then nothing has to hold for more. */
function simultaneousText({ set }: RankedRow): string {
	return intervalText(set.simultaneous ?? set.score.interval);
}

function intervalText(interval: { low: number; high: number } | null): string {
	return interval === null ? MISSING : `${formatScore(interval.low)}-${formatScore(interval.high)}`;
}

/** What can be told of all results, in a few lines above them. */
export function leaderboardSummary(model: Model, width: number): string[] {
	const ranking = rankingOf(model);
	const { board } = checkpointsState(model);
	if (!board) return [];
	if (!ranking) return [bold(toCells(` ${plural(board.request.runIds.length, "run")} to rank`, width))];
	// How many are left out stands in the tabs.
	const [leads = "", ...others] = ranking.notes.slice(0, 3);
	return [
		...paragraph(leads, width, bold).slice(0, 2),
		...paragraph(others.join("; "), width, plain).slice(0, 3),
		...ranking.board.differences.flatMap(({ text }) => paragraph(`not the same: ${text}`, width, yellow)),
	];
}

/** All that is known of the result under the cursor. */
export function drawBoardEntry(model: Model, width: number, height: number): PaneText {
	const entry = selectedEntry(model);
	const ranking = rankingOf(model);
	if (entry === null || !ranking) return { title: "Result", rows: [] };
	const rows = entryRows(entry, ranking, width);
	const top = model.scroll.top("entry", height, rows.length);
	return { title: `Result ${positionText(top, height, rows.length)}`.trimEnd(), rows: rows.slice(top, top + height) };
}

function entryRows(entry: RankedRow, { board, rows: all }: Ranking, width: number): string[] {
	const { set, rank, place } = entry;
	const certainty =
		rank.first === rank.last
			? `its rank is ${rank.first}, for sure`
			: `its rank could be any from ${rank.first} to ${rank.last}`;
	const groups = board.groups.filter(({ first, last }) => place >= first && place <= last);
	const beside = all.filter(
		(other) => other !== entry && groups.some(({ first, last }) => other.place >= first && other.place <= last),
	);
	const facts = [
		`place ${place} of ${all.length}; ${certainty}`,
		`pass@${board.k} ${estimateText(set.score)} alone, ${simultaneousText(entry)} with all others at once`,
		`${plural(set.score.tasks, "task")}, ${plural(set.sampleCount, "candidate")}, ${formatCount(set.mixedTasks)} tasks right and wrong`,
		...(set.judgeErrors > 0 ? [`${plural(set.judgeErrors, "judge error")}, in no score`] : []),
		`made by ${set.subject ?? "nobody who is known"}`,
		`run ${set.runId ?? MISSING}`,
		`sha256 ${set.sha256.slice(0, 16)} ${set.path}`,
	];
	return [
		...paragraph(entry.label, width, bold),
		...facts.flatMap((fact) => paragraph(fact, width, plain)),
		"",
		...paragraph(
			beside.length === 0 ? "in no group with another result" : `in a group (${entry.groups}) with ${beside.length}:`,
			width,
			bold,
		),
		...beside.map((other) => toCells(`  ${formatScore(other.set.score.value)} ${other.label}`, width)),
	];
}
