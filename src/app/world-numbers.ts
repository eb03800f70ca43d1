import type { FunctionTask } from "../domain/task.js";
import type { SeenTask } from "../domain/training.js";
import type { CandidateEnergies } from "../energy/candidate-facts.js";
import type { ActionInput } from "../energy/world/messages.js";
import { seenEntries } from "../energy/world/model-folder.js";
import type { EditQuestion, WorldModel } from "../energy/world/world-model.js";
import { seededRandom } from "../lib/seeded-random.js";
import { SeenTasks } from "../lineage/seen-tasks.js";
import { scoredEntryOf } from "../lineage/training-entry.js";
import { promptLikeness } from "../tasks/likeness.js";
import { questionOf } from "../tasks/question.js";
import { TaughtError } from "./taught-error.js";
import { startOf } from "./world-drafts.js";

export interface WorldQuestions {
	/** Tasks that the model was trained on, by id. */
	seen: ReadonlyMap<string, SeenTask>;
	/** The words of a task; null: it is not among them. */
	actionOf(taskId: string): ActionInput | null;
	/** The words of another task, always the same one for a seed; null: there is no other. */
	otherOf(taskId: string): ActionInput | null;
}

/**
 * Looks over the tasks that a model is to score. Throws `usage` with their list where it was trained on some of them, by id or
 * under another name, unless that is allowed.
 */
export async function askWorld(
	tasks: AsyncIterable<FunctionTask>,
	{ model, allowSeen, seed, signal }: { model: WorldModel; allowSeen: boolean; seed: number; signal: AbortSignal },
): Promise<WorldQuestions> {
	const scored = new SeenTasks();
	const actions = new Map<string, ActionInput>();
	for await (const task of tasks) {
		signal.throwIfAborted();
		scored.score({ ...(await scoredEntryOf(task)), taskId: task.id });
		// Transitions keep a question's words alone, where a task's prompt may be code.
		const prompt = promptLikeness(questionOf(task));
		scored.score({ taskId: task.id, contentSha256: null, prompt, solutions: [] });
		actions.set(task.id, actionOf(task));
	}
	for await (const entry of seenEntries(model.folder)) scored.train(entry, model.folder.name);
	const seen = new Map(scored.seen().map((task) => [task.taskId, task]));
	if (seen.size > 0 && !allowSeen) {
		throw new TaughtError(`${model.folder.path}: was trained on`, {
			seen: [...seen.values()],
			of: actions.size,
			hint: "rank tasks that it has not seen, e.g. with --filter when they are judged; --allow-seen ranks them all the same, marked everywhere",
		});
	}
	const next = nextOf([...actions.keys()].sort(), seed);
	const wordsOf = (taskId: string) => actions.get(taskId) ?? null;
	return { seen, actionOf: wordsOf, otherOf: (taskId) => wordsOf(next.get(taskId) ?? "") };
}

/** What a model says of the programs of a task, in their order; null where there is none. */
export async function worldNumbers(
	model: WorldModel,
	task: FunctionTask,
	programs: readonly (string | null)[],
	{ other, signal }: { other: ActionInput | null; signal: AbortSignal },
): Promise<(CandidateEnergies | null)[]> {
	// Where a task begins with nothing, the state before is the signature that a program chose.
	const byStart = new Map<string, number[]>();
	for (const [i, code] of programs.entries()) {
		if (code === null) continue;
		const start = startOf(task, code);
		byStart.set(start, [...(byStart.get(start) ?? []), i]);
	}
	const numbers: (CandidateEnergies | null)[] = programs.map(() => null);
	for (const [start, places] of byStart) {
		const afters = places.map((i) => ({ code: programs[i] ?? "", entryPoint: task.entryPoint }));
		const scores = await model.energies(questionAt(task, start, other), afters, { signal });
		for (const [at, place] of places.entries()) {
			const score = scores[at];
			if (score === undefined) continue;
			const { predicted: _predicted, ...rest } = score;
			numbers[place] = rest;
		}
	}
	return numbers;
}

/** What a model is asked about a task's candidate. */
export function questionAbout(task: FunctionTask, code: string, other: ActionInput | null): EditQuestion {
	return questionAt(task, startOf(task, code), other);
}

function actionOf(task: FunctionTask): ActionInput {
	return { text: questionOf(task), entryPoint: task.entryPoint, operations: [] };
}

function questionAt(task: FunctionTask, start: string, other: ActionInput | null): EditQuestion {
	return { before: { code: start, entryPoint: task.entryPoint }, action: actionOf(task), other };
}

/** Each id's successor in a circle that the seed alone decides; a single one has none. */
function nextOf(ids: readonly string[], seed: number): Map<string, string> {
	const random = seededRandom(seed);
	const circle = ids.map((id) => ({ id, at: random() })).sort((a, b) => a.at - b.at);
	if (circle.length < 2) return new Map();
	return new Map(circle.map(({ id }, i) => [id, circle[(i + 1) % circle.length]?.id ?? id]));
}
