import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { findRun, readManifest, readResult } from "../artifacts/find-run.js";
import { artifactsRoot, type RunFiles, relativePath } from "../artifacts/layout.js";
import { readRollout, readRollouts } from "../artifacts/rollout-file.js";
import { readPlan } from "../artifacts/run-plan.js";
import type { DataShape } from "../domain/choices.js";
import type { Candidate, Rollout, RunConfig } from "../domain/run.js";
import type { FunctionTask } from "../domain/task.js";
import type { TrainingEntry } from "../domain/training.js";
import type { DataManifest, LeftOut, PreferencePair, SftExample } from "../domain/training-data.js";
import { type PromptTemplate, templateOf } from "../generate/prompt-templates.js";
import { AssayError } from "../lib/errors.js";
import { trainingEntryOf } from "../lineage/training-entry.js";
import { hashContent } from "../tasks/fingerprint.js";
import { makeDataFolder } from "../training/data-folder.js";
import { answerFor, promptAsMessages, promptAsText, promptOf } from "../training/example-text.js";
import { allowsTraining } from "../training/licenses.js";
import { type Choice, choiceOf, selectDistinct } from "../training/select-candidates.js";
import type { RunInputs } from "./run-inputs.js";

export interface ExportSelection {
	/** Splits that tasks may be from; null: any, also tasks of none. */
	splits: readonly string[] | null;
	/** Also tasks whose licence is unknown or does not allow it. */
	anyLicense: boolean;
}

export interface ExportRolloutsOptions extends ExportSelection {
	workspace: string;
	/** Run ids, starts of them, or `latest`. */
	runs: readonly string[];
	format: "sft" | "preference";
	shape: DataShape;
	/** null: the one that the run asked with; `complete.v1` where no model was asked. */
	template: string | null;
	name: string;
	folder: string;
	replace: boolean;
	perTask: number | null;
	seed: number;
	inputs: RunInputs;
	signal: AbortSignal;
	onProgress?: (candidates: number) => void;
}

interface Source {
	files: RunFiles;
	config: RunConfig;
	sha256: string | null;
}

/** Verified rollouts as training data. Throws `usage` where no example is left. */
export async function exportRollouts(options: ExportRolloutsOptions): Promise<DataManifest> {
	const { folder, name, format, perTask, seed, splits } = options;
	const sources: Source[] = [];
	for (const run of options.runs) sources.push(await sourceOf(options.workspace, run));
	const template = templateFor(sources, options.template);
	const leftOut = emptyCounts();
	const { tasks, choices } = await gather(sources, options, leftOut);
	const data = makeDataFolder(folder, options.replace);
	const used: UsedTask[] = [];
	const make = { ...options, sources, template, leftOut, used };
	const file =
		format === "preference" ? "pairs.jsonl" : options.shape === "axiom-rl" ? "solutions.jsonl" : "examples.jsonl";
	const examples = await data.lines(
		file,
		format === "sft" ? sftExamples(tasks, choices, make) : preferencePairs(tasks, choices, make),
	);
	if (examples === 0) {
		const why = Object.entries(leftOut).filter(([, count]) => count > 0);
		throw new AssayError(
			"usage",
			`no example is left: ${why.map(([reason, n]) => `${reason} ${n}`).join(", ") || "the runs hold no candidate"}`,
			{
				hint: "--split any takes tasks of any split, --any-license those without an open licence",
			},
		);
	}
	await data.lines(
		"entries.jsonl",
		used.map(({ entry }) => entry),
	);
	return await data.finish({
		name,
		format,
		shape: options.shape,
		sources: sources.map(({ files, sha256 }) => ({ kind: "run" as const, id: files.runId, sha256 })),
		splits: splits === null ? null : [...splits],
		perTask,
		seed,
		template: template.id,
		examples,
		leftOut,
		tasks: used.map(({ entry: _entry, ...task }) => task),
	});
}

export function emptyCounts(): Record<LeftOut, number> {
	return { otherSplit: 0, license: 0, repository: 0, withoutPrompt: 0, notAccepted: 0, duplicate: 0, overCap: 0 };
}

async function sourceOf(workspace: string, run: string): Promise<Source> {
	const files = await findRun([artifactsRoot(workspace)], run);
	const config = (readResult(files) ?? readPlan(files)).config;
	const path = relativePath(files.root, files.rollouts);
	const sha256 = readManifest(files)?.files.find((file) => file.path === path)?.sha256 ?? null;
	if (!existsSync(files.rollouts)) throw new AssayError("usage", `${files.runId}: has no candidate yet`);
	return { files, config, sha256 };
}

function templateFor(sources: readonly Source[], wanted: string | null): PromptTemplate {
	const asked = [...new Set(sources.flatMap(({ config }) => config.generation?.template.id ?? []))];
	if (wanted === null && asked.length > 1) {
		throw new AssayError("usage", `these runs asked with different templates: ${asked.join(", ")}`, {
			hint: "--template says with which one the examples are written",
		});
	}
	const template = templateOf(wanted ?? asked[0] ?? "complete.v1");
	if (template === null || template.revises || template.serves !== "function") {
		throw new AssayError("usage", `${wanted ?? asked[0]}: not a template for first attempts at function tasks`, {
			hint: "assay prompts list shows them",
		});
	}
	return template;
}

/** One pass over all rollouts: which tasks count, and where each of their programs is. */
async function gather(sources: readonly Source[], options: ExportRolloutsOptions, leftOut: Record<LeftOut, number>) {
	const tasks = new Map<string, FunctionTask>();
	const choices = new Map<string, Choice[]>();
	let seen = 0;
	for (const [source, { files, config }] of sources.entries()) {
		const refused = new Map<string, LeftOut>();
		for await (const task of options.inputs.tasks(config, options.signal)) {
			const reason = reasonAgainst(task, options);
			if (reason !== null) refused.set(task.id, reason);
			else if (task.kind === "function") tasks.set(task.id, task);
		}
		for await (const { rollout, place } of readRollouts(files.rollouts)) {
			if ((++seen & 255) === 0) options.onProgress?.(seen);
			options.signal.throwIfAborted();
			const { candidate, verdict } = rollout;
			const reason = refused.get(candidate.taskId);
			if (reason !== undefined) leftOut[reason]++;
			else if (!hasCode(candidate) || verdict.status === "judge_error") leftOut.notAccepted++;
			else if (tasks.has(candidate.taskId)) {
				const choice = choiceOf(candidate, verdict.status, { source, place });
				const known = choices.get(candidate.taskId);
				if (known) known.push(choice);
				else choices.set(candidate.taskId, [choice]);
			}
		}
	}
	return { tasks, choices };
}

export function reasonAgainst(
	task: { kind: string; split: string | null; source: { license: string | null } },
	{ splits, anyLicense }: ExportSelection,
): LeftOut | null {
	if (task.kind !== "function") return "repository";
	if (splits !== null && (task.split === null || !splits.includes(task.split))) return "otherSplit";
	return anyLicense || allowsTraining(task.source.license) ? null : "license";
}

function hasCode(candidate: Candidate): candidate is Candidate & { code: string } {
	return candidate.code !== null;
}

interface Making extends Omit<ExportRolloutsOptions, "template"> {
	sources: readonly Source[];
	template: PromptTemplate;
	leftOut: Record<LeftOut, number>;
	used: UsedTask[];
}

/** A task that examples were made of, and what is kept of them for a checkpoint's training manifest. */
type UsedTask = DataManifest["tasks"][number] & { entry: TrainingEntry };

async function usedTask(task: FunctionTask, programs: readonly string[], examples: number): Promise<UsedTask> {
	const entry = await trainingEntryOf(task, programs);
	return { taskId: task.id, contentSha256: entry.contentSha256, license: task.source.license, examples, entry };
}

async function* sftExamples(
	tasks: ReadonlyMap<string, FunctionTask>,
	choices: ReadonlyMap<string, readonly Choice[]>,
	make: Making,
): AsyncGenerator<object> {
	for (const taskId of [...choices.keys()].sort()) {
		const task = tasks.get(taskId);
		const all = choices.get(taskId) ?? [];
		const accepted = all.filter(({ status }) => status === "accepted");
		make.leftOut.notAccepted += all.length - accepted.length;
		if (task === undefined) continue;
		const { chosen, duplicates, overCap } = selectDistinct(accepted, make.perTask);
		make.leftOut.duplicate += duplicates;
		make.leftOut.overCap += overCap;
		const contentSha256 = await hashContent(task);
		const prompt = promptOf(make.template, task);
		const programs: string[] = [];
		for (const choice of chosen) {
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

async function* preferencePairs(
	tasks: ReadonlyMap<string, FunctionTask>,
	choices: ReadonlyMap<string, readonly Choice[]>,
	make: Making,
): AsyncGenerator<PreferencePair> {
	for (const taskId of [...choices.keys()].sort()) {
		const task = tasks.get(taskId);
		if (task === undefined) continue;
		const all = choices.get(taskId) ?? [];
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

async function programAt(choice: Choice, { sources }: Making): Promise<{ code: string; rollout: Rollout }> {
	const path = sources[choice.source]?.files.rollouts ?? dirname(choice.taskId);
	const rollout = await readRollout(path, choice.place);
	if (rollout.candidate.code === null) throw new AssayError("usage", `${path}: changed while it was read`);
	return { code: rollout.candidate.code, rollout };
}
