import { readRollouts } from "../artifacts/rollout-file.js";
import type { FunctionTask } from "../domain/task.js";
import type { DropCode, TransitionDraft } from "../domain/transition.js";
import { mutantsOf } from "../languages/mutants.js";
import { stubOf } from "../languages/python-stub.js";
import { sha256 } from "../lib/hash.js";
import { seededRandom } from "../lib/seeded-random.js";
import { questionOf } from "../tasks/question.js";
import type { WorldTask, WorldTasks } from "./world-tasks.js";

/** What was looked at: a draft, or why it is none. */
export type Looked = Omit<TransitionDraft, "id"> | { dropped: DropCode; id: string };

/** The program that is there before anybody writes one: what the task begins with, or a signature without a body. */
export function startOf({ starterCode, entryPoint }: FunctionTask, code: string): string {
	return starterCode === "" ? (stubOf(code, entryPoint) ?? `def ${entryPoint}(*args):\n    pass\n`) : starterCode;
}

interface Mutating {
	/** Of each accepted solution. */
	mutants: number;
	seed: number;
}

/** Of each task its solution, and mutants of that. */
export function* draftsOfTasks(tasks: WorldTasks, ids: Iterable<string>, mutating: Mutating): Generator<Looked> {
	for (const id of ids) {
		const known = tasks.get(id);
		if (known === null) yield { dropped: tasks.reasonAgainst(id) ?? "unknown_task", id };
		else if (known.task.reference === null) yield { dropped: "no_program", id };
		else yield* draftsOfSolution(known, known.task.reference, mutating);
	}
}

function* draftsOfSolution(
	{ task, licence, split }: WorldTask,
	solution: string,
	{ mutants, seed }: Mutating,
): Generator<Looked> {
	const before = startOf(task, solution);
	const dataset = task.source.origin;
	const common = {
		origin: { dataset, path: null, commit: null, generator: null },
		group: task.id,
		licence,
		split,
		entryPoint: task.entryPoint,
		text: questionOf(task),
		label: { task: task.id, recorded: null },
	};
	yield { ...common, source: "solution", before, after: solution, mutations: [] };
	const random = seededRandom(Number.parseInt(sha256(`${seed}:${task.id}`).slice(0, 8), 16));
	const from = solution.startsWith(task.starterCode) ? task.starterCode.length : 0;
	const origin = { ...common.origin, generator: "mutation" };
	for (const { code, mutations } of mutantsOf(solution, {
		count: mutants,
		multiple: Math.floor(mutants / 4),
		from,
		random,
	}))
		yield { ...common, source: "mutant", origin, before, after: code, mutations };
}

/** Of each judged candidate of a run what its task begins with, and its program. */
export async function* draftsOfRun(
	tasks: WorldTasks,
	{ runId, rollouts }: { runId: string; rollouts: string },
): AsyncGenerator<Looked> {
	for await (const { rollout } of readRollouts(rollouts)) {
		const { candidate, verdict } = rollout;
		const { taskId, code, sampleIndex, model, backend } = candidate;
		const id = `${runId} ${taskId} ${sampleIndex}`;
		const known = tasks.get(taskId);
		if (known === null) yield { dropped: tasks.reasonAgainst(taskId) ?? "unknown_task", id };
		else if (code === null) yield { dropped: "no_program", id };
		else if (verdict.status === "judge_error") yield { dropped: "judge_error", id };
		else {
			yield {
				source: "sample",
				origin: { dataset: known.task.source.origin, path: null, commit: null, generator: model ?? backend },
				group: taskId,
				licence: known.licence,
				split: known.split,
				entryPoint: known.task.entryPoint,
				text: questionOf(known.task),
				label: { task: taskId, recorded: verdict.status === "accepted" ? "accepted" : "rejected" },
				before: startOf(known.task, code),
				after: code,
				mutations: [],
			};
		}
	}
}
