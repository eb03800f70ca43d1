import { join } from "node:path";
import { DroppedTransition, TransitionDraft, type TransitionManifest } from "../domain/transition.js";
import { editOperations } from "../languages/edit-operations.js";
import { structureNumbers } from "../languages/structure.js";
import { editedLines } from "../lib/edited-lines.js";
import { readJsonLines } from "../lib/jsonl.js";
import { parseAt } from "../lib/schema.js";
import { makeTransitionFolder, TransitionFolder, workFolder } from "../training/transition-folder.js";
import type { Verifier } from "../verify/verifier.js";
import { type Gathered, gatherDrafts } from "./world-gather.js";
import { WorldLabels } from "./world-labels.js";
import { openSources, type WorldSourceOptions } from "./world-sources.js";
import { type WorldFractions, WorldTasks } from "./world-tasks.js";

export interface BuildWorldOptions extends WorldSourceOptions {
	fractions: WorldFractions;
	folder: string;
	replace: boolean;
	/** What the manifest says made it. */
	command: string;
	verifier: Verifier;
	onProgress?: (stage: "read" | "label" | "write", done: number, total: number | null) => void;
}

/**
 * Transitions out of tasks, runs, samples, traces and repositories: read, split by task and repository, separated from
 * excluded tasks and other splits, labelled by two runs each, and written. A build that was stopped goes on where it was,
 * and leaves the same bytes.
 */
export async function buildWorld(options: BuildWorldOptions): Promise<TransitionManifest> {
	const { folder, signal, onProgress, verifier, command, seed, fractions } = options;
	const tasks = new WorldTasks(options);
	const { parents, looked } = await openSources(options, tasks);
	await tasks.separate();
	makeTransitionFolder(folder, options.replace);
	const work = {
		drafts: join(workFolder(folder), "drafts.jsonl"),
		dropped: join(workFolder(folder), "dropped.jsonl"),
		labels: join(workFolder(folder), "labels.jsonl"),
	};
	const onLook = (looks: number): void => onProgress?.("read", looks, null);
	const gathered = await gatherDrafts(looked(), { ...work, tasks, signal, onLook });
	const labels = await WorldLabels.open(work.labels, tasks);
	let done = 0;
	const tell = (): void => onProgress?.("label", ++done, gathered.drafts - gathered.across.size);
	await labels.add(draftsIn(work.drafts, gathered.across), { verifier, signal, onProgress: tell });
	const out = new TransitionFolder(folder);
	try {
		for await (const { value } of readJsonLines(work.dropped)) await out.drop(DroppedTransition.parse(value));
		await writeAll(out, work.drafts, gathered, labels, options);
		const excluded = [...tasks.excluded];
		const contentSha256 = (group: string): string | null => tasks.get(group)?.contentSha256 ?? null;
		return await out.finish({ command, seed, fractions, excluded, parents, contentSha256 });
	} finally {
		await out.close();
	}
}

async function* draftsIn(path: string, but: ReadonlyMap<string, unknown>): AsyncGenerator<TransitionDraft> {
	for await (const { value, line } of readJsonLines(path)) {
		const draft = parseAt(TransitionDraft, value, `${path}:${line}`);
		if (!but.has(draft.id)) yield draft;
	}
}

async function writeAll(
	out: TransitionFolder,
	path: string,
	{ across, drafts }: Gathered,
	labels: WorldLabels,
	{ signal, onProgress }: BuildWorldOptions,
): Promise<void> {
	for (const [id, code] of across) await out.drop({ id, code });
	const rejected = new Set<string>();
	let written = 0;
	for await (const draft of draftsIn(path, across)) {
		signal.throwIfAborted();
		onProgress?.("write", ++written, drafts - across.size);
		const { id, label: _label, text, before, after, entryPoint, ...rest } = draft;
		const outcome = labels.of(draft);
		const task = draft.label?.task ?? null;
		// Tests that refuse their own solution label nothing.
		if (task !== null && draft.source === "solution" && outcome !== "accepted") rejected.add(task);
		if (task !== null && rejected.has(task)) await out.drop({ id, code: "solution_rejected" });
		else if (outcome === "unstable" || outcome === "judge_error") await out.drop({ id, code: outcome });
		else {
			out.add({
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
