import { setImmediate } from "node:timers/promises";
import { openTransitions, readTransitions } from "../artifacts/transition-folder.js";
import type { TransitionSplit, WorldEval } from "../domain/choices.js";
import type { TaskRanking } from "../domain/ranking.js";
import type { SeenTask } from "../domain/training.js";
import type { Transition } from "../domain/transition.js";
import { type CalibrationReport, calibrationReport } from "../energy/world/eval-calibration.js";
import { type LatentReport, latentReport } from "../energy/world/eval-latent.js";
import { type RerankReport, rerankReport } from "../energy/world/eval-rerank.js";
import { type RetrievalReport, retrievalReport } from "../energy/world/eval-retrieval.js";
import { type ScorerQualityReport, scorerQualityReport } from "../energy/world/eval-scorer-quality.js";
import { type SurpriseReport, surpriseReport } from "../energy/world/eval-surprise.js";
import { seenEntries } from "../energy/world/model-folder.js";
import { type ScoredTransition, scoreTransitions } from "../energy/world/scored-transitions.js";
import type { WorldModel } from "../energy/world/world-model.js";
import { AssayError } from "../lib/errors.js";
import { sha256 } from "../lib/hash.js";
import { type RankOptions, rankRun } from "./rank-run.js";

export type RunEval = Extract<WorldEval, "rerank" | "calibration">;
export type DataEval = Exclude<WorldEval, RunEval>;

/** What an evaluation was made of. */
interface Made {
	schema: "assay.world-eval.v1";
	model: { name: string; id: string };
	/** Folder of transitions, or run. */
	source: string;
	/** Groups or tasks of it that the model was trained on; where there are some, no figure counts. */
	seen: string[];
}

export type WorldEvaluation = Made &
	(
		| { kind: "retrieval"; report: RetrievalReport }
		| { kind: "surprise"; report: SurpriseReport }
		| { kind: "latent"; report: LatentReport }
		| { kind: "scorer-quality"; report: ScorerQualityReport }
		| { kind: "rerank"; report: RerankReport }
		| { kind: "calibration"; report: CalibrationReport }
	);

export interface DataEvalOptions {
	model: WorldModel;
	folder: string;
	split: TransitionSplit;
	/** Transitions that are looked at, of whole groups as far as that goes. */
	limit: number;
	allowSeen: boolean;
	maxCandidates: number;
	maxHardNegatives: number;
	seed: number;
	signal: AbortSignal;
	onProgress?: (done: number, total: number) => void;
}

/** Evaluates a world model on transitions, none of a group that it was trained on unless that is allowed. */
export async function evaluateOnTransitions(kind: DataEval, options: DataEvalOptions): Promise<WorldEvaluation> {
	const { model, folder, split, seed, signal } = options;
	const { transitions, seen } = await unseenTransitions(options);
	const scored = await scoreTransitions(model, transitions, {
		seed,
		signal,
		...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
	});
	if (scored.length < 2) throw new AssayError("usage", `${folder}: has not two transitions of the split ${split}`);
	const made = madeOf(model, folder, seen);
	switch (kind) {
		case "retrieval":
			return { ...made, kind, report: await retrieval(scored, options) };
		case "surprise":
			return { ...made, kind, report: surpriseReport(scored, seed) };
		case "latent":
			return { ...made, kind, report: latentReport(scored) };
		case "scorer-quality":
			return { ...made, kind, report: scorerQualityReport(scored) };
	}
}

export interface RunEvalOptions extends Omit<RankOptions, "world" | "fitted" | "n" | "onTask" | "onRanked"> {
	model: WorldModel;
	allowSeen: boolean;
	/** For pass@k. */
	k: number;
}

/** Evaluates a world model on the candidates of a recorded run, by its verdicts. */
export async function evaluateOnRun(kind: RunEval, options: RunEvalOptions): Promise<WorldEvaluation> {
	const { model, allowSeen, k, ...rest } = options;
	const rankings: TaskRanking[] = [];
	const { runId, model: ranked } = await rankRun({
		...rest,
		n: null,
		world: { model, allowSeen },
		fitted: null,
		onTask: (ranking) => Promise.resolve(void rankings.push(ranking)),
	});
	const made = madeOf(
		model,
		runId,
		(ranked?.seen ?? []).map(({ taskId }: SeenTask) => taskId),
	);
	if (kind === "rerank") return { ...made, kind, report: rerankReport(rankings, k) };
	return { ...made, kind, report: calibrationReport(rankings) };
}

function madeOf(model: WorldModel, source: string, seen: readonly string[]): Made {
	return { schema: "assay.world-eval.v1", model: { name: model.folder.name, id: model.id }, source, seen: [...seen] };
}

async function retrieval(scored: readonly ScoredTransition[], options: DataEvalOptions): Promise<RetrievalReport> {
	const { maxCandidates, maxHardNegatives, signal } = options;
	const pause = async (): Promise<void> => {
		await setImmediate();
		signal.throwIfAborted();
	};
	const report = await retrievalReport(scored, { maxCandidates, maxHardNegatives, pause });
	if (report !== null) return report;
	throw new AssayError("usage", `${options.folder}: has not two questions with an answer to look for`);
}

/** Of groups in an order that the seed alone decides. */
export async function unseenTransitions({
	model,
	folder,
	split,
	limit,
	allowSeen,
	seed,
	signal,
}: Pick<DataEvalOptions, "model" | "folder" | "split" | "limit" | "allowSeen" | "seed" | "signal">): Promise<{
	transitions: Transition[];
	seen: string[];
}> {
	const data = openTransitions(folder);
	const trained = new Set<string>();
	const contents = new Set<string>();
	for await (const { taskId, contentSha256 } of seenEntries(model.folder)) {
		if (taskId !== null) trained.add(taskId);
		if (contentSha256 !== null) contents.add(contentSha256);
	}
	const groups = data.manifest.groups.filter((group) => group.split === split);
	const seen = groups
		.filter(({ group, contentSha256 }) => trained.has(group) || contents.has(contentSha256 ?? ""))
		.map(({ group }) => group);
	if (seen.length > 0 && !allowSeen) {
		const named = seen.slice(0, 8).join(", ");
		throw new AssayError(
			"usage",
			`${model.folder.path}: was trained on ${seen.length} of the ${groups.length} groups of the split ${split}: ${named}`,
			{
				hint: "--split test has groups that no training saw; --allow-seen evaluates on them all the same, marked everywhere",
			},
		);
	}
	const wanted = new Set<string>();
	let expected = 0;
	const order = groups
		.map((group) => ({ ...group, at: sha256(`${seed}:${group.group}`) }))
		.sort((a, b) => (a.at < b.at ? -1 : 1));
	for (const { group, transitions } of order) {
		if (expected >= limit) break;
		wanted.add(group);
		expected += transitions;
	}
	const transitions: Transition[] = [];
	for await (const transition of readTransitions(data)) {
		signal.throwIfAborted();
		if (transition.split !== split || !wanted.has(transition.group)) continue;
		if (transitions.push(transition) >= limit) break;
	}
	return { transitions, seen };
}
