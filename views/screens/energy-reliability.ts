import { type CalibrationFigures, calibrationFigures } from "../../src/stats/calibration.js";
import { bar } from "../charts/blocks.js";
import { figuresOf, worldProblem } from "../model/energy-actions.js";
import { energyState, energyTables, type RankingReport } from "../model/energy-state.js";
import type { Model } from "../model/model.js";
import { toCells } from "../text/cells.js";
import { formatCount, MISSING } from "../text/format.js";
import { bold, dim, plain, yellow } from "../text/style.js";
import { paragraph } from "./comparison-summary.js";

/** Rankers whose scores are probabilities. */
const PROBABILITIES = ["pass probability", "pass probability, run", "pass head"];
const BAR_CELLS = 20;

const known = new WeakMap<RankingReport, Map<string, CalibrationFigures>>();

/** How often candidates are accepted that are given some probability, by each ranker that gives one. */
export function reliabilityRows(model: Model, width: number): string[] {
	const report = energyState(model).open?.report ?? null;
	if (report === null) return paragraph("figures come once all tasks are ranked", width, dim);
	const calibrations = known.get(report) ?? calibrationsOf(model);
	known.set(report, calibrations);
	const rows = [...calibrations].flatMap(([ranker, figures]) => [
		...diagramRows(model, ranker, figures, width),
		toCells("", width),
	]);
	const why = worldProblem(model) ?? "nothing here gives probabilities";
	return rows.length > 0 ? rows : paragraph(why, width, dim);
}

function diagramRows(model: Model, ranker: string, figures: CalibrationFigures, width: number): string[] {
	const rate = figures.accepted / figures.count;
	const head = [
		`Brier ${figures.brier.toFixed(4)} (${(rate * (1 - rate)).toFixed(4)} by always saying ${rate.toFixed(3)}), ECE ${figures.ece.toFixed(4)}, ROC-AUC over all pairs ${figures.rocAuc?.toFixed(3) ?? MISSING}, which flatters`,
		"candidates of a task depend on each other: no interval is given",
	];
	const rows = figures.bins.map(({ low, high, count, predicted, accepted }) => {
		const range = `${low.toFixed(1)}-${high.toFixed(1)}`;
		if (predicted === null || accepted === null) return dim(toCells(` ${range}       0`, width));
		const bars = model.isSpoken ? "" : `  ${bar(accepted, BAR_CELLS, model.look, "·")}`;
		return toCells(
			` ${range} ${formatCount(count).padStart(7)}  predicted ${predicted.toFixed(3)}  accepted ${accepted.toFixed(3)}${bars}`,
			width,
		);
	});
	const title = `${ranker}: what it gives ${formatCount(figures.count)} candidates, and how many of these are accepted`;
	const seen = "seen: some of these tasks taught it, nothing here counts";
	return [
		...paragraph(title, width, bold),
		...(figuresOf(model, ranker)?.seen === true ? paragraph(seen, width, yellow) : []),
		...head.flatMap((text) => paragraph(text, width, plain)),
		...rows,
	];
}

function calibrationsOf(model: Model): Map<string, CalibrationFigures> {
	const { tasks } = energyTables(model);
	const found = PROBABILITIES.map((ranker) => {
		const probabilities: number[] = [];
		const accepted: boolean[] = [];
		for (let row = 0; row < tasks.total; row++) {
			const task = tasks.row(row);
			const scores = task?.scores.get(ranker) ?? [];
			for (let at = 0; at < scores.length; at++) {
				const probability = scores[at] ?? -1;
				// What is no program has no probability.
				if (probability < 0) continue;
				probabilities.push(probability);
				accepted.push(task?.accepted[at] === true);
			}
		}
		return { ranker, probabilities, accepted };
	});
	return new Map(
		found.flatMap(({ ranker, probabilities, accepted }) =>
			probabilities.length === 0 ? [] : [[ranker, calibrationFigures(probabilities, accepted)] as const],
		),
	);
}
