import { join } from "node:path";
import { checksumFile } from "../artifacts/checksum.js";
import type { DroppedTransition, TransitionDraft, TransitionManifest } from "../domain/transition.js";
import { TransitionDraft as DraftSchema, DroppedTransition as DroppedSchema } from "../domain/transition.js";
import { editOperations } from "../languages/edit-operations.js";
import { structureNumbers } from "../languages/structure.js";
import { openAtomicWriter } from "../lib/atomic-writer.js";
import { editedLines } from "../lib/edited-lines.js";
import { AssayError } from "../lib/errors.js";
import { canonicalJson, sha256 } from "../lib/hash.js";
import { readJsonLines } from "../lib/jsonl.js";
import { parseAt } from "../lib/schema.js";
import { marksOf, SPLIT_ORDER, SplitOverlap } from "../lineage/split-overlap.js";
import { openTasks } from "../tasks/open-tasks.js";
import { makeTransitionFolder, TransitionFolder, workFolder } from "../training/transition-folder.js";
import type { Verifier } from "../verify/verifier.js";
import { sourceOf } from "./export-source.js";
import type { RunInputs } from "./run-inputs.js";
import { draftsOfRun, draftsOfTasks, type Looked } from "./world-drafts.js";
import { WorldLabels } from "./world-labels.js";
import { type WorldFractions, WorldTasks } from "./world-tasks.js";

export interface BuildWorldOptions {
	workspace: string;
	/** Files or folders of tasks with solutions. */
	tasks: readonly string[];
	/** Run ids, starts of them, or `latest`. */
	runs: readonly string[];
	/** Files or folders of tasks that nothing of, and nothing near, may be in the data. */
	exclude: readonly string[];
	/** Of these, the ones whose id matches. */
	excludeIds: RegExp | null;
	/** Of each accepted solution. */
	mutants: number;
	fractions: WorldFractions;
	anyLicense: boolean;
	seed: number;
	folder: string;
	replace: boolean;
	/** What the manifest says made it. */
	command: string;
	inputs: RunInputs;
	verifier: Verifier;
	signal: AbortSignal;
	onProgress?: (stage: "read" | "label" | "write", done: number, total: number | null) => void;
}

type Parents = TransitionManifest["parents"];

/**
 * Transitions out of tasks and runs: read, split by task, separated from excluded tasks and other splits, labelled by two
 * runs each, and written. A build that was stopped goes on where it was, and leaves the same bytes.
 */
export async function buildWorld(options: BuildWorldOptions): Promise<TransitionManifest> {
	const { folder, signal, onProgress } = options;
	const tasks = new WorldTasks(options);
	const parents: Parents = [];
	const ids = await readTasks(options, tasks, parents);
	const runs = await readRuns(options, tasks, parents);
	await tasks.separate();
	makeTransitionFolder(folder, options.replace);
	const work = workFolder(folder);
	const gathered = await gather(join(work, "drafts.jsonl"), join(work, "dropped.jsonl"), tasks, looked(), options);
	const labels = await WorldLabels.open(join(work, "labels.jsonl"), tasks);
	const total = gathered.drafts;
	let done = 0;
	await labels.add(kept(), {
		verifier: options.verifier,
		signal,
		onProgress: () => onProgress?.("label", ++done, total),
	});
	const out = new TransitionFolder(folder);
	try {
		for await (const { value } of readJsonLines(join(work, "dropped.jsonl")))
			await out.drop(DroppedSchema.parse(value));
		await writeAll(out);
		const { command, seed, fractions } = options;
		const excluded = [...tasks.excluded];
		const contentSha256 = (group: string): string | null => tasks.get(group)?.contentSha256 ?? null;
		return await out.finish({ command, seed, fractions, excluded, parents, contentSha256 });
	} finally {
		await out.close();
	}

	async function* looked(): AsyncGenerator<Looked> {
		yield* draftsOfTasks(tasks, ids, options);
		for (const run of runs) yield* draftsOfRun(tasks, run);
	}

	async function* drafts(): AsyncGenerator<TransitionDraft> {
		for await (const { value, line } of readJsonLines(join(work, "drafts.jsonl")))
			yield parseAt(DraftSchema, value, `drafts.jsonl:${line}`);
	}

	async function* kept(): AsyncGenerator<TransitionDraft> {
		for await (const draft of drafts()) if (!gathered.across.has(draft.id)) yield draft;
	}

	async function writeAll(to: TransitionFolder): Promise<void> {
		const rejected = new Set<string>();
		let written = 0;
		for await (const draft of drafts()) {
			signal.throwIfAborted();
			onProgress?.("write", ++written, total);
			const { id, label: _label, text, before, after, entryPoint, ...rest } = draft;
			const outcome = labels.of(draft);
			const isSolution = draft.source === "solution" && outcome !== null && outcome !== "accepted";
			if (isSolution) rejected.add(draft.group);
			const across = gathered.across.get(id);
			if (across !== undefined) await to.drop({ id, code: across });
			else if (isSolution || (draft.source === "mutant" && rejected.has(draft.group)))
				await to.drop({ id, code: "solution_rejected" });
			else if (outcome === "unstable" || outcome === "judge_error") await to.drop({ id, code: outcome });
			else
				to.add({
					schema: "assay.transition.v1",
					id,
					...rest,
					before: { code: before, entryPoint, ...structureNumbers(before, entryPoint) },
					action: { text, operations: editOperations(before, after) },
					after: { code: after, entryPoint, ...structureNumbers(after, entryPoint) },
					label: outcome,
					changedLines: editedLines(before, after),
				});
		}
	}
}

/** Registers the tasks and gives their ids. */
async function readTasks(
	{ tasks: files, exclude, excludeIds, signal }: BuildWorldOptions,
	tasks: WorldTasks,
	parents: Parents,
): Promise<string[]> {
	for (const path of exclude)
		for await (const task of openTasks(path, { signal }))
			if (excludeIds === null || excludeIds.test(task.id)) await tasks.exclude(task);
	if (exclude.length > 0 && tasks.excluded.length === 0) {
		throw new AssayError("usage", "--exclude-ids: matches no task of --exclude", {
			hint: "nothing would be kept out; `assay tasks list` shows the ids",
		});
	}
	const ids: string[] = [];
	for (const path of files) {
		for await (const task of openTasks(path, { signal })) {
			await tasks.add(task);
			ids.push(task.id);
		}
		parents.push({ kind: "tasks", id: path, sha256: await checksumOf(path) });
	}
	return [...new Set(ids)];
}

async function checksumOf(path: string): Promise<string | null> {
	return await checksumFile(path).then(
		({ sha256: digest }) => digest,
		() => null,
	);
}

async function readRuns(
	{ workspace, runs, inputs, signal }: BuildWorldOptions,
	tasks: WorldTasks,
	parents: Parents,
): Promise<{ runId: string; rollouts: string }[]> {
	const found: { runId: string; rollouts: string }[] = [];
	for (const run of runs) {
		const { files, config, sha256: digest } = await sourceOf(workspace, run, "rollouts");
		for await (const task of inputs.tasks(config, signal)) await tasks.add(task);
		found.push({ runId: files.runId, rollouts: files.rollouts });
		parents.push({ kind: "run", id: files.runId, sha256: digest });
	}
	return found;
}

interface Gathered {
	drafts: number;
	/** Drafts whose programs an earlier split has. */
	across: Map<string, DroppedTransition["code"]>;
}

/** Writes the drafts that stay, and what was dropped, and finds those that are in two splits. Keeps numbers, not texts. */
async function gather(
	path: string,
	droppedPath: string,
	tasks: WorldTasks,
	looked: AsyncIterable<Looked>,
	{ signal, onProgress }: BuildWorldOptions,
): Promise<Gathered> {
	const seen = new Set<string>();
	const across: Gathered["across"] = new Map();
	const overlaps = SPLIT_ORDER.map(() => new SplitOverlap());
	const dropped = await openAtomicWriter(droppedPath);
	const drafts = await openAtomicWriter(path);
	let [count, looks] = [0, 0];
	const drop = async (id: string, code: DroppedTransition["code"]): Promise<void> =>
		await dropped.write(`${JSON.stringify({ id, code })}\n`);
	try {
		for await (const one of looked) {
			signal.throwIfAborted();
			onProgress?.("read", ++looks, null);
			if ("dropped" in one) {
				await drop(one.id, one.dropped);
				continue;
			}
			const { source, group, before, after, text } = one;
			const id = sha256(canonicalJson([source, group, before, after, text])).slice(0, 16);
			if (seen.has(id)) await drop(id, "duplicate");
			else if (after.trim() === "") await drop(id, "empty_state");
			else if (tasks.isExcludedProgram(after)) await drop(id, "excluded_near");
			else {
				count++;
				overlaps[SPLIT_ORDER.indexOf(one.split)]?.add(marksOf(after));
				await drafts.write(`${JSON.stringify({ id, ...one })}\n`);
			}
			seen.add(id);
		}
		await drafts.commit();
		await dropped.commit();
	} finally {
		await drafts.discard();
		await dropped.discard();
	}
	for await (const { value, line } of readJsonLines(path)) {
		signal.throwIfAborted();
		const { id, split, after } = parseAt(DraftSchema, value, `${path}:${line}`);
		if (split === SPLIT_ORDER[0]) continue;
		const marks = marksOf(after);
		for (const earlier of overlaps.slice(0, SPLIT_ORDER.indexOf(split))) {
			const reason = earlier.reasonAgainst(marks);
			if (reason !== null) across.set(id, reason);
		}
	}
	return { drafts: count, across };
}
