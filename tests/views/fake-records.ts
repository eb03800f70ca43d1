import type { RunComparison } from "../../src/app/workbench.js";
import type { AuditItem, AuditSubject } from "../../src/domain/audit.js";
import type { Lineage, LineageNode } from "../../src/domain/lineage.js";

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

/** A was right about the first task alone, B about the second alone. */
export function fakeComparison(a: string, b: string, taskIds: readonly string[]): RunComparison {
	const set = (name: string) => ({
		name,
		runId: name,
		path: `/home/user/artifacts/rollouts/${name}.jsonl`,
		sha256: "0".repeat(64),
		subject: "mock",
		sampleCount: 48,
		judgeErrors: 0,
		statusCounts: { accepted: 24, wrong_answer: 24 },
		score: { value: 0.5, interval: null, tasks: taskIds.length, seen: 0 },
		simultaneous: null,
		mixedTasks: taskIds.length,
		degenerateRate: 0,
		distinctShare: null,
		training: { state: "unknown" as const, reason: "no model made the candidates" },
		contamination: null,
	});
	return {
		conclusion: "cannot tell: 6 tasks are too few",
		comparison: {
			schema: "assay.comparison.v1",
			k: 1,
			level: 0.95,
			resamples: 2000,
			seed: 1,
			contradictions: [],
			groups: [],
			differences: [{ kind: "n", text: "N: 8 against 4" }],
			sets: [set(a), set(b)],
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
			})),
			leftOut: [],
			seen: [],
			seenIsScored: false,
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
