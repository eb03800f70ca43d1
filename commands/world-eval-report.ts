import type { WorldEvaluation } from "../src/app/world-eval.js";
import type { CalibrationReport } from "../src/energy/world/eval-calibration.js";
import type { LatentReport } from "../src/energy/world/eval-latent.js";
import type { RerankReport } from "../src/energy/world/eval-rerank.js";
import type { RetrievalReport } from "../src/energy/world/eval-retrieval.js";
import type { ScorerQualityReport } from "../src/energy/world/eval-scorer-quality.js";
import type { SurpriseReport } from "../src/energy/world/eval-surprise.js";
import { countOf } from "../src/lib/count.js";
import type { CalibrationFigures } from "../src/stats/calibration.js";
import type { ClusteredDifference, ClusteredMean } from "../src/stats/clustered-mean.js";
import type { LatentFigures } from "../src/stats/latent.js";
import { matrixLines } from "./latent-matrix.js";
import { gateLine, pText, signed } from "./rank-report.js";

/** What can be ranked at all first, then figures beside their controls, then gates. */
export function* evaluationLines(evaluation: WorldEvaluation): Generator<string> {
	const { kind, model, source, seen } = evaluation;
	yield `${kind} of ${model.name}, ${model.id}, on ${source}`;
	if (seen.length > 0) yield `seen: the model was trained on ${seen.length} of these groups: no figure counts`;
	yield* linesOf(evaluation);
	yield "";
	yield `gates${seen.length > 0 ? ", seen" : ""}`;
	for (const gate of evaluation.report.gates) yield gateLine(gate);
}

function linesOf(evaluation: WorldEvaluation): Generator<string> {
	switch (evaluation.kind) {
		case "retrieval":
			return retrievalLines(evaluation.report);
		case "surprise":
			return surpriseLines(evaluation.report);
		case "latent":
			return latentLines(evaluation.report);
		case "scorer-quality":
			return qualityLines(evaluation.report);
		case "rerank":
			return rerankLines(evaluation.report);
		case "calibration":
			return calibrationLines(evaluation.report);
	}
}

function* retrievalLines(report: RetrievalReport): Generator<string> {
	const { queries, groups, candidates, hardNegatives, rows, differences, latent } = report;
	yield `${countOf(queries, "question")} of ${countOf(groups, "group")}; each answer among ${candidates}, ${hardNegatives} of them rejected ones of the same groups`;
	yield "";
	yield* table(
		["asked with", "recall@1", "recall@5", "recall@10", "MRR", "median rank"],
		rows.map(({ query, recallAt1, recallAt5, recallAt10, mrr, medianRank }) => [
			query,
			three(recallAt1),
			three(recallAt5),
			three(recallAt10),
			meanText(mrr),
			medianRank.toFixed(1),
		]),
	);
	yield "";
	yield* table(
		["difference", "MRR", "recall@1", "McNemar of first places"],
		differences.map(({ query, than, mrr, recallAt1, mcNemar }) => [
			`${query} less ${than}`,
			differenceText(mrr),
			differenceText(recallAt1),
			`${mcNemar.gained}/${mcNemar.lost} ${pText(mcNemar.p)}`,
		]),
	);
	yield "";
	yield* spreadTable([{ name: "after-states", figures: latent }]);
}

function* surpriseLines({ transitions, rows }: SurpriseReport): Generator<string> {
	yield `${countOf(transitions, "true after-state")}; 0.5 is chance, and without a question "other action" has no meaning`;
	yield "";
	yield* table(
		["decoy", "pairs", "groups", "AUC", "no action", "shuffled action"],
		rows.map(({ decoy, pairs, groups, text, noAction, shuffledAction }) => [
			decoy,
			String(pairs),
			String(groups),
			meanText(text),
			meanText(noAction),
			meanText(shuffledAction),
		]),
	);
}

function* latentLines({ transitions, vectors, probes, labelled, matrix }: LatentReport): Generator<string> {
	yield countOf(transitions, "transition");
	yield "";
	yield* spreadTable(vectors);
	yield "";
	if (matrix !== null) {
		yield* matrixLines(matrix);
		yield "";
	}
	if (probes === null) {
		yield `${labelled} are labelled: too few to see labels in them`;
		return;
	}
	yield `nearest centre of ${labelled} labelled ones, five folds of groups`;
	yield* table(
		["from", "accuracy", "macro F1"],
		probes.map(({ vectors: name, accuracy, macroF1 }) => [name, meanText(accuracy), three(macroF1)]),
	);
}

function* qualityLines(report: ScorerQualityReport): Generator<string> {
	const { rerankable, questions, trueAnswers, hardNegatives, headroom, rows, differences, failures } = report;
	yield `rerankable  ${rerankable} of ${countOf(questions, "question")} with an accepted and a rejected answer; ranking perfectly would add ${three(headroom)} of recall@1 to ranking at random`;
	yield `${countOf(trueAnswers, "accepted answer")}, each among the rejected ones of its question, ${hardNegatives} in all`;
	yield "";
	yield* table(
		["scorer", "recall@1", "MRR", "mean rank", "median rank"],
		rows.map(({ scorer, recallAt1, meanReciprocalRank, meanRank, medianRank }) => [
			scorer,
			three(recallAt1),
			three(meanReciprocalRank),
			meanRank.toFixed(2),
			medianRank.toFixed(1),
		]),
	);
	yield "";
	yield* table(
		["difference", "recall@1", "MRR"],
		differences.map(({ scorer, than, recallAt1, mrr }) => [
			`${scorer} less ${than}`,
			differenceText(recallAt1),
			differenceText(mrr),
		]),
	);
	yield "";
	yield* table(
		["rejected answers of a kind", "pairs", "put before the accepted one"],
		failures.map(({ kind, pairs, before }) => [kind, String(pairs), `${before} (${three(before / pairs)})`]),
	);
}

function* rerankLines(report: RerankReport): Generator<string> {
	const { tasks, rerankable, allAccepted, noneAccepted, headroom, k, rows, lifts } = report;
	yield `rerankable  ${rerankable} of ${countOf(tasks, "task")} (${allAccepted} all accepted, ${noneAccepted} without any); picking perfectly would add ${headroom.toFixed(2)} points to picking at random`;
	yield "";
	yield* table(
		["ranker", "pass@1", `pass@${k}`, "MRR of the first accepted"],
		rows.map(({ ranker, pass1, passK, mrr }) => [ranker, meanText(pass1), meanText(passK), meanText(mrr)]),
	);
	yield "";
	yield* table(
		["lift of pass@1, points", "difference", "McNemar of first choices"],
		lifts.map(({ ranker, than, points, mcNemar }) => [
			`${ranker} over ${than}`,
			differenceText(points, 2),
			`${mcNemar.gained}/${mcNemar.lost} ${pText(mcNemar.p)}`,
		]),
	);
}

function* calibrationLines(report: CalibrationReport): Generator<string> {
	const { tasks, rerankable, candidates, headroom, rows, pass, recalibrated, baseRate } = report;
	yield `rerankable  ${rerankable} of ${countOf(tasks, "task")}, ${countOf(candidates, "candidate")}; picking perfectly would add ${three(headroom)} to picking at random`;
	yield "";
	yield* table(
		["ranker", "AUC, all pooled", "AUC within tasks", "AUC among valid"],
		rows.map(({ ranker, pooledAuc, withinTasks, amongValid }) => [
			ranker,
			pooledAuc === null ? "-" : three(pooledAuc),
			meanText(withinTasks),
			meanText(amongValid),
		]),
	);
	yield "";
	if (pass === null) {
		yield "the model has no pass head: nothing here is a probability";
		return;
	}
	const figures = (name: string, { averagePrecision, brier, ece }: CalibrationFigures): string[] => [
		name,
		averagePrecision === null ? "-" : three(averagePrecision),
		brier.toFixed(4),
		ece.toFixed(4),
	];
	yield* table(
		["probability", "average precision", "Brier", "ECE, 10 bins"],
		[
			figures("pass head", pass),
			...(recalibrated === null ? [] : [figures("pass head, recalibrated on other tasks", recalibrated)]),
			[`always ${three(baseRate.probability)}`, three(baseRate.probability), baseRate.brier.toFixed(4), "0"],
		],
	);
	yield "";
	yield* table(
		["pass head says", "candidates", "mean", "accepted"],
		pass.bins.map(({ low, high, count, predicted, accepted }) => [
			`${low.toFixed(1)} to ${high.toFixed(1)}`,
			String(count),
			predicted === null ? "-" : three(predicted),
			accepted === null ? "-" : three(accepted),
		]),
	);
}

export function spreadTable(vectors: readonly { name: string; figures: LatentFigures }[]): Generator<string> {
	return table(
		[
			"vectors",
			"count",
			"effective rank",
			"of the width",
			"variance, least/median/most",
			"mean cosine",
			"mean length",
			"neighbour entropy",
		],
		vectors.map(({ name, figures }) => [
			name,
			String(figures.count),
			figures.effectiveRank.toFixed(2),
			three(figures.effectiveRankRatio),
			[figures.variance.least, figures.variance.median, figures.variance.most].map((v) => v.toPrecision(3)).join(" / "),
			three(figures.meanCosine),
			three(figures.meanNorm),
			three(figures.neighbourEntropy),
		]),
	);
}

function* table(titles: readonly string[], rows: readonly (readonly string[])[]): Generator<string> {
	const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
	for (const row of [titles, ...rows])
		yield row
			.map((cell, i) => cell.padEnd(widths[i] ?? 0))
			.join("  ")
			.trimEnd();
}

function meanText({ value, interval }: ClusteredMean): string {
	if (value === null) return "-";
	return interval === null ? three(value) : `${three(value)} [${three(interval.low)}, ${three(interval.high)}]`;
}

function differenceText({ value, interval, p }: ClusteredDifference, digits = 3): string {
	if (value === null) return "-";
	const range = interval === null ? "" : ` [${signed(interval.low, digits)}, ${signed(interval.high, digits)}]`;
	return `${signed(value, digits)}${range} ${pText(p)}`;
}

function three(value: number): string {
	return value.toFixed(3);
}
