import type { MappedCandidate, TaskMap } from "../../src/app/map-task.js";
import { cellAt } from "../charts/scatter.js";
import { type RankedCandidate, worldProblem } from "../model/energy-actions.js";
import { mapFrame, mapOf } from "../model/energy-map.js";
import { energyState } from "../model/energy-state.js";
import type { Model } from "../model/model.js";
import { plural } from "../text/format.js";
import { bold, cyan, dim, green, type Paint, plain, red, yellow } from "../text/style.js";
import { paragraph } from "./comparison-summary.js";

/** Fewer would show nothing. */
const LEAST_ROWS = 5;

/** Rows of a pane about a task's map; `draw` is called once it is there. */
export function mapRows(
	model: Model,
	{ task }: RankedCandidate,
	width: number,
	draw: (map: TaskMap) => string[],
): string[] {
	const problem = worldProblem(model);
	const read = problem === null ? mapOf(model, task) : null;
	if (read === null) return paragraph(problem ?? "", width, dim);
	if (read.state === "reading") return paragraph("asking the world model about all candidates", width, dim);
	if (read.state === "failed") return paragraph(read.message, width, yellow);
	const seen = "seen: trained on this task, nothing here counts";
	return [...(read.value.seen === null ? [] : paragraph(seen, width, yellow)), ...draw(read.value)];
}

/** Where the world model has the candidates: what is near each other there is much the same to it. */
export function drawMap(model: Model, ranked: RankedCandidate, width: number, height: number): string[] {
	return mapRows(model, ranked, width, (map) => {
		const facts = factRows(model, ranked, map, width);
		if (model.isSpoken) return facts;
		const legend = [legendOf(model, map), axesOf(map)].flatMap((text) => paragraph(text, width, dim));
		const rows = Math.max(LEAST_ROWS, height - facts.length - legend.length - (map.seen === null ? 0 : 1));
		return [...facts, ...planeRows(model, ranked, map, width, rows), ...legend];
	});
}

function factRows(model: Model, { sampleIndex }: RankedCandidate, map: TaskMap, width: number): string[] {
	const own = map.candidates.find((candidate) => candidate.sampleIndex === sampleIndex);
	if (own === undefined) return paragraph(`#${sampleIndex} has no program: it is nowhere on the map`, width, yellow);
	const { energy, swapped, neighbours } = own;
	const near = neighbours.map(({ sampleIndex: other, distance }) =>
		model.isSpoken ? `sample ${other} at ${distance.toFixed(2)}` : `#${other} ${distance.toFixed(2)}`,
	);
	const level = map.candidates.filter((other) => other !== own && isLevel(own, other)).length;
	const same = level === 0 ? "" : `; ${plural(level, "candidate")} at the same place`;
	const other = swapped === null ? "" : `; by the question of ${map.instead} ${swapped.toFixed(3)}`;
	return [
		...paragraph(`#${sampleIndex} energy ${energy.toFixed(3)}${other}${same}`, width, bold),
		...paragraph(`nearest by squared distance: ${near.join(model.isSpoken ? ", " : "  ")}`, width, plain),
		...(model.isSpoken
			? paragraph(
					`the plane shows ${(100 * map.shown).toFixed(0)} percent of the variance; it is not read aloud`,
					width,
					dim,
				)
			: []),
	];
}

const isLevel = ({ place: a }: MappedCandidate, { place: b }: MappedCandidate) => a.x === b.x && a.y === b.y;

function legendOf(model: Model, { instead }: TaskMap): string {
	const signs = energyState(model).showsVerdicts ? "✓ accepted  ✗ rejected  % both" : "● one  2-9 # more";
	const other = instead === null ? "" : "  S by the other question";
	return `◆ this one  ${signs}  B before  P predicted${other}`;
}

/** What a distance across and down is worth, and how much of all of it there is to be seen. */
function axesOf(map: TaskMap): string {
	const { left, right, bottom, top } = mapFrame(map);
	const axis = (share: number, low: number, high: number) =>
		`${low.toFixed(1)} to ${high.toFixed(1)} (${(100 * share).toFixed(0)} % of the variance)`;
	const beyond = map.candidates.filter(({ place: { x, y } }) => x < left || x > right || y < bottom || y > top).length;
	const edge = beyond === 0 ? "" : `; ${plural(beyond, "candidate")} beyond, at the edge`;
	return `across ${axis(map.shares.x, left, right)}, up ${axis(map.shares.y, bottom, top)}${edge}`;
}

interface Cell {
	sign: string;
	paint: Paint;
}

function planeRows(
	model: Model,
	{ task, sampleIndex }: RankedCandidate,
	map: TaskMap,
	width: number,
	height: number,
): string[] {
	const across = Math.max(1, width - 2);
	const frame = mapFrame(map);
	const cells = new Map<number, Cell>();
	const keyOf = (place: { x: number; y: number }): number => {
		const { x, y } = cellAt(frame, place, across, height);
		return y * across + x;
	};
	const inCell = Map.groupBy(map.candidates, ({ place }) => keyOf(place));
	const accepted = new Map(task.sampleIndexes.map((sample, at) => [sample, task.accepted[at] === true]));
	for (const [key, candidates] of inCell) {
		const right = candidates.filter((candidate) => accepted.get(candidate.sampleIndex) === true).length;
		cells.set(key, candidateCell(model, candidates.length, right));
	}
	for (const { before, predicted, swapped } of map.starts) {
		cells.set(keyOf(before), { sign: "B", paint: bold });
		cells.set(keyOf(predicted), { sign: "P", paint: (text) => bold(cyan(text)) });
		if (swapped !== null) cells.set(keyOf(swapped), { sign: "S", paint: (text) => bold(yellow(text)) });
	}
	const own = map.candidates.find((candidate) => candidate.sampleIndex === sampleIndex);
	if (own) {
		const key = keyOf(own.place);
		const { paint } = cells.get(key) ?? { paint: plain };
		cells.set(key, { sign: "◆", paint: (text) => bold(paint(text)) });
	}
	return Array.from({ length: height }, (_, y) => {
		let row = " ";
		for (let x = 0; x < across; x++) {
			const cell = cells.get(y * across + x);
			row += cell === undefined ? " " : cell.paint(cell.sign);
		}
		return `${row} `;
	});
}

/** Verdicts as signs too, for terminals without colours; nothing of them before they are asked for. */
function candidateCell(model: Model, count: number, right: number): Cell {
	if (!energyState(model).showsVerdicts) {
		return { sign: count === 1 ? "●" : count < 10 ? String(count) : "#", paint: cyan };
	}
	if (right === count) return { sign: "✓", paint: green };
	return right === 0 ? { sign: "✗", paint: red } : { sign: "%", paint: yellow };
}
