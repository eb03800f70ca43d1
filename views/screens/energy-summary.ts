import { figuresOf, fittedProblem, rankerOf, worldProblem } from "../model/energy-actions.js";
import { energyState, type RankingReport } from "../model/energy-state.js";
import type { Model } from "../model/model.js";
import { plural } from "../text/format.js";
import { bold, dim, plain, yellow } from "../text/style.js";
import { paragraph } from "./comparison-summary.js";
import { goalSummary } from "./energy-goals.js";
import { differenceText, meanText, pText } from "./energy-overview.js";

/** More would leave a small screen without its table. */
const MOST_ROWS = 6;

/** How much there is to win first, then what the chosen ranker wins of it. */
export function energySummary(model: Model, width: number): string[] {
	const { open } = energyState(model);
	if (!open || open.state.kind === "failed") return [];
	const { report, state } = open;
	const going =
		state.kind === "ranking"
			? `ranking ${state.done} of ${state.total === null ? "the tasks" : plural(state.total, "task")}; x stops`
			: state.kind === "stopped"
				? "stopped before all tasks were ranked: R ranks again"
				: "";
	if (report === null) return paragraph(going, width, state.kind === "stopped" ? yellow : bold);
	const rows = paragraph(headroomText(report), width, bold);
	const { own, floor } = chosenRows(model, width);
	const parts = [
		paragraph(going, width, yellow),
		own,
		goalSummary(model, width),
		floor,
		...sourceRows(model, report, width),
	];
	for (const text of parts) if (rows.length + text.length <= MOST_ROWS) rows.push(...text);
	return rows;
}

/** The world model and the fitted trees by name, or why there are no energies and probabilities. */
function sourceRows(model: Model, { model: world, fitted }: RankingReport, width: number): string[][] {
	const seenOf = (seen: readonly unknown[], what: string) =>
		seen.length === 0 ? "" : `; ${seen.length} of these tasks taught it, marked s: ${what} of them counts`;
	const rows: string[][] = [];
	if (world === null) rows.push(paragraph(worldProblem(model) ?? "", width, dim));
	else {
		const seen = seenOf(world.seen, "no energy");
		rows.push(paragraph(`world model ${world.name} ${world.id}${seen}`, width, seen === "" ? dim : yellow));
	}
	if (fitted === null) rows.push(paragraph(fittedProblem(model) ?? "", width, dim));
	else {
		const seen = seenOf(fitted.seen, "no pass probability");
		const taught = fitted.tasks === null ? "" : `${plural(fitted.tasks, "task")} of `;
		const text = `pass probability by trees that ${taught}${fitted.runId} taught${seen}`;
		rows.push(paragraph(text, width, seen === "" ? dim : yellow));
	}
	return rows;
}

function headroomText({ candidates, tasks, rerankable, headroom, leftOut, n }: RankingReport): string {
	const groups = n === null ? "" : ` in groups of ${n}`;
	const out = leftOut === null || leftOut === 0 ? "" : `; ${plural(leftOut, "candidate")} not judged, left out`;
	return `${plural(rerankable, "task")} of ${plural(tasks, "task").replace(/ tasks?$/, "")} rerankable, ${plural(candidates, "candidate")}${groups}; picking perfectly would add ${headroom.toFixed(3)} to picking at random${out}`;
}

function chosenRows(model: Model, width: number): { own: string[]; floor: string[] } {
	const ranker = rankerOf(model);
	const figures = figuresOf(model, ranker);
	if (figures === null) return { own: [], floor: [] };
	const { firstChoice, auc, aucAmongValid, against } = figures;
	const folds = ranker.startsWith("trees")
		? `, fitted on other tasks (${energyState(model).open?.report?.folds ?? 0} folds)`
		: "";
	const own = `by ${ranker}${folds}: first choice ${meanText(firstChoice)}, AUC ${meanText(auc)}, among valid ${meanText(aucAmongValid)}`;
	const floor =
		against === null
			? "this is the floor that an energy must beat"
			: `less ${against.ranker}, the floor: first choice ${differenceText(against.firstChoice)} p ${pText(against.firstChoice.p)}, AUC ${differenceText(against.auc)} p ${pText(against.auc.p)}`;
	return { own: paragraph(own, width, plain), floor: paragraph(floor, width, dim) };
}
