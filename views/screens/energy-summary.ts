import { figuresOf, fittedProblem, rankerOf, worldProblem } from "../model/energy-actions.js";
import { energyState, type OpenRanking, type RankingReport } from "../model/energy-state.js";
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
	const { report, state, recorded } = open;
	const going =
		recorded !== null && state.kind === "ranking"
			? `reading ${recorded.path}`
			: state.kind === "ranking"
				? `ranking ${state.done} of ${state.total === null ? "the tasks" : plural(state.total, "task")}; x stops`
				: state.kind === "stopped"
					? "stopped before all tasks were ranked: R ranks again"
					: "";
	if (report === null) return paragraph(going, width, state.kind === "stopped" ? yellow : bold);
	const rows = headroomRows(report, width);
	const { own, floor } = chosenRows(model, width);
	const { doubts, names } = sourceRows(model, report, width);
	const parts = [
		paragraph(going, width, yellow),
		...recordedRows(open, report, width),
		own,
		...doubts,
		goalSummary(model, width),
		floor,
		...names,
	];
	for (const text of parts) if (rows.length + text.length <= MOST_ROWS) rows.push(...text);
	return rows;
}

/** That nothing of this was ranked now, when it was, and whether the programs are here. */
function recordedRows({ recorded }: OpenRanking, { made }: RankingReport, width: number): string[][] {
	if (recorded === null) return [];
	const when =
		made === null
			? "it does not say when, nor by which version"
			: `${made.at.slice(0, 16).replace("T", " ")} UTC by assay ${made.version}, trees ${made.features}`;
	return [paragraph(`RECORDED ${when}; run ${recorded.hasPrograms ? "here" : "not here"}`, width, yellow)];
}

/** What is missing or counts for nothing, which nobody may overlook; and what the others are by name. */
function sourceRows(model: Model, { model: world, fitted }: RankingReport, width: number) {
	const doubts: string[][] = [];
	const names: string[][] = [];
	const seenLine = (seen: readonly unknown[], what: string) =>
		paragraph(`s seen: taught by ${plural(seen.length, "task")}, ${what} counts for nothing`, width, yellow);
	if (world === null && energyState(model).open?.recorded)
		doubts.push(paragraph("no energies: it was ranked without a world model", width, yellow));
	else if (world === null) doubts.push(paragraph(worldProblem(model) ?? "", width, yellow));
	else if (world.seen.length > 0) doubts.push(seenLine(world.seen, `${world.name} ${world.id}`));
	else names.push(paragraph(`world model ${world.name} ${world.id}`, width, dim));
	if (fitted === null) doubts.push(paragraph(fittedProblem(model) ?? "", width, yellow));
	else if (fitted.seen.length > 0) doubts.push(seenLine(fitted.seen, "pass probability"));
	else {
		const taught = fitted.tasks === null ? "" : `${plural(fitted.tasks, "task")} of `;
		names.push(paragraph(`pass probability by trees that ${taught}${fitted.runId} taught`, width, dim));
	}
	return { doubts, names };
}

function headroomRows({ candidates, tasks, rerankable, headroom, leftOut, n }: RankingReport, width: number): string[] {
	const groups = n === null ? "" : ` in groups of ${n}`;
	const out = leftOut === null || leftOut === 0 ? "" : `; ${plural(leftOut, "candidate")} not judged, left out`;
	const most = `picking perfectly would add ${headroom.toFixed(3)} to picking at random`;
	const counts = `${plural(rerankable, "task")} of ${plural(tasks, "task").replace(/ tasks?$/, "")} rerankable, ${plural(candidates, "candidate")}${groups}`;
	const long = paragraph(`${counts}; ${most}${out}`, width, bold);
	return long.length === 1 ? long : paragraph(`${counts}; headroom ${headroom.toFixed(3)}${out}`, width, bold);
}

function chosenRows(model: Model, width: number): { own: string[]; floor: string[] } {
	const ranker = rankerOf(model);
	const figures = figuresOf(model, ranker);
	if (figures === null) return { own: [], floor: [] };
	const { firstChoice, auc, aucAmongValid, against, seen } = figures;
	const { folds: count = null } = energyState(model).open?.report ?? {};
	const folds =
		ranker.startsWith("trees") && count !== null ? `, fitted on other tasks (${plural(count, "fold")})` : "";
	const own = `by ${ranker}${folds}${seen ? " (seen)" : ""}: first choice ${meanText(firstChoice)}, AUC ${meanText(auc)}, among valid ${meanText(aucAmongValid)}`;
	const floor =
		against === null
			? "this is the floor that an energy must beat"
			: `less ${against.ranker}, the floor: first choice ${differenceText(against.firstChoice)} p ${pText(against.firstChoice.p)}, AUC ${differenceText(against.auc)} p ${pText(against.auc.p)}`;
	return { own: paragraph(own, width, plain), floor: paragraph(floor, width, dim) };
}
