import type { CandidateRankingRequest, FittedInUse, ModelInUse } from "../../src/app/candidate-rankings.js";
import type { GenerationConfig } from "../../src/domain/generation.js";
import type { RunConfig } from "../../src/domain/run.js";
import type { DebugConfig } from "../../src/domain/trace.js";
import type { Model } from "./model.js";
import type { OpenRun } from "./state.js";

/** The command lines that do what the screen does, for a shell, a script or a report. */
export function runCommand(model: Model, run: OpenRun): string | null {
	const { config, command } = run.store.getState().run;
	if (config)
		return line(["assay", ...(command === "verify" ? verifyWords(config) : runWords(model, config)), ...where(model)]);
	const { options } = run;
	if (!options) return null;
	return line([
		"assay",
		...runWords(model, { ...options, tasks: model.workbench.tasksPath, taskIds: [...options.taskIds] }),
		...where(model),
	]);
}

/** null for a run that has nothing left to do, or that ships with the program. */
export function resumeCommand(model: Model, run: OpenRun): string | null {
	const state = run.store.getState().run;
	const row = model.ui.getState().runRows.find((known) => known.runId === run.runId);
	if (run.runId === null || !state.config || state.phase === "completed" || row?.recorded) return null;
	return line(["assay", state.command ?? "run", "--resume", run.runId, ...where(model)]);
}

export function evalCommand(model: Model, runId: string): string {
	return line(["assay", "eval", runId, ...where(model)]);
}

export function rankCandidatesCommand(
	model: Model,
	{ runId, execute, allowSeen }: CandidateRankingRequest,
	by: { world: ModelInUse | null; fitted: FittedInUse | null } | null,
): string {
	const pathOf = (of: ModelInUse | FittedInUse | null | undefined) => (of?.problem === null ? of.path : null);
	const [worldModel, fitted] = [pathOf(by?.world), pathOf(by?.fitted)];
	return line([
		"assay",
		"rank",
		runId,
		...(execute ? [] : ["--no-execute"]),
		...option("--model", worldModel),
		...option("--fitted", fitted),
		...(allowSeen && (worldModel ?? fitted) !== null ? ["--allow-seen"] : []),
		...where(model),
	]);
}

export function openRankingCommand(path: string): string {
	return line(["assay", "rank", "--open", path]);
}

interface OfCandidate {
	path: string;
	taskId: string;
	sampleIndex: number;
}

export function explainCommand(
	model: Model,
	{ runId, allowSeen }: CandidateRankingRequest,
	{ path, taskId, sampleIndex }: OfCandidate,
): string {
	const words = ["assay", "world", "explain", runId, taskId, String(sampleIndex)];
	return line([...words, ...worldWords(path, allowSeen), ...where(model)]);
}

export function mapCommand(
	model: Model,
	{ runId, allowSeen }: CandidateRankingRequest,
	{ path, taskId, instead }: Omit<OfCandidate, "sampleIndex"> & { instead: string | null },
): string {
	const words = ["assay", "world", "map", runId, taskId, ...option("--instead", instead)];
	return line([...words, ...worldWords(path, allowSeen), ...where(model)]);
}

export function similarCommand(
	model: Model,
	{ runId, allowSeen }: CandidateRankingRequest,
	{ path, taskId, sampleIndex, index }: OfCandidate & { index: string },
): string {
	const words = ["assay", "world", "similar", runId, taskId, String(sampleIndex), "--index", index];
	return line([...words, ...worldWords(path, allowSeen), ...where(model)]);
}

const worldWords = (path: string, allowSeen: boolean) => ["--model", path, ...(allowSeen ? ["--allow-seen"] : [])];

export function showTaskCommand(model: Model, taskId: string): string {
	return line(["assay", "tasks", "show", model.workbench.tasksPath, taskId]);
}

export function showTraceCommand(
	model: Model,
	source: string,
	{ taskId, sampleIndex }: { taskId: string; sampleIndex: number },
): string {
	return line(["assay", "traces", "show", source, "--task", taskId, "--try", String(sampleIndex), ...where(model)]);
}

type RunParts = Pick<RunConfig, "tasks" | "backend" | "n" | "seed" | "taskIds" | "generation"> &
	Partial<
		Pick<
			RunConfig,
			| "debug"
			| "samples"
			| "filter"
			| "limit"
			| "sandbox"
			| "cache"
			| "gate"
			| "limits"
			| "stopOnAccepted"
			| "experiment"
			| "dedupe"
			| "select"
			| "widen"
		>
	>;

function runWords(model: Model, config: RunParts): string[] {
	return [
		config.debug ? "debug" : "run",
		config.tasks,
		"--backend",
		config.backend,
		...option("--samples", config.samples),
		"-n",
		String(config.n ?? 1),
		...modelWords(config.generation),
		...debugWords(config.debug ?? null),
		...option("--stop-on", config.stopOnAccepted),
		...option("--experiment", config.experiment),
		...option("--dedupe", config.dedupe),
		...option("--select", config.select),
		...(config.widen ? ["--n-max", String(config.widen.nMax), "--widen", config.widen.groups] : []),
		...shared(model, config),
	];
}

/** All that is asked for, since defaults may differ where the command is run. */
function modelWords(generation: GenerationConfig | null): string[] {
	if (generation === null) return [];
	const { model, template, sampling, server, concurrency, logprobs } = generation;
	return [
		"--model",
		model,
		...(server === null ? [] : ["--base-url", server.baseUrl, "--api", server.api]),
		...option("--key-env", server?.keyEnv),
		...option("--key-file", server?.keyFile),
		"--template",
		template.id,
		"--temperature",
		String(sampling.temperature),
		"--top-p",
		String(sampling.topP),
		"--max-tokens",
		String(sampling.maxTokens),
		"--concurrency",
		String(concurrency),
		...(logprobs ? [] : ["--no-logprobs"]),
		...option("--max-cost", server?.maxCostUsd),
		...option("--max-total-tokens", server?.maxTotalTokens),
	];
}

function debugWords(debug: DebugConfig | null): string[] {
	if (debug === null) return [];
	const { strategy, maxRevisions, branch, maxTokens, maxWallMs } = debug;
	return [
		...["--strategy", strategy, "--max-revisions", String(maxRevisions), "--branch", String(branch)],
		...option("--budget-tokens", maxTokens),
		...option("--budget-seconds", maxWallMs === null ? null : Math.ceil(maxWallMs / 1000)),
	];
}

function verifyWords(config: RunConfig): string[] {
	return ["verify", ...verifyFiles(config), ...shared(null, config)];
}

const verifyFiles = (config: RunConfig) => [config.tasks, config.samples ?? "SAMPLES"];

function shared(model: Model | null, config: RunParts): string[] {
	const { taskIds } = config;
	// All tasks of the file need no names.
	const isAll =
		taskIds === null || (model !== null && taskIds.length === model.tasks.total && isOwnFile(model, config));
	return [
		"--seed",
		String(config.seed),
		...(isAll ? [] : taskIds.flatMap((id) => ["--task", id])),
		...option("--filter", config.filter),
		...option("--limit", config.limit),
		...option("--sandbox", config.sandbox),
		...option("--timeout-ms", config.limits?.cpuTimeMs),
		...option("--memory-mb", mebibytes(config.limits?.memoryBytes)),
		...(config.cache === false ? ["--no-cache"] : []),
		...(config.gate === false ? ["--no-gate"] : []),
	];
}

const mebibytes = (bytes: number | null | undefined) => (bytes ? Math.round(bytes / 2 ** 20) : null);
const isOwnFile = (model: Model, config: RunParts) => config.tasks === model.workbench.tasksPath;
const where = (model: Model) => ["--workspace", model.workbench.workspace];
const option = (name: string, value: string | number | null | undefined) =>
	value === null || value === undefined ? [] : [name, String(value)];
const line = (words: readonly string[]) => words.map(quoted).join(" ");

/** As a POSIX shell wants it. */
function quoted(word: string): string {
	return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
