import type { RankingModel, RankingReport } from "../src/app/rank-run.js";
import type { MeanOverTasks, RankerComparison, RankerDifference } from "../src/energy/ranking-tally.js";
import type { Gate } from "../src/energy/world/gates.js";
import { countOf } from "../src/lib/count.js";

export function* reportLines(report: RankingReport): Generator<string> {
	const { runId, n, tasks, candidates, rerankable, headroom, leftOut, folds, model, fitted, rankers } = report;
	const { controls, gates } = report;
	const groups = n === null ? "" : `, in groups of ${n}`;
	if (report.made !== null) yield madeLine(report.made);
	yield `${runId}: ${countOf(candidates, "candidate")}, ${countOf(tasks, "task")}${groups}`;
	yield `rerankable  ${countOf(rerankable, "task")} with accepted and other candidates; picking perfectly would add ${headroom.toFixed(4)} to picking at random`;
	if (leftOut !== null && leftOut > 0)
		yield `left out    ${countOf(leftOut, "candidate")} that the judge could not judge`;
	yield model === null ? "energy      no model; --model names one" : `energy      of ${modelText(model)}`;
	if (model !== null && model.seen.length > 0) yield seenLine(model, tasks);
	if (fitted !== null) yield fittedLine(fitted, tasks);
	yield "";
	const seen = new Set(rankers.flatMap((figures) => (figures.seen ? [figures.ranker] : [])));
	const mark = (name: string): string => (seen.has(name) ? "  seen" : "");
	const width = Math.max(...rankers.map(({ ranker }) => ranker.length));
	yield `${"ranker".padEnd(width)}  ${"first choice".padEnd(20)}  ${"top-1, rerankable".padEnd(20)}  ${"AUC within tasks".padEnd(20)}  AUC among valid`;
	for (const { ranker, firstChoice, top1, auc, aucAmongValid } of rankers)
		yield `${ranker.padEnd(width)}  ${[firstChoice, top1, auc, aucAmongValid].map((mean) => meanText(mean).padEnd(20)).join("  ")}`.trimEnd() +
			mark(ranker);
	yield "";
	yield `less static validity, the floor that an energy must beat${" ".repeat(4)}`.trimEnd();
	for (const { ranker, against } of rankers)
		if (against !== null) yield againstLine(ranker, against, width) + mark(ranker);
	if (controls.length > 0) {
		yield "";
		yield "energy less its controls: the same without the question, and with the question of another task";
		for (const { less } of controls) yield againstLine(less.ranker, less, width) + mark(less.ranker);
	}
	if (gates.length > 0) {
		yield "";
		yield "goals; one that is missed is FAILED. Those of AUC and first choice are for about 100 samples a task of HumanEval alone";
		for (const { ranker, seen: isSeen, ...gate } of gates)
			yield gateLine({ ...gate, name: `${ranker}: ${gate.name}` }, isSeen);
	}
	if (rankers.some(({ ranker }) => ranker.startsWith("trees"))) {
		yield "";
		yield `trees are fitted on other tasks alone${folds === null ? "" : `, ${folds} folds`}; ${fitted === null ? "no other ranker here has learnt anything" : "pass probabilities on those of another run"}`;
	}
}

function madeLine({ at, version, features, isExecuted }: NonNullable<RankingReport["made"]>): string {
	const how = isExecuted ? "programs were run" : "no program was run";
	return `recorded ${at} by assay ${version}, numbers of trees ${features}; ${how}`;
}

function meanText({ value, interval }: MeanOverTasks): string {
	if (value === null) return "-";
	const range = interval === null ? "" : ` [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]`;
	return `${value.toFixed(3)}${range}`;
}

function againstLine(ranker: string, against: RankerComparison, width: number): string {
	const { firstChoice, auc, aucAmongValid, mcNemar } = against;
	const right = `McNemar ${mcNemar.gained}/${mcNemar.lost} ${pText(mcNemar.p)}`;
	const among = differenceText(aucAmongValid);
	return `${ranker.padEnd(width)}  ${differenceText(firstChoice).padEnd(34)}  ${right.padEnd(24)}  AUC ${differenceText(auc).padEnd(34)}  among valid ${among}`;
}

function differenceText({ value, interval, p }: RankerDifference): string {
	if (value === null) return "-";
	const range = interval === null ? "" : ` [${signed(interval.low)}, ${signed(interval.high)}]`;
	return `${signed(value)}${range} ${pText(p)}`;
}

function modelText({ name, id }: RankingModel): string {
	return `${name}, ${id}: squared distance of what it predicts to what a candidate is; pass head is no energy`;
}

function seenLine({ seen }: RankingModel, tasks: number): string {
	return `seen        the model was trained on ${seen.length} of the ${countOf(tasks, "task")}: nothing that its rankers show counts`;
}

function fittedLine({ runId, tasks: taught, seen }: NonNullable<RankingReport["fitted"]>, tasks: number): string {
	const who = taught === null ? "" : `${countOf(taught, "task")} of `;
	const on = `fitted      pass probabilities by trees that ${who}${runId} taught`;
	return seen.length === 0
		? on
		: `${on}; ${seen.length} of the ${countOf(tasks, "task")} here among them: nothing that they show counts`;
}

/** What a model has seen passes nothing. */
export function gateLine({ name, value, bound, above, passed }: Gate, isSeen = false): string {
	const said = value === null ? "not measured" : String(Number(value.toPrecision(4)));
	return `${isSeen ? "seen  " : passed ? "passed" : "FAILED"}  ${name}: ${said}, ${above ? "above" : "at least"} ${bound}`;
}

export function signed(value: number, digits = 3): string {
	return `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(digits)}`;
}

export function pText(p: number): string {
	return p < 0.0001 ? "p < 0.0001" : `p = ${p.toFixed(4)}`;
}
