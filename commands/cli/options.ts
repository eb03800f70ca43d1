import { type Command, InvalidArgumentError, Option } from "commander";
import {
	DEFAULT_SEED,
	type GroupKey,
	type Sameness,
	type Selector,
	type WidenedGroups,
} from "../../src/domain/choices.js";
import type { DifferenceKind } from "../../src/domain/comparison.js";
import type { Strategy } from "../../src/domain/trace.js";
import type { BackendId } from "../../src/generate/index.js";
import { pointInTime } from "../../src/lib/point-in-time.js";
import type { RunOrder } from "../../src/store/select-runs.js";
import type { ThemeName } from "../../src/store/themes.js";
import { TASK_FORMATS, type TaskFormat } from "../../src/tasks/formats.js";
import { seconds, wholeNumber } from "./numbers.js";

/** Parsed by every command; a key is there only when its option was given or has a default. */
export interface CommonOptions {
	json?: true;
	quiet?: true;
	/** false: `--no-color` was given. */
	color: boolean;
	workspace?: string;
}

export interface OutOption {
	out?: string;
}

/** Which tasks of a tasks file or folder are meant. */
export interface TaskSelection {
	format?: TaskFormat;
	filter?: string;
	limit?: number;
	task?: string[];
}

export interface JudgeOptions {
	sandbox?: "bwrap" | "rlimit";
	workers?: number;
	timeoutMs?: number;
	/** Milliseconds too; `--timeout` is given in seconds. */
	timeout?: number;
	memoryMb?: number;
	/** false: `--no-cache`. */
	cache: boolean;
	/** false: `--no-gate`. */
	gate: boolean;
}

export interface ExperimentOption {
	experiment?: string;
}

/** How a model is asked; none of them has a default here. */
export interface ModelOptions {
	model?: string;
	template?: string;
	temperature?: number;
	topP?: number;
	maxTokens?: number;
	stop?: string[];
	/** false: `--no-logprobs`. */
	logprobs: boolean;
	concurrency?: number;
	provider?: string;
	baseUrl?: string;
	api?: "chat" | "completion";
	keyEnv?: string;
	keyFile?: string;
	maxAttempts?: number;
	/** Both in milliseconds. */
	firstTokenTimeout?: number;
	stallTimeout?: number;
	price?: readonly [number, number];
	maxCost?: number;
	maxTotalTokens?: number;
	allowDownload?: true;
}

export interface RunOptions
	extends CommonOptions,
		TaskSelection,
		JudgeOptions,
		ModelOptions,
		ExperimentOption,
		OutOption {
	seed: number;
	backend: BackendId;
	n: number;
	stopOn?: number;
	dryRun?: true;
	/** A number is another way to say `n`. */
	samples?: number | string;
	skipExisting?: true;
	dedupe?: Sameness;
	select?: Selector;
	worldModel?: string;
	fitted?: string;
	allowSeen?: true;
	nMax?: number;
	widen: WidenedGroups;
	resume?: string;
	check?: true;
}

export interface DebugOptions
	extends Omit<
		RunOptions,
		| "samples"
		| "stopOn"
		| "dryRun"
		| "skipExisting"
		| "dedupe"
		| "select"
		| "worldModel"
		| "fitted"
		| "allowSeen"
		| "nMax"
		| "widen"
	> {
	strategy?: Strategy;
	maxRevisions: number;
	branch: number;
	budgetTokens?: number;
	budgetSeconds?: number;
}

export interface VerifyOptions extends CommonOptions, TaskSelection, JudgeOptions, ExperimentOption, OutOption {
	resume?: string;
	check?: true;
}

export interface EvalOptions extends CommonOptions, OutOption {
	k?: number[];
	by?: GroupKey;
	/** In percent. */
	rejudge?: number;
	seed: number;
	checkpoint?: string;
	allowSeen?: true;
	check?: true;
}

export interface RankOptions extends CommonOptions, Pick<JudgeOptions, "sandbox" | "workers" | "cache">, OutOption {
	n?: number;
	tests?: string;
	/** false: `--no-execute`. */
	execute: boolean;
	/** Folder of a world model. */
	model?: string;
	/** File of trees that another run's candidates taught; and where those of this one are to go. */
	fitted?: string;
	fit?: string;
	allowSeen?: true;
	/** Programs that nobody judged: what was there before, what was asked (or a file of it), and their folder. */
	before?: string;
	instruction?: string;
	candidates?: string;
	entryPoint?: string;
	/** What an earlier --out wrote. */
	open?: string;
	folds: number;
	seed: number;
}

export interface CompareOptions extends CommonOptions, OutOption {
	k: number;
	seed: number;
	resamples: number;
	allow?: DifferenceKind[];
	judge?: string;
	by?: GroupKey[];
	leaderboard?: true;
	leaveOut?: true;
	checkpoint?: string[];
	allowSeen?: true;
	tasks?: true;
	check?: true;
}

export interface TraceShowOptions extends CommonOptions {
	task?: string;
	try?: number;
}

export interface TraceImportOptions extends CommonOptions {
	out: string;
}

export interface ConvertOptions extends CommonOptions {
	to: "codeself" | "assay";
	out: string;
}

export interface RunsOptions extends CommonOptions {
	kind?: string[];
	outcome?: string[];
	backend?: string[];
	experiment?: string[];
	/** ISO 8601. */
	since?: string;
	sort: RunOrder;
	reverse?: true;
	limit?: number;
}

export interface ReplayOptions extends CommonOptions {
	speed: ReplaySpeed;
	step?: true;
}

export interface LogsOptions extends CommonOptions {
	follow?: true;
	grep?: string;
}

export interface DeleteOptions extends CommonOptions {
	yes?: true;
}

export interface ArtifactsOptions extends CommonOptions {
	run?: string;
	limit?: number;
}

export interface ShowArtifactOptions extends CommonOptions {
	check?: true;
}

export type ArchiveOptions = CommonOptions & OutOption;

export interface RegisterKeyOptions extends CommonOptions {
	upstream: string;
	upstreamKeyEnv: string;
	keyEnv: string;
	name?: string;
	fallback?: true;
	dryRun?: true;
}

export interface DoctorOptions extends CommonOptions {
	sandbox?: "bwrap" | "rlimit";
}

export interface OpenOptions extends CommonOptions {
	tasks?: string;
	worldModel?: string;
	worldIndex?: string;
	ranking?: string;
	ascii?: true;
	screen?: string;
	theme?: ThemeName;
	reducedMotion?: true;
	screenReader?: true;
}

export type TasksOptions = CommonOptions & TaskSelection;
export type ShowOptions = CommonOptions & Pick<TaskSelection, "format"> & { revealHidden?: true };
export type ImportOptions = TasksOptions & OutOption;
export type FetchOptions = CommonOptions & OutOption;
export type ValidateOptions = TasksOptions &
	OutOption &
	Pick<JudgeOptions, "sandbox" | "workers"> & { judge: boolean; candidates?: true; splits?: string; strict?: true };
export type SplitOptions = TasksOptions & OutOption & { seed: number; fractions?: string; keepDeclared?: true };

export const REPLAY_SPEEDS = ["1", "4", "16", "max"] as const;
export type ReplaySpeed = (typeof REPLAY_SPEEDS)[number];

function experimentName(text: string): string {
	if (/^[\p{L}\p{N}_.-]{1,64}$/u.test(text)) return text;
	throw new InvalidArgumentError("Expected letters, digits, dots, dashes and underscores, at most 64.");
}

export function words(text: string): string[] {
	return text.split(",").map((word) => word.trim());
}

export function timePoint(text: string): string {
	const at = pointInTime(text, Date.now());
	if (at === null) throw new InvalidArgumentError("Expected 90m, 12h, 7d, 2w, or a date like 2026-11-20.");
	return at;
}

export function addCommonOptions(command: Command): Command {
	return command
		.optionsGroup("Common options:")
		.option("--json", "one event or object a line on stdout; text for people goes to stderr")
		.option("--workspace <dir>", "folder that holds artifacts/ (ASSAY_WORKSPACE; default: the current folder)")
		.option("--quiet", "no progress and no notes")
		.option("--no-color", "no colours (NO_COLOR works too)")
		.helpOption("-h, --help", "show this help");
}

export const collect = (value: string, earlier: string[] | undefined): string[] => [...(earlier ?? []), value];

export function outOption(): Option {
	return new Option("--out <file>", "write the result to this file");
}

export function experimentOption(): Option {
	return new Option(
		"--experiment <name>",
		"runs of one name belong together; `assay runs list --experiment` lists them",
	).argParser(experimentName);
}

export function seedOption(): Option {
	return new Option("--seed <number>", "seed of everything random").argParser(wholeNumber(0)).default(DEFAULT_SEED);
}

export function limitOption(of: string): Option {
	return new Option("--limit <number>", `only the first so many ${of}`).argParser(wholeNumber(1));
}

export function formatOption(): Option {
	return new Option("--format <format>", "tasks format; found from the content when not given").choices(TASK_FORMATS);
}

export function addTaskOptions(command: Command): Command {
	return command
		.addOption(formatOption())
		.option("--task <id>", "only this task; may be given several times", collect)
		.option("--filter <text>", "only tasks with these words in id, title, tags, split, difficulty or language")
		.addOption(limitOption("tasks"));
}

export function sandboxOption(): Option {
	return new Option("--sandbox <tier>", "isolation tier; the best that works here when not given").choices([
		"bwrap",
		"rlimit",
	]);
}

export function workersOption(): Option {
	return new Option("--workers <number>", "judge processes (default: one a core)").argParser(wholeNumber(1, 1024));
}

export function addJudgeOptions(command: Command): Command {
	return command
		.addOption(sandboxOption())
		.addOption(workersOption())
		.option("--timeout <seconds>", "CPU time of a candidate, over the task's own", seconds)
		.addOption(
			new Option("--timeout-ms <number>", "the same in milliseconds")
				.argParser(wholeNumber(1, 600_000))
				.conflicts("timeout"),
		)
		.option("--memory-mb <number>", "memory of a candidate, over the task's own", wholeNumber(16, 65_536))
		.option("--no-cache", "judge again what was judged before")
		.option("--no-gate", "run hidden tests of candidates that failed a public one, too");
}

/** One more `name=value`. */
export function setting(text: string, before: Record<string, string>): Record<string, string> {
	const at = text.indexOf("=");
	if (at < 1) throw new InvalidArgumentError("expected name=value");
	return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
