import type { CandidateRankingRequest, CandidateRankingUpdate } from "../../src/app/candidate-rankings.js";
import type { Workbench } from "../../src/app/workbench.js";
import type { RankedTask } from "../../src/domain/ranking.js";
import { code } from "./fake-run.js";

/** A task whose candidates every ranker orders in a way of its own. */
function fakeRankedTask(taskId: string, t: number, n: number, execute: boolean): RankedTask {
	const samples = Array.from({ length: n }, (_, i) => i);
	const scores = new Map<string, number[]>([
		["random", samples.map(() => 0)],
		["sample order", samples.map((i) => 0 - i)],
		["shortest", samples.map((i) => -40 - ((i * 5 + t) % 8) * 3)],
		["static validity", samples.map((i) => Number(i % 4 !== 3))],
		["duplicates", samples.map((i) => (i % 4 === 3 ? 0 : i < 2 ? 2 : 1))],
		["energy", samples.map((i) => -1 - ((i * 3) % 8) / 8)],
		["energy change", samples.map((i) => 0.5 - ((i * 3) % 8) / 8)],
		["pass head", samples.map((i) => ((i * 5 + t) % 8) / 8)],
		["centroid", samples.map((i) => 0.3 + ((i * 3 + t) % 8) / 16)],
	]);
	if (execute)
		scores.set(
			"examples, then agreement",
			samples.map((i) => ((i * 7 + t) % 8) + 1),
		);
	return {
		taskId,
		starterCode: "def two_sum(numbers, target):\n    pass\n",
		sampleIndexes: samples,
		accepted: samples.map((i) => t % 3 !== 2 && (i + t) % 3 === 0),
		valid: samples.map((i) => i % 4 !== 3),
		duplicateOf: samples.map((i) => (i === 1 ? 0 : null)),
		rollouts: samples.map((i) => ({ offset: 100 * (t * n + i), bytes: code(i).length })),
		scores,
	};
}

/** As a workbench tells of them, task by task. */
export function fakeRankings(names: readonly string[], n: number) {
	return async function* rankCandidates({
		runId,
		execute,
	}: CandidateRankingRequest): AsyncGenerator<CandidateRankingUpdate> {
		yield { kind: "model", path: "/models/world", index: "/edits", problem: null };
		const tasks = names.map((name, t) => fakeRankedTask(name, t, n, execute));
		for (const [done, task] of tasks.entries()) {
			yield await Promise.resolve({ kind: "task" as const, task });
			yield { kind: "progress", done: done + 1, total: tasks.length };
		}
		for (const task of tasks)
			yield { kind: "task", task: { ...task, scores: new Map([...task.scores, ["trees, static", treeScores(n)]]) } };
		const rankers = [...(tasks[0]?.scores.keys() ?? []), "trees, static"];
		const mean = (value: number) => ({ value, interval: { low: value - 0.1, high: value + 0.1 }, tasks: names.length });
		const difference = (value: number) => ({ value, interval: { low: value - 0.1, high: value + 0.1 }, p: 0.0312 });
		yield {
			kind: "measured",
			report: {
				runId,
				made: null,
				n: null,
				tasks: names.length,
				candidates: names.length * n,
				rerankable: 4,
				headroom: 0.412,
				leftOut: 0,
				folds: 5,
				model: { name: "world", id: "0123456789abcdef", seen: [] },
				fitted: null,
				controls: [],
				gates: [
					{ ranker: "energy", name: "AUC", value: 0.715, bound: 0.75, above: false, passed: false, seen: false },
					{ ranker: "pass head", name: "AUC", value: 0.9, bound: 0.86, above: false, passed: true, seen: false },
				],
				rankers: [...rankers, "oracle"].map((ranker, i) => ({
					ranker,
					seen: false,
					firstChoice: mean(0.2 + i / 20),
					top1: mean(0.25 + i / 20),
					auc: mean(0.5 + i / 20),
					aucAmongValid: mean(0.45 + i / 20),
					against:
						ranker === "static validity"
							? null
							: {
									ranker: "static validity",
									firstChoice: difference((i - 3) / 20),
									auc: difference((i - 3) / 20),
									aucAmongValid: difference((i - 3) / 20),
									mcNemar: { gained: i, lost: 2, p: 0.25 },
								},
				})),
			},
		};
	};
}

/** The same ranking out of a file. */
export const fakeRecorded =
	(names: readonly string[], n: number, hasPrograms: boolean): Workbench["recordedRanking"] =>
	async () => {
		const tasks = new Map<string, RankedTask>();
		const request = { runId: "20261121-093000-best-of-n-demo", execute: false, allowSeen: false };
		for await (const update of fakeRankings(names, n)(request)) {
			if (update.kind === "task") tasks.set(update.task.taskId, update.task);
			if (update.kind !== "measured") continue;
			const made = {
				at: "2026-11-20T08:15:00.000Z",
				version: "0.1.0",
				features: "2026-11-21",
				folds: 5,
				isExecuted: false,
			};
			const read = [...tasks.values()].map((task) => ({
				...task,
				rollouts: hasPrograms ? task.rollouts : task.rollouts.map(() => null),
			}));
			return { report: { ...update.report, made }, tasks: read, hasPrograms };
		}
		throw new Error("nothing was measured");
	};

const treeScores = (n: number) => Array.from({ length: n }, (_, i) => ((i * 5) % 8) / 8 - 0.4);

export const fakeExplanation: Workbench["explainRanked"] = ({ runId }, taskId, sampleIndex) =>
	Promise.resolve({
		runId,
		taskId,
		sampleIndex,
		model: { name: "world", id: "0123456789abcdef" },
		seen: null,
		numbers: { energy: 1.25, energyDelta: -0.5, pass: 0.625, noAction: 1.5, shuffled: 1.75 },
		lines: code(sampleIndex)
			.split("\n")
			.map((text, line) => ({ line, text, surprise: line / 10, share: [0, 0.25, 0.1, 0.03][line] ?? 0 })),
		swap: { energy: 1.25, swapped: 1.75, difference: 0.5 },
	});

/** Candidates stand in two rows of four, and what is predicted between them. */
export const fakeMap: Workbench["mapRanked"] = ({ runId }, taskId, instead) =>
	Promise.resolve({
		runId,
		taskId,
		model: { name: "world", id: "0123456789abcdef" },
		seen: null,
		instead,
		shown: 0.75,
		shares: { x: 0.5, y: 0.25 },
		starts: [
			{ before: { x: -4, y: 3 }, predicted: { x: 1, y: 0 }, swapped: instead === null ? null : { x: -2, y: -2 } },
		],
		candidates: Array.from({ length: 8 }, (_, i) => ({
			sampleIndex: i,
			accepted: i % 3 === 0,
			start: 0,
			place: { x: i % 4, y: i < 4 ? 1 : -1 },
			energy: 1 + ((i * 3) % 8) / 8,
			swapped: instead === null ? null : 1.5 + ((i * 5) % 8) / 8,
			neighbours: [1, 2, 3].map((step) => ({ sampleIndex: (i + step) % 8, distance: step / 4 })),
		})),
	});

export const fakeSimilar: Workbench["similarToRanked"] = (_, taskId, sampleIndex) =>
	Promise.resolve(
		[0, 1, 2].map((i) => ({
			id: `edit-${i}`,
			group: `past/${taskId}/${i}`,
			source: "solution",
			split: "train",
			label: i === 1 ? null : "accepted",
			changedLines: 3 + i,
			action: `Write a function that adds ${i}.\nIt was asked twice.`,
			distance: 0.5 + i + sampleIndex,
		})),
	);

export const fakeCard: Workbench["worldCard"] = () =>
	Promise.resolve("# world\n\n## Figures\n\nretrieval .135\n\n## Not for\n\nJudging.\n");
