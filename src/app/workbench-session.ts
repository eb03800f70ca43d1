import { join, resolve } from "node:path";
import { readBookmarks, writeBookmarks } from "../artifacts/bookmarks.js";
import { findRun } from "../artifacts/find-run.js";
import { artifactsRoot, attemptFolder, type RunFiles, runFiles, verdictCacheFolder } from "../artifacts/layout.js";
import { readRollout } from "../artifacts/rollout-file.js";
import { resumeCommand } from "../artifacts/run-plan.js";
import { MIRRORED } from "../domain/mirrored-files.js";
import { attemptOfLog } from "../domain/remote-activity.js";
import type { RunPlan } from "../domain/run.js";
import { backends } from "../generate/index.js";
import { AssayError } from "../lib/errors.js";
import type { Verifier } from "../verify/verifier.js";
import { audit } from "./audit.js";
import { listCheckpoints } from "./checkpoints.js";
import { createComparisons } from "./comparisons.js";
import { fileInputs } from "./file-inputs.js";
import { followRuns } from "./follow-runs.js";
import { knownModels, modelAt } from "./known-models.js";
import { checkLineage, lineageOf } from "./lineage.js";
import { listTasks, openTask, revealHiddenTests } from "./list-tasks.js";
import { listTemplates } from "./list-templates.js";
import { type LiveRunStart, pendingKey, startLiveRun } from "./live-run.js";
import { createOpenLogs } from "./open-logs.js";
import { previewStart } from "./preview-run.js";
import { createRankingThread } from "./ranking-thread.js";
import { readEvents } from "./read-events.js";
import { listRuns } from "./recorded-runs.js";
import { recordedRun } from "./run-open.js";
import { packRun, planRemoval, removeRun } from "./run-removal.js";
import { PLAIN_START, selectByOf, startConfig, withoutExisting } from "./start-config.js";
import { listSteps, readStep, traceFiles } from "./trace-sources.js";
import { createTrainings } from "./trainings.js";
import type { RunHandle, Workbench } from "./workbench.js";

export interface WorkbenchOptions {
	workspace: string;
	tasksPath: string;
	/** Folder with recorded runs that ship with the program, laid out like `artifacts`; null: none. */
	fixtureRuns: string | null;
	/** Folder of the model that ships with the program; null: none. */
	shippedModel: string | null;
	/** Folder of the world model that ranks candidates; null: none. */
	worldModel: string | null;
	/** Folder of indexed past edits; null: none. */
	worldIndex: string | null;
	/** File of trees that give pass probabilities; null: none. */
	fittedRankers: string | null;
	/** For the key of a model's server, by the name in the configuration. */
	env: Readonly<Record<string, string | undefined>>;
	signal: AbortSignal;
	/** Called when something needs the judge for the first time. */
	openVerifier?: (signal: AbortSignal) => Promise<Verifier>;
}

export function openWorkbench(options: WorkbenchOptions): Workbench {
	const { workspace, fixtureRuns } = options;
	const tasksPath = resolve(options.tasksPath);
	const root = artifactsRoot(workspace);
	const roots = fixtureRuns === null ? [root] : [root, fixtureRuns];
	const closing = new AbortController();
	const signal = AbortSignal.any([options.signal, closing.signal]);
	const open = options.openVerifier ?? ((openSignal) => openJudge(workspace, openSignal));
	let judge: Promise<Verifier> | null = null;
	const inputs = fileInputs;
	const pending = new Map<string, string | null>();
	const live = new Set<Promise<unknown>>();

	const verifier = (): Promise<Verifier> => {
		judge ??= open(signal).catch((error: unknown) => {
			// The next start tries again: the person may have mended what was wrong.
			judge = null;
			throw error;
		});
		return judge;
	};
	const { worldModel, worldIndex, fittedRankers } = options;
	const rankings = createRankingThread({ workspace, roots, verifier, worldModel, worldIndex, fittedRankers });
	/** Where things that belong to a run are kept here, even when the run itself ships with the program. */
	const ownFilesOf = async (runId: string): Promise<RunFiles> => runFiles(root, (await filesOf(runId)).runId);
	const filesOf = async (runId: string): Promise<RunFiles> => await findRun(roots, runId);

	/** Closing waits for it. */
	const track = (work: Promise<unknown>): void => {
		const ended: Promise<unknown> = work.then(
			() => live.delete(ended),
			() => live.delete(ended),
		);
		live.add(ended);
	};
	const goLive = (prepare: () => Promise<LiveRunStart>): RunHandle => {
		const handle = startLiveRun({ signal, workspace, inputs, env: options.env, pending, prepare });
		track(handle.finished);
		return handle;
	};

	return {
		workspace,
		tasksPath,
		listTasks: (listSignal) => listTasks(tasksPath, { signal: listSignal }),
		openTask: (taskId) => openTask(tasksPath, taskId),
		revealHiddenTests: (taskId) => revealHiddenTests(tasksPath, taskId),
		sandbox: async () => (await verifier()).sandbox,
		backends: () => Object.entries(backends).map(([id, { description, serves }]) => ({ id, description, serves })),
		models: () => knownModels(workspace, options.shippedModel),
		modelAt: (backend, path) => modelAt(backend, path),
		previewStart: async (start) => {
			return await previewStart(await startConfig(tasksPath, start, 1), inputs, signal);
		},
		templates: () => Promise.resolve(listTemplates()),
		startRun: (start) =>
			goLive(async () => {
				const judge = await verifier();
				const plain = await startConfig(tasksPath, start, judge.concurrency);
				const config = { ...plain, selectBy: selectByOf(plain.select, options, false) };
				const left = start.skipExisting ? await withoutExisting(workspace, config, inputs, signal) : config;
				return { verifier: judge, config: left, resume: null };
			}),
		resumeRun: (runId) =>
			goLive(async () => {
				const { config } = await planToResume(workspace, runId);
				return { verifier: await verifier(), config, resume: runId };
			}),
		listRuns: async () => (await listRuns(roots)).rows,
		followRuns: (followSignal) => followRuns(roots, followSignal),
		lineage: async (runId, check) => {
			const lineage = await lineageOf(roots, runId);
			return check ? await checkLineage(lineage, signal) : lineage;
		},
		checkpoints: () => listCheckpoints({ roots, shippedModel: options.shippedModel }),
		...createComparisons(workspace, roots),
		...rankings.calls,
		...createTrainings({
			workspace,
			shippedModel: options.shippedModel,
			signal,
			verifier,
			configOf: (tasks, of) => startConfig(tasks, { ...PLAIN_START, ...of, taskIds: [], backend: "onnx" }, 1),
			track,
		}),
		planRemoval: (runId) => planRemoval(workspace, runId),
		removeRun: (runId) => removeRun(workspace, runId),
		archiveRun: (runId) => packRun(workspace, runId, null),
		audit: (subject, auditSignal) => audit(workspace, roots, subject, auditSignal),
		readEvents: async function* (runId, readSignal) {
			yield* readEvents((await filesOf(runId)).log, readSignal);
		},
		...createOpenLogs(async (name) => mirroredLog(root, name) ?? (await filesOf(name)).log),
		readRollout: async (runId, place) => await readRollout((await filesOf(runId)).rollouts, place),
		traceFiles: async () => {
			const { rows } = await listRuns([root]);
			return traceFiles(workspace, new Set(rows.map(({ runId }) => runId)));
		},
		listSteps: (source, readSignal) => listSteps(roots, source, readSignal),
		readStep: (source, address, place) => readStep(roots, source, address, place, signal),
		pendingCode: (runId, taskId, sampleIndex) =>
			Promise.resolve(pending.get(pendingKey(runId, taskId, sampleIndex)) ?? null),
		bookmarks: async (runId) => readBookmarks(await ownFilesOf(runId)),
		keepBookmarks: async (runId, positions) => writeBookmarks(await ownFilesOf(runId), positions),
		close: async () => {
			closing.abort();
			await Promise.all([...live, rankings.close()]);
			await (await judge?.catch(() => null))?.close();
		},
	};
}

/** Throws `usage` where the command line alone can go on with the run as it was planned. */
async function planToResume(workspace: string, runId: string): Promise<RunPlan> {
	const recorded = await recordedRun(workspace, runId);
	if (recorded.kind === "complete") throw new AssayError("usage", `${runId} is complete: nothing is left to do`);
	const { plan } = recorded;
	const { cache, sandbox } = plan.config;
	if (plan.command !== "verify" && cache && sandbox === null) return plan;
	const why = plan.command === "verify" ? "it judges samples" : "it was planned with a judge of its own";
	throw new AssayError("usage", `${runId} cannot be resumed from here: ${why}`, {
		hint: resumeCommand(plan, workspace),
	});
}

/** null: it is the log of a run of here. */
function mirroredLog(root: string, name: string): string | null {
	const of = attemptOfLog(name);
	return of && join(attemptFolder(root, of.id, of.attempt), MIRRORED.log.local);
}

async function openJudge(workspace: string, signal: AbortSignal): Promise<Verifier> {
	const { openVerifier } = await import("../verify/open-verifier.js");
	return await openVerifier({ workers: null, tier: null, cacheDir: verdictCacheFolder(workspace), signal });
}
