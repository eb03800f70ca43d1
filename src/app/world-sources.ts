import { existsSync, statSync } from "node:fs";
import { basename } from "node:path";
import { checksumFile } from "../artifacts/checksum.js";
import type { TransitionManifest } from "../domain/transition.js";
import { AssayError } from "../lib/errors.js";
import { openTasks } from "../tasks/open-tasks.js";
import { publishedTasks } from "../tasks/published-tasks.js";
import { allowsTraining } from "../training/licenses.js";
import { sourceOf } from "./export-source.js";
import type { RunInputs } from "./run-inputs.js";
import { stepsInOrder } from "./trace-sources.js";
import { draftsOfRepository } from "./world-commits.js";
import { draftsOfTasks, type Looked } from "./world-drafts.js";
import { draftsOfRun, draftsOfSamples } from "./world-samples.js";
import type { WorldTasks } from "./world-tasks.js";
import { draftsOfTrace } from "./world-traces.js";

export interface WorldSourceOptions {
	workspace: string;
	/** Files or folders of tasks with solutions. */
	tasks: readonly string[];
	/** Run ids, starts of them, or `latest`. */
	runs: readonly string[];
	/** Files of samples of these tasks, which nobody has judged. */
	samples: readonly string[];
	/** Runs with traces, or files: of ours, or that Reflexion or LDB published. */
	traces: readonly string[];
	/** Folders of git repositories. */
	git: readonly string[];
	/** Files or folders of tasks that nothing of, and nothing near, may be in the data. */
	exclude: readonly string[];
	/** Of these, the ones whose id matches. */
	excludeIds: RegExp | null;
	/** Of each accepted solution. */
	mutants: number;
	/** Of what names no licence; null: nothing is said of it. */
	license: string | null;
	anyLicense: boolean;
	seed: number;
	inputs: RunInputs;
	signal: AbortSignal;
}

export interface WorldSources {
	parents: TransitionManifest["parents"];
	/** Everything that is looked at, always in the same order. */
	looked(): AsyncGenerator<Looked>;
}

/** Registers the tasks that anything is of, and gives what there is to look at. */
export async function openSources(options: WorldSourceOptions, tasks: WorldTasks): Promise<WorldSources> {
	const { workspace, inputs, signal, license } = options;
	const parents: WorldSources["parents"] = [];
	const addFile = async (kind: string, id: string): Promise<void> => {
		const isFile = existsSync(id) && statSync(id).isFile();
		parents.push({ kind, id, sha256: isFile ? (await checksumFile(id)).sha256 : null });
	};
	await readExcluded(options, tasks);
	const ids: string[] = [];
	for (const path of options.tasks) {
		for await (const task of openTasks(path, { signal })) {
			await tasks.add(task);
			ids.push(task.id);
		}
		await addFile("tasks", path);
	}
	const runs: { runId: string; rollouts: string }[] = [];
	for (const run of options.runs) {
		const { files, config, sha256 } = await sourceOf(workspace, run, "rollouts");
		for await (const task of inputs.tasks(config, signal)) await tasks.add(task);
		runs.push({ runId: files.runId, rollouts: files.rollouts });
		parents.push({ kind: "run", id: files.runId, sha256 });
	}
	for (const path of options.samples) await addFile("samples", path);
	const published: string[] = [];
	for (const trace of options.traces) {
		if (existsSync(trace)) {
			for await (const task of publishedTasks(trace, license)) {
				await tasks.add(task);
				if (task.reference !== null && tasks.get(task.id)?.task === task) published.push(task.id);
			}
			await addFile("traces", trace);
		} else {
			const { files, config, sha256 } = await sourceOf(workspace, trace, "trace");
			for await (const task of inputs.tasks(config, signal)) await tasks.add(task);
			parents.push({ kind: "run", id: files.runId, sha256 });
		}
	}
	for (const folder of options.git) parents.push({ kind: "repository", id: folder, sha256: null });
	async function* looked(): AsyncGenerator<Looked> {
		yield* draftsOfTasks(tasks, new Set([...ids, ...published]), options);
		for (const run of runs) yield* draftsOfRun(tasks, run);
		for (const path of options.samples) yield* draftsOfSamples(tasks, path, inputs);
		for (const trace of options.traces) {
			const isOurs = !existsSync(trace);
			const dataset = basename(trace).replace(/\.jsonl(\.gz)?$/, "");
			if (isOurs || options.anyLicense || allowsTraining(license))
				yield* draftsOfTrace(tasks, dataset, stepsInOrder(workspace, trace, signal));
			else yield { dropped: "license_denied", id: dataset };
		}
		for (const folder of options.git) yield* draftsOfRepository(tasks, folder, options);
	}
	return { parents, looked };
}

async function readExcluded({ exclude, excludeIds, signal }: WorldSourceOptions, tasks: WorldTasks): Promise<void> {
	for (const path of exclude)
		for await (const task of openTasks(path, { signal }))
			if (excludeIds === null || excludeIds.test(task.id)) await tasks.exclude(task);
	if (exclude.length > 0 && tasks.excluded.length === 0) {
		throw new AssayError("usage", "--exclude-ids: matches no task of --exclude", {
			hint: "nothing would be kept out; `assay tasks list` shows the ids",
		});
	}
}
