import type { TaskRanking } from "../../domain/ranking.js";
import { type CalibrationFigures, calibrationFigures } from "../../stats/calibration.js";
import { type ClusteredMean, clusteredMean } from "../../stats/clustered-mean.js";
import { firstChoice, rankingAuc } from "../../stats/ranking.js";
import { CONTROLS, ENERGY } from "../world-rankers.js";
import { above, type Gate } from "./gates.js";

export interface CalibrationRow {
	ranker: string;
	/** Chance over all pairs of candidates, of one task or of two: it also tells easy tasks from hard ones. */
	pooledAuc: number | null;
	/** Over pairs of the same task alone, which is what picking needs. */
	withinTasks: ClusteredMean;
	amongValid: ClusteredMean;
}

export interface CalibrationReport {
	tasks: number;
	rerankable: number;
	candidates: number;
	/** What picking perfectly would add to picking at random. */
	headroom: number;
	rows: CalibrationRow[];
	/** Of the pass head as it is; null: the model has none. */
	pass: CalibrationFigures | null;
	/** After a logistic curve fitted on other tasks, five folds: what is left when only the scale was wrong. */
	recalibrated: CalibrationFigures | null;
	/** Of saying the share of accepted candidates of each. */
	baseRate: { probability: number; brier: number };
	gates: Gate[];
}

const PASS = "pass head";
const SHOWN = [PASS, ENERGY, ...CONTROLS, "lexical overlap", "static validity"];
const FOLDS = 5;

/** Whether probabilities mean what they say. Pooled figures are never alone: those within tasks stand beside them. */
export function calibrationReport(rankings: readonly TaskRanking[]): CalibrationReport {
	const tasks = rankings.map(({ taskId, candidates }) => ({ taskId, candidates }));
	const all = tasks.flatMap(({ taskId, candidates }) => candidates.map((candidate) => ({ taskId, ...candidate })));
	const accepted = all.map((candidate) => candidate.accepted);
	const within = (ranker: string, onlyValid: boolean): ClusteredMean =>
		clusteredMean(
			tasks.flatMap(({ taskId, candidates }) => {
				const of = onlyValid ? candidates.filter(({ valid }) => valid) : candidates;
				const auc = rankingAuc(
					of.map(({ scores }) => scores[ranker] ?? 0),
					of.map((candidate) => candidate.accepted),
				);
				return auc === null ? [] : [{ cluster: taskId, value: auc }];
			}),
		);
	const names = SHOWN.filter((name) => all.every(({ scores }) => name in scores));
	const rows = names.map((ranker) => ({
		ranker,
		pooledAuc: rankingAuc(
			all.map(({ scores }) => scores[ranker] ?? 0),
			accepted,
		),
		withinTasks: within(ranker, false),
		amongValid: within(ranker, true),
	}));
	const ofTask = (of: (labels: readonly boolean[]) => number): number =>
		clusteredMean(
			tasks.map(({ taskId, candidates }) => ({ cluster: taskId, value: of(candidates.map((c) => c.accepted)) })),
		).value ?? 0;
	const share = accepted.filter(Boolean).length / Math.max(1, accepted.length);
	// What is no program has no probability but 0.
	const probabilities = all.map(({ scores }) => Math.max(0, scores[PASS] ?? 0));
	const hasPass = names.includes(PASS) && all.length > 0;
	const pass = hasPass ? calibrationFigures(probabilities, accepted) : null;
	const baseRate = { probability: share, brier: share * (1 - share) };
	return {
		tasks: tasks.length,
		rerankable: tasks.filter(({ candidates }) => new Set(candidates.map((c) => c.accepted)).size === 2).length,
		candidates: all.length,
		headroom:
			ofTask((labels) => Number(labels.includes(true))) -
			ofTask((labels) => firstChoice(new Float64Array(labels.length), labels)),
		rows,
		pass,
		recalibrated: hasPass
			? calibrationFigures(
					recalibrated(
						all.map(({ taskId }) => taskId),
						probabilities,
						accepted,
					),
					accepted,
				)
			: null,
		baseRate,
		gates: [
			above("AUC within tasks of the pass head, lower end", rows[0]?.withinTasks.interval?.low ?? null, 0.5),
			above("Brier score under the base rate's, by", pass === null ? null : baseRate.brier - pass.brier, 0),
		],
	};
}

/** Logistic regression of the label on the log-odds, fitted on the tasks of other folds (Platt 1999). */
function recalibrated(
	taskIds: readonly string[],
	probabilities: readonly number[],
	accepted: readonly boolean[],
): number[] {
	const foldOf = new Map([...new Set(taskIds)].sort().map((id, i) => [id, i % FOLDS]));
	const odds = probabilities.map((p) => Math.log(Math.max(p, 1e-6) / Math.max(1 - p, 1e-6)));
	const fitted = probabilities.slice();
	for (let fold = 0; fold < FOLDS; fold++) {
		const taught = odds.flatMap((odd, i) =>
			foldOf.get(taskIds[i] ?? "") === fold ? [] : [{ odd, label: accepted[i] === true ? 1 : 0 }],
		);
		if (taught.length === 0) continue;
		const { scale, bias } = logistic(taught);
		for (const [i, odd] of odds.entries())
			if (foldOf.get(taskIds[i] ?? "") === fold) fitted[i] = 1 / (1 + Math.exp(-(scale * odd + bias)));
	}
	return fitted;
}

/** By Newton's method, with a penalty of 1 on the scale so that separable labels end, too. */
function logistic(rows: readonly { odd: number; label: number }[]): { scale: number; bias: number } {
	let [scale, bias] = [1, 0];
	for (let step = 0; step < 25; step++) {
		let [gs, gb, hss, hsb, hbb] = [scale, 0, 1, 0, 1e-9];
		for (const { odd, label } of rows) {
			const chance = 1 / (1 + Math.exp(-(scale * odd + bias)));
			const curvature = chance * (1 - chance);
			gs += (chance - label) * odd;
			gb += chance - label;
			hss += curvature * odd * odd;
			hsb += curvature * odd;
			hbb += curvature;
		}
		const determinant = hss * hbb - hsb * hsb;
		if (Math.abs(determinant) < 1e-12) break;
		const [ds, db] = [(hbb * gs - hsb * gb) / determinant, (hss * gb - hsb * gs) / determinant];
		scale -= ds;
		bias -= db;
		if (Math.abs(ds) + Math.abs(db) < 1e-10) break;
	}
	return { scale, bias };
}
