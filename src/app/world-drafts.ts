import type { FunctionTask } from "../domain/task.js";
import type { DropCode, TransitionDraft } from "../domain/transition.js";
import { mutantsOf } from "../languages/mutants.js";
import { signatureOf } from "../languages/python-signature.js";
import { sha256 } from "../lib/hash.js";
import { seededRandom } from "../lib/seeded-random.js";
import { questionOf } from "../tasks/question.js";
import type { WorldTask, WorldTasks } from "./world-tasks.js";

/** What was looked at: a draft, or why it is none. */
export type Looked = Omit<TransitionDraft, "id"> | { dropped: DropCode; id: string };

type OfTask = Pick<TransitionDraft, "source" | "after"> &
	Partial<Pick<TransitionDraft, "before" | "text" | "mutations">> & {
		generator: string | null;
		/** What a run said of `after`. */
		recorded?: "accepted" | "rejected";
		/** Data set, if not that of the task. */
		dataset?: string;
	};

/** Without `before`, what the task begins with; labelled by the task's tests. */
export function draftOf(known: WorldTask, { source, after, generator, recorded, dataset, ...more }: OfTask): Looked {
	const { task, group, licence, split } = known;
	return {
		source,
		origin: { dataset: dataset ?? task.source.origin, path: null, commit: null, generator },
		group,
		licence,
		split,
		entryPoint: task.entryPoint,
		before: more.before ?? startOf(task, after),
		after,
		text: more.text ?? questionOf(task),
		mutations: more.mutations ?? [],
		label: { task: task.id, recorded: recorded ?? null },
	};
}

/** The program that is there before anybody writes one: what the task begins with, or a signature without a body. */
export function startOf({ starterCode, entryPoint }: FunctionTask, code: string): string {
	return starterCode === "" ? (signatureOf(code, entryPoint) ?? `def ${entryPoint}(*args):\n    pass\n`) : starterCode;
}

interface Mutating {
	/** Of each accepted solution. */
	mutants: number;
	seed: number;
}

/** One in so many mutants is also repaired. */
const REPAIRED = 3;

/** Of each task its solution, mutants of that, and the way back from some of them. */
export function* draftsOfTasks(
	tasks: WorldTasks,
	ids: Iterable<string>,
	{ mutants, seed }: Mutating,
): Generator<Looked> {
	for (const id of ids) {
		const known = tasks.get(id);
		const solution = known?.task.reference ?? null;
		if (known === null || solution === null) {
			yield { dropped: tasks.reasonAgainst(id) ?? "no_program", id };
			continue;
		}
		yield draftOf(known, { source: "solution", after: solution, generator: null });
		const { starterCode } = known.task;
		const made = mutantsOf(solution, {
			count: mutants,
			multiple: Math.floor(mutants / 4),
			from: solution.startsWith(starterCode) ? starterCode.length : 0,
			random: seededRandom(Number.parseInt(sha256(`${seed}:${id}`).slice(0, 8), 16)),
		});
		for (const [i, { code, mutations }] of made.entries()) {
			yield draftOf(known, { source: "mutant", after: code, generator: "mutation", mutations });
			if (i % REPAIRED === 0)
				yield draftOf(known, { source: "mutant", before: code, after: solution, generator: "repair", mutations });
		}
	}
}
