import { existsSync } from "node:fs";
import { findRun, readManifest, readResult } from "../artifacts/find-run.js";
import { artifactsRoot, type RunFiles, relativePath } from "../artifacts/layout.js";
import { readPlan } from "../artifacts/run-plan.js";
import type { DataFormat, DataShape } from "../domain/choices.js";
import type { RunConfig } from "../domain/run.js";
import type { FunctionTask } from "../domain/task.js";
import { type DataManifest, LEFT_OUT, type LeftOut } from "../domain/training-data.js";
import { type PromptTemplate, templateOf } from "../generate/prompt-templates.js";
import { countOf } from "../lib/count.js";
import { AssayError } from "../lib/errors.js";
import type { DataFolder } from "../training/data-folder.js";
import { allowsTraining } from "../training/licenses.js";
import type { UsedTask } from "./rollout-examples.js";
import type { RunInputs } from "./run-inputs.js";

export interface ExportSelection {
	/** Splits that tasks may be from; null: any, also tasks of none. */
	splits: readonly string[] | null;
	/** Also tasks whose licence is unknown or does not allow it. */
	anyLicense: boolean;
}

/** What exports of runs have in common. */
export interface ExportOptions extends ExportSelection {
	workspace: string;
	/** Run ids, starts of them, or `latest`. */
	runs: readonly string[];
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
}

export interface Source {
	files: RunFiles;
	config: RunConfig;
	sha256: string | null;
}

/** A run and the file of it that is read. Throws `usage` where it has none. */
export async function sourceOf(workspace: string, run: string, file: "rollouts" | "trace"): Promise<Source> {
	const files = await findRun([artifactsRoot(workspace)], run);
	const config = (readResult(files) ?? readPlan(files)).config;
	const path = relativePath(files.root, files[file]);
	const sha256 = readManifest(files)?.files.find((one) => one.path === path)?.sha256 ?? null;
	if (file === "rollouts" && !existsSync(files.rollouts)) {
		throw new AssayError("usage", `${files.runId}: has no candidate yet`);
	}
	if (!existsSync(files[file])) {
		throw new AssayError("usage", `${files.runId}: has no traces`, { hint: "`assay debug` runs record them" });
	}
	return { files, config, sha256 };
}

export function templateFor(sources: readonly Source[], wanted: string | null): PromptTemplate {
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

/** Adds the tasks of a run that may be learnt from, and gives the others with the reason against them. */
export async function sortTasks(
	config: RunConfig,
	options: ExportOptions,
	{ tasks, splits }: { tasks: Map<string, FunctionTask>; splits: SplitCounts },
): Promise<Map<string, LeftOut>> {
	const refused = new Map<string, LeftOut>();
	for await (const task of options.inputs.tasks(config, options.signal)) {
		splits.add(task);
		const reason = reasonAgainst(task, options);
		if (reason !== null) refused.set(task.id, reason);
		else if (task.kind === "function") tasks.set(task.id, task);
	}
	return refused;
}

export function reasonAgainst(
	task: { kind: string; split: string | null; source: { license: string | null } },
	{ splits, anyLicense }: ExportSelection,
): LeftOut | null {
	if (task.kind !== "function") return "repository";
	if (splits !== null && (task.split === null || !splits.includes(task.split))) return "otherSplit";
	return anyLicense || allowsTraining(task.source.license) ? null : "license";
}

export const LEFT_OUT_HINT = "--split any takes tasks of any split, --any-license those without an open licence";

/** How many tasks each split has; one that comes again counts once. */
export class SplitCounts {
	readonly #ids = new Map<string, Set<string>>();

	add({ id, split }: { id: string; split: string | null }): void {
		const name = split ?? "no split";
		this.#ids.set(name, (this.#ids.get(name) ?? new Set()).add(id));
	}

	/** As in `there are 12 tasks of dev, 3 tasks of no split`. */
	text(): string {
		return `there are ${[...this.#ids].map(([name, ids]) => `${countOf(ids.size, "task")} of ${name}`).join(", ")}`;
	}
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

export function addCounts(counts: Record<LeftOut, number>, more: Partial<Record<LeftOut, number>>): void {
	for (const reason of LEFT_OUT) counts[reason] += more[reason] ?? 0;
}

interface Exported {
	sources: readonly Source[];
	template: PromptTemplate;
	leftOut: Record<LeftOut, number>;
	used: readonly UsedTask[];
	examples: number;
	/** Of the tasks that the runs were about. */
	found: SplitCounts;
	replay?: DataManifest["replay"];
}

/** The entries for a checkpoint's training manifest, the card and the manifest. Throws `usage` where there is no example. */
export async function finishExport(
	data: DataFolder,
	{ name, format, shape, splits, perTask, seed }: ExportOptions & { format: DataFormat },
	{ sources, template, leftOut, used, examples, found, replay = null }: Exported,
): Promise<DataManifest> {
	if (examples === 0) {
		const why = Object.entries(leftOut).filter(([, count]) => count > 0);
		throw new AssayError(
			"usage",
			`no example is left: ${why.map(([reason, n]) => `${reason} ${n}`).join(", ") || "the runs hold no candidate"}; ${found.text()}`,
			{
				hint: LEFT_OUT_HINT,
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
		shape,
		sources: sources.map(({ files, sha256 }) => ({ kind: "run" as const, id: files.runId, sha256 })),
		splits: splits === null ? null : [...splits],
		perTask,
		replay,
		seed,
		template: template.id,
		examples,
		leftOut,
		tasks: used.map(({ entry: _entry, ...task }) => task),
	});
}
