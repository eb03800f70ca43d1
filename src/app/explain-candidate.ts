import { readRollouts } from "../artifacts/rollout-file.js";
import type { FunctionTask } from "../domain/task.js";
import type { SeenTask } from "../domain/training.js";
import { editVector, type SimilarEdit, similarEdits } from "../energy/world/edit-index.js";
import { type ActionSwap, actionSwap, type LineSurprise, lineSurprise } from "../energy/world/explain.js";
import type { ActionInput } from "../energy/world/messages.js";
import type { EditQuestion, WorldModel, WorldNumbers } from "../energy/world/world-model.js";
import { AssayError } from "../lib/errors.js";
import { locateRun } from "./locate-run.js";
import type { RunInputs } from "./run-inputs.js";
import { askWorld, questionAbout } from "./world-numbers.js";

export interface ExplainOptions {
	workspace: string;
	run: string;
	/** Where the run's tasks are now; null: where its plan says. */
	tasks: { path: string; format: string } | null;
	inputs: RunInputs;
	taskId: string;
	sampleIndex: number;
	model: WorldModel;
	allowSeen: boolean;
	seed: number;
	signal: AbortSignal;
}

export interface CandidateExplanation {
	runId: string;
	taskId: string;
	sampleIndex: number;
	model: { name: string; id: string };
	/** As which task the model was trained on this one; null: it was not. */
	seen: SeenTask | null;
	numbers: WorldNumbers;
	/** Which lines make it unlikely. */
	lines: LineSurprise[];
	/** The same edit with the question of another task; null: there is no other. */
	swap: ActionSwap | null;
}

/** What a world model says of one candidate of a recorded run, and why. Nothing is run. */
export async function explainCandidate(options: ExplainOptions): Promise<CandidateExplanation> {
	const { taskId, sampleIndex, model, signal } = options;
	const { runId, seen, question, after, other } = await questionOfCandidate(options);
	const [score] = await model.energies(question, [after], { signal });
	if (score === undefined) throw new AssayError("host", `${model.folder.path}: gave no energy`);
	const { target: _target, predicted: _predicted, ...numbers } = score;
	return {
		runId,
		taskId,
		sampleIndex,
		model: { name: model.folder.name, id: model.id },
		seen,
		numbers,
		lines: await lineSurprise(model, question, after, { signal }),
		swap: other === null ? null : await actionSwap(model, question, after, other, { signal }),
	};
}

/** Edits of an index that change a program as a candidate does. */
export async function similarToCandidate(
	options: ExplainOptions & { index: string; count: number },
): Promise<SimilarEdit[]> {
	const { model, index, count, signal } = options;
	const { question, after } = await questionOfCandidate(options);
	const [before, end] = await model.encode(
		[question.before, after].map((program) => ({ ...program, known: null, hidden: null })),
		{ signal },
	);
	if (before === undefined || end === undefined) return [];
	return await similarEdits(index, { model, edit: editVector(before, end), count }, signal);
}

interface AskedCandidate {
	runId: string;
	seen: SeenTask | null;
	question: EditQuestion;
	after: { code: string; entryPoint: string | null };
	other: ActionInput | null;
}

async function questionOfCandidate(options: ExplainOptions): Promise<AskedCandidate> {
	const { taskId, model, inputs, seed, signal, allowSeen } = options;
	const { result, plan, rollouts } = await locateRun(options);
	const planned = (result ?? plan)?.config ?? null;
	if (planned === null) {
		throw new AssayError("usage", `${rollouts}: does not say where its tasks are`, { hint: "name the run by its id" });
	}
	const config =
		options.tasks === null ? planned : { ...planned, tasks: options.tasks.path, taskFormat: options.tasks.format };
	const code = await programOf(rollouts, options);
	let asked: FunctionTask | null = null;
	const functionTasks = async function* (): AsyncGenerator<FunctionTask> {
		for await (const task of inputs.tasks(config, signal)) {
			if (task.kind !== "function") continue;
			if (task.id === taskId) asked = task;
			yield task;
		}
	};
	// The other tasks lend their questions; only what is explained has to be unseen.
	const questions = await askWorld(functionTasks(), { model, allowSeen: true, seed, signal });
	const task: FunctionTask | null = asked;
	if (task === null) throw new AssayError("usage", `${taskId}: is no function task of this run`);
	const seen = questions.seen.get(taskId) ?? null;
	if (seen !== null && !allowSeen) {
		throw new AssayError("usage", `${model.folder.path}: was trained on ${taskId} (by its ${seen.by})`, {
			hint: "--allow-seen explains it all the same, marked",
		});
	}
	const other = questions.otherOf(taskId);
	const question = questionAbout(task, code, other);
	const after = { code, entryPoint: question.before.entryPoint };
	return { runId: result?.runId ?? plan?.runId ?? "", seen, question, after, other };
}

async function programOf(rollouts: string, { taskId, sampleIndex, signal }: ExplainOptions): Promise<string> {
	for await (const { rollout } of readRollouts(rollouts)) {
		signal.throwIfAborted();
		const { candidate } = rollout;
		if (candidate.taskId !== taskId || candidate.sampleIndex !== sampleIndex) continue;
		if (candidate.code !== null) return candidate.code;
		throw new AssayError("usage", `${taskId} #${sampleIndex}: there is no program in it`);
	}
	throw new AssayError("usage", `${taskId} #${sampleIndex}: no such candidate in this run`);
}
