import { readRollout } from "../artifacts/rollout-file.js";
import type { DataShape } from "../domain/choices.js";
import type { Rollout } from "../domain/run.js";
import type { FunctionTask } from "../domain/task.js";
import type { TrainingEntry } from "../domain/training.js";
import type { DataManifest, LeftOut, PreferencePair, SftExample } from "../domain/training-data.js";
import type { PromptTemplate } from "../generate/prompt-templates.js";
import { AssayError } from "../lib/errors.js";
import { trainingEntryOf } from "../lineage/training-entry.js";
import { hashContent } from "../tasks/fingerprint.js";
import { answerFor, promptAsMessages, promptAsText, promptOf } from "../training/example-text.js";
import { type Choice, selectDistinct } from "../training/select-candidates.js";

/** What examples are made of and with. */
export interface Making {
	tasks: ReadonlyMap<string, FunctionTask>;
	/** By task; of all programs that were judged, those that may be learnt from. */
	choices: ReadonlyMap<string, readonly Choice[]>;
	/** Files of rollouts, by the number of their source. */
	rollouts: readonly string[];
	shape: DataShape;
	perTask: number | null;
	template: PromptTemplate;
	signal: AbortSignal;
	/** Are added to. */
	leftOut: Record<LeftOut, number>;
	used: UsedTask[];
}

/** A task that examples were made of, and what is kept of them for a checkpoint's training manifest. */
export type UsedTask = DataManifest["tasks"][number] & { entry: TrainingEntry };

export async function usedTask(task: FunctionTask, programs: readonly string[], examples: number): Promise<UsedTask> {
	const entry = await trainingEntryOf(task, programs);
	return { taskId: task.id, contentSha256: entry.contentSha256, license: task.source.license, examples, entry };
}

/** An example of each program that was chosen. */
export async function* sftExamples(
	make: Making,
	chosenOf: (taskId: string) => readonly Choice[],
): AsyncGenerator<object> {
	for (const taskId of [...make.choices.keys()].sort()) {
		const task = make.tasks.get(taskId);
		if (task === undefined) continue;
		const contentSha256 = await hashContent(task);
		const prompt = promptOf(make.template, task);
		const programs: string[] = [];
		for (const choice of chosenOf(taskId)) {
			make.signal.throwIfAborted();
			const { code, rollout } = await programAt(choice, make);
			const answer = answerFor(make.template, task, code);
			if (answer === null) {
				make.leftOut.withoutPrompt++;
				continue;
			}
			programs.push(code);
			const common = { taskId, contentSha256, program: code, runId: rollout.runId, sampleIndex: choice.sampleIndex };
			if (make.shape === "axiom-rl") yield axiomRlRecord(task, code, rollout);
			else if (make.shape === "chat")
				yield { ...common, messages: [...promptAsMessages(prompt), { role: "assistant", content: answer }] };
			else yield { ...common, prompt: promptAsText(prompt), completion: answer } satisfies SftExample;
		}
		if (programs.length > 0) make.used.push(await usedTask(task, programs, programs.length));
	}
}

/** One line of axiom-rl's solutions.jsonl. */
function axiomRlRecord(task: FunctionTask, code: string, { candidate, verdict, finishedAt }: Rollout): object {
	return {
		problem_id: task.id,
		problem_title: task.title,
		problem_description: task.prompt,
		function_signature: task.starterCode,
		solution_code: code,
		passed_tests: verdict.passed,
		total_tests: verdict.total,
		execution_time: (verdict.cpuTimeMs ?? 0) / 1000,
		timestamp: finishedAt,
		model_name: candidate.model ?? candidate.backend,
	};
}

/** An accepted program beside one that was not, as often as a task has both. */
export async function* preferencePairs(make: Making): AsyncGenerator<PreferencePair> {
	for (const taskId of [...make.choices.keys()].sort()) {
		const task = make.tasks.get(taskId);
		if (task === undefined) continue;
		const all = make.choices.get(taskId) ?? [];
		const good = selectDistinct(
			all.filter(({ status }) => status === "accepted"),
			null,
		);
		const bad = selectDistinct(
			all.filter(({ status }) => status !== "accepted"),
			null,
		);
		make.leftOut.duplicate += good.duplicates + bad.duplicates;
		const pairs = Math.min(Math.max(good.chosen.length, bad.chosen.length), make.perTask ?? Number.POSITIVE_INFINITY);
		const contentSha256 = await hashContent(task);
		const programs: string[] = [];
		for (let index = 0; index < pairs; index++) {
			make.signal.throwIfAborted();
			const [chosen, rejected] = [good, bad].map(({ chosen: list }) => list[index % Math.max(1, list.length)]);
			if (!chosen || !rejected) break;
			const [better, worse] = [await programAt(chosen, make), await programAt(rejected, make)];
			const answers = [better, worse].map(({ code }) => answerFor(make.template, task, code));
			const [right = null, wrong = null] = answers;
			if (right === null || wrong === null) {
				make.leftOut.withoutPrompt++;
				continue;
			}
			programs.push(better.code, worse.code);
			yield {
				taskId,
				contentSha256,
				prompt: promptAsText(promptOf(make.template, task)),
				chosen: right,
				rejected: wrong,
				rejectedStatus: rejected.status,
				runId: better.rollout.runId,
				chosenIndex: chosen.sampleIndex,
				rejectedIndex: rejected.sampleIndex,
			};
		}
		if (programs.length > 0) make.used.push(await usedTask(task, programs, programs.length / 2));
	}
}

async function programAt(choice: Choice, { rollouts }: Making): Promise<{ code: string; rollout: Rollout }> {
	const path = rollouts[choice.source] ?? "";
	const rollout = await readRollout(path, choice.place);
	if (rollout.candidate.code === null) throw new AssayError("usage", `${path}: changed while it was read`);
	return { code: rollout.candidate.code, rollout };
}
