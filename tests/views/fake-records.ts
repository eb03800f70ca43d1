import type { ComparedCandidate } from "../../src/app/candidate-places.js";
import type { ComparisonUpdate, RankingUpdate } from "../../src/app/comparisons.js";
import type { AuditItem, AuditSubject } from "../../src/domain/audit.js";
import type { Checkpoint, CheckpointRun } from "../../src/domain/checkpoint.js";
import type { ComparedSet, GroupChange } from "../../src/domain/comparison.js";
import type { Lineage, LineageNode } from "../../src/domain/lineage.js";
import type { RankedRow } from "../../src/store/leaderboard-table.js";

const file = (id: string, detail: string, state: LineageNode["state"]): LineageNode => ({
	kind: "file",
	id,
	detail,
	bytes: 12_000,
	sha256: "0123456789abcdef".repeat(4),
	state,
	nodes: [],
});

/** A run of a tasks folder, with two files, one of which was changed. */
export function fakeLineage(runId: string, isChecked: boolean): Lineage {
	const run: LineageNode = { ...file(runId, "best-of-n completed", "not_compared"), kind: "run", sha256: null };
	const tasks: LineageNode = { ...file("/home/user/fixtures/tasks", "", "not_compared"), kind: "tasks", bytes: null };
	return {
		root: "/home/user/artifacts",
		subject: run,
		from: [{ ...tasks, detail: null }],
		files: [
			file(`logs/${runId}.log`, "events", isChecked ? "same" : "not_compared"),
			file(`rollouts/${runId}.jsonl`, "assay.rollout.v1", isChecked ? "changed" : "not_compared"),
		],
		into: [],
	};
}

function fakeSet(name: string, tasks: number, value = 0.5): ComparedSet {
	return {
		name,
		runId: name,
		path: `/home/user/artifacts/rollouts/${name}.jsonl`,
		sha256: "0".repeat(64),
		subject: "mock",
		sampleCount: 48,
		beyondN: 0,
		judgeErrors: 0,
		statusCounts: { accepted: 24, wrong_answer: 24 },
		score: { value, interval: null, tasks, seen: 0 },
		simultaneous: null,
		mixedTasks: tasks,
		degenerateRate: 0,
		distinctShare: null,
		training: { state: "unknown" as const, reason: "no model made the candidates" },
		contamination: null,
	};
}

/** The first two cannot be told apart, and neither can any other neighbours. A model of somebody else's has too few candidates. */
export function fakeRanking(runIds: readonly string[]): Extract<RankingUpdate, { kind: "ranked" }> {
	const others = runIds.filter((runId) => runId.endsWith("outs"));
	const rows = runIds
		.filter((runId) => !others.includes(runId))
		.map((runId, i, all): RankedRow => {
			const value = Math.max(0.05, 0.9 - 0.02 * i);
			const set = { ...fakeSet(runId, 164, value), simultaneous: { low: value - 0.05, high: value + 0.05 } };
			return {
				set,
				rank: { first: i < 2 ? 1 : i, last: Math.min(all.length, i + 2) },
				place: i + 1,
				label: `mock ${runId.slice(-4)}`,
				groups: i === 0 ? "a" : `${"abcdefghij"[i - 1] ?? "k"} ${"abcdefghij"[i] ?? "k"}`,
			};
		});
	const leftOut = others.map((runId) => `gpt-oss-120b (${runId}): 6 tasks have another number: 8 and 4`);
	return {
		kind: "ranked",
		board: {
			schema: "assay.leaderboard.v1",
			k: 1,
			level: 0.95,
			resamples: 10_000,
			seed: 1,
			differences: [],
			tasks: 164,
			solvedByAll: 3,
			solvedByNone: 27,
			entries: rows.map(({ set, rank }) => ({ set, rank })),
			groups: rows.slice(1).map((_, i) => ({ first: i + 1, last: i + 2 })),
			seen: [],
			seenIsScored: false,
			leftOut: [],
		},
		rows,
		notes: [
			`2 of ${rows.length} could be first: ${rows
				.slice(0, 2)
				.map(({ label }) => label)
				.join(", ")}`,
			`${rows.length - 1} groups of neighbours that cannot be told from each other`,
			"of 164 tasks, all solve 3 and none solves 27: these tell nothing apart",
			...(leftOut.length === 0 ? [] : [`${leftOut.length} result judged otherwise, not on the board`]),
		],
		leftOut,
		about: ["Intervals: 95 %.", "contamination unknown: no model made the candidates."],
	};
}

function fakeGroup(
	other: string,
	by: GroupChange["by"],
	group: string,
	{ gained, lost, tasks, change }: { gained: number; lost: number; tasks: number; change: number },
): GroupChange {
	return {
		...{ by, group, other, gained, lost, solvedBefore: tasks - gained },
		...{ forgotten: { low: 0.01, high: 0.91 }, p: 0.5, pAdjusted: 1 },
		net: { value: change, interval: null, tasks, seen: 0 },
	};
}

/** A was right about the first task alone, B about the second alone. */
export function fakeComparison(
	[a = "", b = ""]: readonly string[],
	taskIds: readonly string[],
): Extract<ComparisonUpdate, { kind: "compared" }> {
	return {
		kind: "compared",
		conclusions: ["cannot tell B from A: 6 tasks are too few"],
		comparison: {
			schema: "assay.comparison.v1",
			k: 1,
			level: 0.95,
			resamples: 2000,
			seed: 1,
			contradictions: [],
			differences: [],
			sets: [fakeSet(a, taskIds.length), fakeSet(b, taskIds.length)],
			pairs: [
				{
					first: a,
					other: b,
					difference: { value: 0, interval: null, tasks: taskIds.length, seen: 0 },
					p: 1,
					pAdjusted: 1,
					exact: true,
					wilcoxonP: 1,
					solved: { gained: 1, lost: 1, p: 1 },
					samples: { gained: 8, lost: 8 },
					tasksUp: 1,
					tasksDown: 1,
					tasksSame: taskIds.length - 2,
					cohenDz: null,
					relativeLift: null,
					minimalDetectableDifference: null,
					conclusion: "cannot_tell",
					reason: "6 tasks are too few",
				},
			],
			tasks: taskIds.map((taskId, i) => ({
				taskId,
				counts: [
					{ n: 8, accepted: i === 0 ? 8 : i === 1 ? 0 : 4 },
					{ n: 4, accepted: i === 0 ? 0 : i === 1 ? 4 : 2 },
				],
				change: i === 0 ? -1 : i === 1 ? 1 : 0,
				groups: [
					{ by: "split", name: i < 3 ? "dev" : "test_private" },
					...["arrays", "hashing"].slice(0, 2 - (i % 2)).map((name) => ({ by: "tag" as const, name })),
				],
			})),
			groups: [
				fakeGroup(b, "split", "dev", { gained: 1, lost: 1, tasks: 3, change: 0 }),
				fakeGroup(b, "split", "test_private", { gained: 0, lost: 0, tasks: 3, change: 0 }),
				fakeGroup(b, "tag", "arrays", { gained: 1, lost: 1, tasks: 6, change: 0 }),
				fakeGroup(b, "tag", "hashing", { gained: 0, lost: 1, tasks: 3, change: -0.333 }),
			],
			leftOut: [],
			seen: [],
			seenIsScored: false,
			claims: [],
		},
	};
}

/** Of all runs it goes on until it is stopped. */
export function* fakeFindings(subject: AuditSubject): Generator<AuditItem> {
	if (subject.kind === "claims") {
		yield { kind: "finding", level: "good", text: "a supported: It solves 62 %.", notes: ["pass@1 0.6200"] };
		yield {
			kind: "finding",
			level: "bad",
			text: "b blocked: It is better.",
			notes: ["interval: \u001b[31mnone\nsecond line"],
		};
		return;
	}
	const [text, note] =
		subject.kind === "files"
			? ["changed: 5 files as recorded", "weights: changed"]
			: ["logs/a.log:3: github", "[github, 40 characters]"];
	yield { kind: "finding", level: "bad", text, notes: [note] };
}

/** Candidates of the set in a task, of which the first ones are accepted; they are at 100 bytes times their number in the run. */
export function fakeCandidates(set: number, task: number): ComparedCandidate[] {
	const accepted = [
		[8, 0, 4],
		[0, 4, 2],
	][set]?.[Math.min(task, 2)];
	return Array.from({ length: set === 0 ? 8 : 4 }, (_, sampleIndex) => ({
		sampleIndex,
		status: sampleIndex < (accepted ?? 0) ? "accepted" : "wrong_answer",
		place: { offset: 100 * (8 * task + sampleIndex), bytes: 100 },
	}));
}

const run = (runId: string, value: number): CheckpointRun => ({
	runId,
	outcome: "completed",
	startedAt: "2026-11-21T09:00:00.000Z",
	n: 8,
	taskCount: 6,
	sampleCount: 48,
	passAt1: { value, tasks: 6, interval: { low: value - 0.1, high: value + 0.1 } },
	taskSetFingerprint: "f".repeat(64),
	costUsd: null,
	recorded: false,
});

const checkpoint = (name: string, change: Partial<Checkpoint>): Checkpoint => ({
	id: `/home/user/artifacts/checkpoints/${name}`,
	name,
	kind: "folder",
	parent: null,
	generation: 0,
	missing: false,
	training: null,
	runs: [],
	knownBy: change.runs?.[0]?.runId ?? null,
	...change,
});

const trained = (parent: string, generation: number, value: number): Partial<Checkpoint> => ({
	parent: `/home/user/artifacts/checkpoints/${parent}`,
	generation,
	training: {
		method: "sft",
		data: "run 20261121-08…",
		taskCount: 60,
		exampleCount: 123,
		steps: 40,
		finishedAt: "2026-11-21T08:30:00.000Z",
		wallTimeMs: 13_000,
		costUsd: 0.02,
		curve: Array.from({ length: 40 }, (_, i) => ({ step: i + 1, loss: 1 / (i + 1 + generation) })),
	},
	runs: [run(`20261121-09000${generation}-best-of-n-ckp${"abc"[generation] ?? ""}`, value)],
});

/** N, N+1 and N+2, and a model of somebody else's. */
export const FAKE_CHECKPOINTS: Checkpoint[] = [
	checkpoint("tiny", { runs: [run("20261121-090000-best-of-n-ckpa", 0.436)] }),
	checkpoint("tiny-1", trained("tiny", 1, 0.552)),
	checkpoint("tiny-2", trained("tiny-1", 2, 0.561)),
	checkpoint("", {
		id: "gpt-oss-120b",
		name: "gpt-oss-120b",
		kind: "model",
		runs: [{ ...run("20261121-091500-best-of-n-outs", 0.8), n: 4, costUsd: 0.41 }],
	}),
];
