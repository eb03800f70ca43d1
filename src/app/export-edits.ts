import { readStepAt, readTraces, type StepPlace } from "../artifacts/trace-file.js";
import type { FunctionTask } from "../domain/task.js";
import type { TraceStep } from "../domain/trace.js";
import type { DataManifest, EditExample, LeftOut } from "../domain/training-data.js";
import type { PromptTemplate } from "../generate/prompt-templates.js";
import { programKey } from "../languages/equal-programs.js";
import { AssayError } from "../lib/errors.js";
import { hashContent } from "../tasks/fingerprint.js";
import { makeDataFolder } from "../training/data-folder.js";
import { promptAsText, promptOf } from "../training/example-text.js";
import { selectDistinct } from "../training/select-candidates.js";
import {
	type ExportOptions,
	emptyCounts,
	finishExport,
	type Source,
	SplitCounts,
	sortTasks,
	sourceOf,
	templateFor,
} from "./export-source.js";
import { type UsedTask, usedTask } from "./rollout-examples.js";

/** A program that failed its public tests, and the accepted one that its try ended with; where their lines are. */
interface Edit {
	source: number;
	sampleIndex: number;
	/** How many revisions lie between them. */
	revisions: number;
	shape: string;
	before: StepPlace;
	tests: StepPlace;
	after: StepPlace;
}

/**
 * Edits of self-debug loops whose end all tests accepted: each program on the way to it, what its public tests said, and
 * the end. Throws `usage` where none is left.
 */
export async function exportEdits(options: ExportOptions): Promise<DataManifest> {
	const { perTask, signal } = options;
	const sources: Source[] = [];
	for (const run of options.runs) sources.push(await sourceOf(options.workspace, run, "trace"));
	const template = templateFor(sources, options.template);
	const leftOut = emptyCounts();
	const tasks = new Map<string, FunctionTask>();
	const splits = new SplitCounts();
	const edits = new Map<string, Edit[]>();
	for (const [number, { files, config }] of sources.entries()) {
		const refused = await sortTasks(config, options, { tasks, splits });
		for await (const { taskId, found } of triesOf(files.trace, number)) {
			signal.throwIfAborted();
			const reason = refused.get(taskId);
			if (reason !== undefined) leftOut[reason]++;
			else if (found === null) leftOut.notAccepted++;
			else if (tasks.has(taskId)) edits.set(taskId, [...(edits.get(taskId) ?? []), ...found]);
		}
	}
	const used: UsedTask[] = [];
	const lines = editExamples(tasks, edits, { perTask, sources, template, leftOut, used });
	return await makeDataFolder(options.folder, options.replace, async (data) => {
		const examples = await data.lines("edits.jsonl", lines);
		const made = { sources, template, leftOut, used, examples, found: splits };
		return await finishExport(data, { ...options, format: "edits" }, made);
	});
}

/** Each try with its edits; null: its end was not accepted by a judge of ours. */
async function* triesOf(path: string, source: number): AsyncGenerator<{ taskId: string; found: Edit[] | null }> {
	const open = new Map<string, Map<number, Placed>>();
	for await (const { step, place } of readTraces(path)) {
		const key = `${step.sampleIndex} ${step.taskId}`;
		const steps = open.get(key) ?? new Map<number, Placed>();
		open.set(key, steps);
		if (step.kind !== "verdict") steps.set(step.step, placed(step, place));
		else if (step.which === "final") {
			open.delete(key);
			const isAccepted = step.status === "accepted" && !step.claimed;
			const at = { source, sampleIndex: step.sampleIndex };
			yield { taskId: step.taskId, found: isAccepted && step.of !== null ? editsTo(step.of, steps, at) : null };
		}
	}
}

/** What is kept of a step while its try goes on: not its texts. */
interface Placed {
	place: StepPlace;
	parent: number | null;
	/** Of the program; null: it makes none. */
	shape: string | null;
	/** The step whose program failed its tests here; null: it is no step of tests, or they passed. */
	failed: number | null;
}

function placed(step: Exclude<TraceStep, { kind: "verdict" }>, place: StepPlace): Placed {
	const { parent } = step;
	const shape = step.kind === "generation" && step.code !== null ? programKey(step.code) : null;
	const failed = step.kind === "tests" && step.feedback !== null ? step.of : null;
	return { place, parent, shape, failed };
}

function editsTo(end: number, steps: ReadonlyMap<number, Placed>, at: Pick<Edit, "source" | "sampleIndex">): Edit[] {
	const after = steps.get(end);
	const edits: Edit[] = [];
	let revisions = 0;
	for (let parent = after?.parent ?? null; parent !== null; parent = steps.get(parent)?.parent ?? null) {
		const before = steps.get(parent);
		if (!after?.shape || !before?.shape) continue;
		revisions++;
		const tests = [...steps.values()].find(({ failed }) => failed === parent);
		if (!tests || before.shape === after.shape) continue;
		const shape = `${before.shape}\n${after.shape}`;
		edits.push({ ...at, revisions, shape, before: before.place, tests: tests.place, after: after.place });
	}
	return edits;
}

interface Making {
	perTask: number | null;
	sources: readonly Source[];
	template: PromptTemplate;
	leftOut: Record<LeftOut, number>;
	used: UsedTask[];
}

async function* editExamples(
	tasks: ReadonlyMap<string, FunctionTask>,
	edits: ReadonlyMap<string, readonly Edit[]>,
	{ perTask, sources, template, leftOut, used }: Making,
): AsyncGenerator<EditExample> {
	for (const taskId of [...edits.keys()].sort()) {
		const task = tasks.get(taskId);
		if (task === undefined) continue;
		const { chosen, duplicates, overCap } = selectDistinct(edits.get(taskId) ?? [], perTask);
		leftOut.duplicate += duplicates;
		leftOut.overCap += overCap;
		const contentSha256 = await hashContent(task);
		const prompt = promptAsText(promptOf(template, task));
		const programs: string[] = [];
		for (const edit of chosen) {
			const source = sources[edit.source];
			if (source === undefined) continue;
			const { before, feedback, after } = await textsOf(source.files.trace, edit);
			const { runId } = source.files;
			programs.push(before, after);
			const { sampleIndex, revisions } = edit;
			yield { taskId, contentSha256, prompt, before, feedback, after, runId, sampleIndex, revisions };
		}
		if (chosen.length > 0) used.push(await usedTask(task, programs, chosen.length));
	}
}

async function textsOf(path: string, edit: Edit): Promise<Pick<EditExample, "before" | "feedback" | "after">> {
	const [before, tests, after] = [
		await readStepAt(path, edit.before),
		await readStepAt(path, edit.tests),
		await readStepAt(path, edit.after),
	];
	const [wrong, right] = [before, after].map((step) => (step?.kind === "generation" ? step.code : null));
	const feedback = tests?.kind === "tests" ? tests.feedback : null;
	if (wrong && right && feedback !== null) return { before: wrong, feedback, after: right };
	throw new AssayError("usage", `${path}: changed while it was read`);
}
