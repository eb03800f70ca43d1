import type { MappedCandidate, TaskMap } from "../../src/app/map-task.js";
import type { RankedCandidate } from "../model/energy-actions.js";
import { energyState, energyTables } from "../model/energy-state.js";
import type { Model } from "../model/model.js";
import { toCells } from "../text/cells.js";
import { plural } from "../text/format.js";
import { bold, cursorLine, dim, plain } from "../text/style.js";
import { paragraph } from "./comparison-summary.js";
import { mapRows } from "./energy-map.js";
import { verdictSign } from "./energy-ranking.js";

/** Energies of the same programs, before and after, when another task's question is asked. */
export function drawSwap(model: Model, ranked: RankedCandidate, width: number, height: number): string[] {
	const { instead } = energyState(model);
	if (instead === null || instead === ranked.task.taskId) {
		const why =
			instead === null ? "no other question is asked yet" : "this is the task whose question is lent to others";
		return [
			...paragraph(`${why}: c chooses one`, width, plain),
			...paragraph("the programs before and after stay the same, the action is another task's question", width, dim),
			...paragraph("a model that uses the question finds a candidate unlikelier for another one", width, dim),
		];
	}
	return mapRows(model, ranked, width, (map) => swapRows(model, ranked, map, { width, height }));
}

function swapRows(
	model: Model,
	{ task }: RankedCandidate,
	map: TaskMap,
	{ width, height }: { width: number; height: number },
): string[] {
	const { candidates: table } = energyTables(model);
	const bySample = new Map(map.candidates.map((candidate) => [candidate.sampleIndex, candidate]));
	const head = [
		...paragraph(summaryOf(map), width, bold),
		dim(toCells(`  ${HEAD.map(([title, cells]) => title.padStart(cells)).join("  ")}  verdict`, width)),
	];
	const listRows = Math.max(1, height - head.length - (map.seen === null ? 0 : 1));
	const top = model.scroll.follow("ranked", table.position, listRows, table.count);
	const rows = Array.from({ length: Math.min(listRows, table.count - top) }, (_, line) => {
		const at = table.rowAt(top + line);
		const sample = task.sampleIndexes[at] ?? -1;
		const isCursor = top + line === table.position;
		const { text, paint } = verdictSign(model, task.accepted[at] === true);
		const cells = cellsOf(bySample.get(sample), sample);
		const row = `${isCursor ? "▸" : " "} ${cells.map((cell, i) => cell.padStart(HEAD[i]?.[1] ?? 0)).join("  ")}  `;
		const full = toCells(row, Math.min(width, row.length)) + paint(toCells(text, Math.max(0, width - row.length)));
		return isCursor ? cursorLine(bold(full)) : full;
	});
	return [...head, ...rows];
}

const HEAD = [
	["sample", 6],
	["energy", 9],
	["other", 9],
	["more", 9],
] as const;

function cellsOf(candidate: MappedCandidate | undefined, sample: number): string[] {
	const swapped = candidate?.swapped ?? null;
	if (candidate === undefined || swapped === null) return [`#${sample}`, "no program", "", ""];
	const more = swapped - candidate.energy;
	return [
		`#${sample}`,
		candidate.energy.toFixed(3),
		swapped.toFixed(3),
		`${more < 0 ? "-" : "+"}${Math.abs(more).toFixed(3)}`,
	];
}

function summaryOf({ instead, candidates }: TaskMap): string {
	const more = candidates.flatMap(({ energy, swapped }) => (swapped === null ? [] : [swapped - energy]));
	const unlikelier = more.filter((by) => by > 0).length;
	const mean = more.length === 0 ? 0 : more.reduce((sum, by) => sum + by, 0) / more.length;
	return `with the question of ${instead}: ${unlikelier} of ${plural(more.length, "candidate")} unlikelier than with their own, ${mean < 0 ? "-" : "+"}${Math.abs(mean).toFixed(3)} on average`;
}
