import type { TrainingRow, TrainingRowState } from "../../src/domain/training-activity.js";
import type { Model } from "../model/model.js";
import { shownTrainings, trainingsState } from "../model/training-state.js";
import { toCells } from "../text/cells.js";
import { formatClock, MISSING } from "../text/format.js";
import { bold, cursorLine, cyan, dim, green, type Paint, plain, red, yellow } from "../text/style.js";
import { type Column, fitColumns, spokenRow, tableHead, tableRow } from "../text/table.js";
import { type PaneText, positionText } from "./pane-text.js";

const MARK_CELLS = 2;

export function drawTrainingList(model: Model, width: number, height: number): PaneText {
	const rows = shownTrainings(model);
	const { position, reading } = trainingsState(model);
	if (rows.length === 0) {
		const texts =
			typeof reading === "object"
				? [reading.error]
				: reading === "reading"
					? ["reading"]
					: trainingsState(model).filter !== ""
						? ["nothing matches", "/ changes the filter"]
						: ["no loop and no training was recorded yet", "r starts one"];
		return { title: "Trainings 0", rows: texts.map((text) => dim(toCells(`  ${text}`, width))) };
	}
	const listRows = Math.max(1, height - 1);
	const top = model.scroll.follow("trainings", position, listRows, rows.length);
	// Where all are on this machine there is nothing to tell.
	const told = rows.some(({ host }) => host !== null) ? COLUMNS : COLUMNS.filter(({ title }) => title !== "host");
	const columns = fitColumns(told, width - MARK_CELLS);
	const shown = rows.slice(top, top + listRows).map((row, i) => {
		const isCursor = top + i === position;
		const text = model.isSpoken
			? `${spokenRow(told, row)}, ${top + i + 1} of ${rows.length}`
			: `${isCursor ? "▸" : " "} ${tableRow(columns, row, (cell) => cell)}`;
		return isCursor ? cursorLine(model.isSpoken ? text : bold(text)) : text;
	});
	const more = positionText(top, listRows, rows.length);
	const head = model.isSpoken ? [] : [dim(toCells(`  ${tableHead(columns)}`, width))];
	return { title: `Trainings ${rows.length}${more && ` · ${more}`}`, rows: [...head, ...shown] };
}

const STATE_SIGNS: Record<TrainingRowState, { glyph: string; paint: Paint }> = {
	running: { glyph: "●", paint: cyan },
	finished: { glyph: "✓", paint: green },
	interrupted: { glyph: "!", paint: yellow },
	unreadable: { glyph: "✗", paint: red },
};

const COLUMNS: readonly Column<TrainingRow>[] = [
	{
		title: "name",
		width: 14,
		grow: true,
		drop: 0,
		text: ({ id, loopId }) => (loopId === null ? id : `└ iteration ${id.slice(loopId.length + 1)}`),
	},
	{ title: "method", width: 6, drop: 3, text: ({ kind, method }) => (kind === "loop" ? "loop" : method) },
	{
		title: "host",
		width: 8,
		drop: 5,
		text: ({ host }) => host ?? MISSING,
		spoken: ({ host }) => (host === null ? "" : `on ${host}`),
	},
	{
		title: "state",
		width: 13,
		drop: 0,
		text: ({ state }) => `${STATE_SIGNS[state].glyph} ${state}`,
		spoken: ({ state }) => state,
		paint: ({ state }) => STATE_SIGNS[state].paint,
	},
	{ title: "done", width: 9, align: "right", drop: 1, text: ({ done, total }) => `${done}/${total}` },
	{
		title: "left",
		width: 7,
		align: "right",
		drop: 4,
		text: ({ etaMs }) => (etaMs === null ? MISSING : formatClock(etaMs)),
	},
	{ title: "score", width: 13, drop: 2, text: ({ score }) => (score === null ? MISSING : scoreText(score)) },
	{
		title: "!",
		width: 2,
		align: "right",
		drop: 2,
		text: ({ alarms }) => (alarms.length === 0 ? "" : String(alarms.length)),
		spoken: ({ alarms }) => (alarms.length === 0 ? "" : `alarms ${alarms.length}`),
		paint: ({ alarms }) => (alarms.length === 0 ? plain : yellow),
	},
];

/** What it is of may be cut, the figure never. */
const scoreText = ({ name, value }: { name: string; value: number }) => `${Number(value.toPrecision(3))} ${name}`;
