import type { RankedTask } from "../../src/domain/ranking.js";
import { disagreeing, isOtherwise, placesBy } from "../../src/store/candidate-ranks.js";
import { bar, type ChartLook } from "../charts/blocks.js";
import { isSeen, othersOf, rankerOf } from "../model/energy-actions.js";
import { energyState, energyTables } from "../model/energy-state.js";
import type { Model } from "../model/model.js";
import { cellWidth, shortId, toCells } from "../text/cells.js";
import { formatCount } from "../text/format.js";
import { placeText, scoreText, shortRanker, shownScore, spokenPlace } from "../text/ranker-names.js";
import { bold, cyan, dim, green, type Paint, plain, red, yellow } from "../text/style.js";
import type { Column } from "../text/table.js";
import type { PaneText } from "./pane-text.js";
import { drawTable } from "./table-pane.js";

const BAR_CELLS = 8;

/** The sign of what the judge said, or that it is hidden. */
export function verdictSign(model: Model, isAccepted: boolean): { text: string; paint: Paint } {
	if (!energyState(model).showsVerdicts) return { text: "hidden", paint: dim };
	return isAccepted ? { text: "✓ accepted", paint: green } : { text: "✗ rejected", paint: red };
}

/** A row of the table: a candidate by its place in the task's columns. */
type At = number;

/** The candidates of a task by the chosen ranker, best first, with where every other ranker has them. */
export function drawRanking(model: Model, width: number, height: number): PaneText {
	const table = energyTables(model).candidates;
	const task = table.task();
	if (task === null) return { title: "Candidates", rows: [] };
	const rows = drawTable<At>({
		table,
		columns: columnsOf(model, task),
		rowOf: (row) => (row < 0 ? null : row),
		isMarked: (at) => (disagreeing(task, rankerOf(model), at).length > 0 ? "!" : false),
		width,
		height,
		isSpoken: model.isSpoken,
	});
	if (table.count === 0 && !table.isPartial)
		rows.push(dim(toCells("  no candidate matches the filter: Esc takes it away", width)));
	return { title: titleOf(model, task, width), rows };
}

function titleOf(model: Model, task: RankedTask, width: number): string {
	const table = energyTables(model).candidates;
	const count = `${table.count === table.total ? "" : `${formatCount(table.count)} of `}${formatCount(table.total)}`;
	const seen = isSeen(model, task.taskId) ? " · seen" : "";
	const rest = ` by ${rankerOf(model)} · ${count}${seen}${table.filter === "" ? "" : ` · /${table.filter}`}`;
	return `${shortId(task.taskId, width - cellWidth(rest) - 4)}${rest}`;
}

function columnsOf(model: Model, task: RankedTask): readonly Column<At>[] {
	const ranker = rankerOf(model);
	const scores = task.scores.get(ranker) ?? [];
	const own = (at: At) => placesBy(task, ranker)[at] ?? NOWHERE;
	const share = shareOf(scores);
	const others = othersOf(model, ranker).filter((name) => task.scores.has(name) && !WORLD_COLUMNS.has(name));
	const sample = (at: At) => `#${task.sampleIndexes[at] ?? ""}`;
	return [
		{
			title: "place",
			width: 5,
			align: "right",
			drop: 0,
			text: (at) => placeText(own(at)),
			spoken: (at) => spokenPlace(own(at)),
		},
		{
			title: "sample",
			width: 6,
			align: "right",
			drop: 0,
			isSearched: true,
			text: sample,
			spoken: (at) => `sample ${task.sampleIndexes[at] ?? ""}`,
		},
		{
			title: "verdict",
			width: 10,
			drop: 0,
			text: (at) => verdictSign(model, task.accepted[at] === true).text,
			spoken: (at) => `verdict ${verdictSign(model, task.accepted[at] === true).text.replace(/^. /, "")}`,
			paint: (at) => verdictSign(model, task.accepted[at] === true).paint,
		},
		{
			title: "score",
			width: 7,
			align: "right",
			drop: 3,
			text: (at) => scoreText(shownScore(ranker, scores[at] ?? Number.NaN)),
		},
		{
			title: "",
			width: BAR_CELLS,
			drop: 4,
			text: (at) => bar(share(at), BAR_CELLS, model.look satisfies ChartLook, "·"),
			spoken: () => "",
			paint: () => cyan,
		},
		{
			title: "what",
			width: 6,
			drop: 1,
			isSearched: true,
			text: (at) => whatText(task, at),
			spoken: (at) => spokenWhat(task, at),
			paint: (at) => (task.duplicateOf[at] == null ? yellow : dim),
		},
		...worldColumns(task),
		...others.map((name, i): Column<At> => {
			const placeAt = (at: At) => placesBy(task, name)[at] ?? NOWHERE;
			const differs = (at: At) => isOtherwise(task, { ranker, name, at });
			return {
				title: shortRanker(name),
				width: 5,
				align: "right",
				drop: i < 2 ? 2 : 5 + i,
				text: (at) => `${differs(at) ? "!" : ""}${placeText(placeAt(at))}`,
				spoken: (at) => (differs(at) ? `${name} differs, ${spokenPlace(placeAt(at))}` : ""),
				paint: (at) => (differs(at) ? (text) => bold(yellow(text)) : plain),
			};
		}),
	];
}

/** What the world model says, where one does: energies, lower is likelier; and probabilities, which are no energies. */
function worldColumns(task: RankedTask): Column<At>[] {
	return [...WORLD_COLUMNS].flatMap(([name, { title, drop }]): Column<At>[] => {
		const scores = task.scores.get(name);
		if (scores === undefined) return [];
		const text = (at: At) => scoreText(shownScore(name, scores[at] ?? Number.NaN));
		return [{ title, width: 7, align: "right", drop, text, spoken: (at) => `${name} ${text(at)}` }];
	});
}

/** Shown as numbers, not as places; `[ranks]` has their places. */
const WORLD_COLUMNS: ReadonlyMap<string, { title: string; drop: number }> = new Map([
	["energy", { title: "energy", drop: 1 }],
	["energy change", { title: "no edit", drop: 2 }],
	["pass probability", { title: "prob", drop: 2 }],
	["pass head", { title: "head", drop: 2 }],
]);

/** A copy of an earlier candidate, or broken. */
function whatText(task: RankedTask, at: At): string {
	const copy = task.duplicateOf[at] ?? null;
	if (copy !== null) return `=#${copy}`;
	return task.valid[at] ? "" : "broken";
}

function spokenWhat(task: RankedTask, at: At): string {
	const copy = task.duplicateOf[at] ?? null;
	return [task.valid[at] ? "" : "broken", copy === null ? "" : `equal to sample ${copy}`].filter(Boolean).join(", ");
}

const NOWHERE = { place: 0, isTied: false };

/** From the lowest score of the task to the highest; level scores fill nothing. */
function shareOf(scores: ArrayLike<number>): (at: number) => number {
	let low = Number.POSITIVE_INFINITY;
	let high = Number.NEGATIVE_INFINITY;
	for (let i = 0; i < scores.length; i++) {
		low = Math.min(low, scores[i] ?? low);
		high = Math.max(high, scores[i] ?? high);
	}
	return (at) => (high > low ? ((scores[at] ?? low) - low) / (high - low) : 0);
}
