import { existsSync } from "node:fs";
import { findRun, readManifest, readResult } from "../artifacts/find-run.js";
import { artifactsRoot, type RunFiles, relativePath } from "../artifacts/layout.js";
import { readRollouts } from "../artifacts/rollout-file.js";
import { readPlan } from "../artifacts/run-plan.js";
import type { DataShape } from "../domain/choices.js";
import type { Candidate, RunConfig } from "../domain/run.js";
import type { FunctionTask } from "../domain/task.js";
import { type DataManifest, LEFT_OUT, type LeftOut } from "../domain/training-data.js";
import { type PromptTemplate, templateOf } from "../generate/prompt-templates.js";
import { AssayError } from "../lib/errors.js";
import { chooseAccepted } from "../training/choose-accepted.js";
import { makeDataFolder } from "../training/data-folder.js";
import { allowsTraining } from "../training/licenses.js";
import { type Choice, choiceOf } from "../training/select-candidates.js";
import { type Making, preferencePairs, sftExamples, type UsedTask } from "./rollout-examples.js";
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
	/** Runs whose accepted programs are learnt again, and the share of all examples that they make up at most. */
	replay?: { runs: readonly string[]; share: number };
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
	const runs = [...options.runs, ...(options.replay?.runs ?? [])];
	for (const run of runs) sources.push(await sourceOf(options.workspace, run));
	const template = templateFor(sources, options.template);
	const leftOut = emptyCounts();
	const gathered = await gather(sources, options, leftOut);
	const data = makeDataFolder(folder, options.replace);
	const used: UsedTask[] = [];
	const rollouts = sources.map(({ files }) => files.rollouts);
	const make: Making = { ...options, ...gathered, rollouts, template, leftOut, used };
	const replayShare = options.replay?.share ?? 0;
	const chosen =
		format === "sft"
			? chooseAccepted(gathered.choices, { perTask, earlierFrom: options.runs.length, replayShare, seed })
			: null;
	addCounts(leftOut, chosen?.leftOut ?? {});
	const file =
		format === "preference" ? "pairs.jsonl" : options.shape === "axiom-rl" ? "solutions.jsonl" : "examples.jsonl";
	const examples = await data.lines(
		file,
		chosen === null ? preferencePairs(make) : sftExamples(make, (taskId) => chosen.of.get(taskId) ?? []),
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
		replay: options.replay === undefined || chosen === null ? null : { share: replayShare, ...chosen.replay },
		seed,
		template: template.id,
		examples,
		leftOut,
		tasks: used.map(({ entry: _entry, ...task }) => task),
	});
}

export function emptyCounts(): Record<LeftOut, number> {
	return {
		otherSplit: 0,
		license: 0,
		repository: 0,
		withoutPrompt: 0,
		notAccepted: 0,
		duplicate: 0,
		overCap: 0,
		notReplayed: 0,
	};
}

function addCounts(counts: Record<LeftOut, number>, more: Partial<Record<LeftOut, number>>): void {
	for (const reason of LEFT_OUT) counts[reason] += more[reason] ?? 0;
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
