import { readRollouts } from "../artifacts/rollout-file.js";
import type { SeenTask } from "../domain/training.js";
import { editVector, type SimilarEdit, similarEdits } from "../energy/world/edit-index.js";
import { type ActionSwap, actionSwap, type LineSurprise, lineSurprise } from "../energy/world/explain.js";
import type { ActionInput } from "../energy/world/messages.js";
import type { EditQuestion, WorldNumbers } from "../energy/world/world-model.js";
import { AssayError } from "../lib/errors.js";
import { type AskedTaskOptions, askedTask } from "./asked-task.js";
import { questionAbout } from "./world-numbers.js";

export interface ExplainOptions extends AskedTaskOptions {
	sampleIndex: number;
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
	const { runId, rollouts, task, seen, questions } = await askedTask(options);
	const code = await programOf(rollouts, options);
	const other = questions.otherOf(task.id);
	const question = questionAbout(task, code, other);
	return { runId, seen, question, after: { code, entryPoint: question.before.entryPoint }, other };
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
