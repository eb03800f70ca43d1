import type { LogLine } from "../artifacts/log-lines.js";
import type { LogQuery } from "../artifacts/log-matches.js";
import type { AuditItem, AuditSubject } from "../domain/audit.js";
import type { Checkpoint } from "../domain/checkpoint.js";
import type { RunEvent } from "../domain/events.js";
import type { GenerationConfig } from "../domain/generation.js";
import type { Lineage } from "../domain/lineage.js";
import type { Rollout, RunConfig, RunResult, SandboxInfo } from "../domain/run.js";
import type { RunRow } from "../domain/run-row.js";
import type { Limits, PromptInput, Split } from "../domain/task.js";
import type { StepAddress, StepRecord, Strategy, TraceStep } from "../domain/trace.js";
import type { CandidateRankings } from "./candidate-rankings.js";
import type { Comparisons } from "./comparisons.js";
import type { LogUpdate } from "./follow-log.js";
import type { TraceFile } from "./trace-sources.js";
import type { Trainings } from "./trainings.js";

/** What the screens may ask of the program. The screens know this interface and nothing behind it. */
export interface Workbench extends CandidateRankings, Comparisons, Trainings {
	readonly workspace: string;
	/** The tasks file or folder in use. */
	readonly tasksPath: string;
	/** Streams, so that the first page shows before a large file is read to its end. */
	listTasks(signal: AbortSignal): AsyncIterable<TaskRow>;
	openTask(taskId: string): Promise<TaskDetail>;
	/** The text of the hidden tests; the screen asks before it calls this. */
	revealHiddenTests(taskId: string): Promise<string[]>;
	/** Runs the sandbox probes on the first call; later calls answer at once. */
	sandbox(): Promise<SandboxInfo>;
	backends(): readonly BackendRow[];
	/** Models that can make candidates for functions; rejects when assay.yaml cannot be read. */
	models(): Promise<ModelRow[]>;
	/** A model that is named by its folder, or a script by its file. */
	modelAt(backend: "onnx" | "script", path: string): Promise<ModelRow>;
	/** What the model of such a run would be asked first, as text. Nothing is sent, and no key is read. */
	previewStart(options: StartRunOptions): Promise<string>;
	/** What models are asked with. */
	templates(): Promise<TemplateRow[]>;
	startRun(options: StartRunOptions): RunHandle;
	/** Goes on with a run that was interrupted or cancelled, or that failed; its events come from its first start on. */
	resumeRun(runId: string): RunHandle;
	/** Newest first; runs of the workspace, then those that ship with the program. */
	listRuns(): Promise<RunRow[]>;
	/** The same, now and whenever a run came, ended or went, whoever did it. */
	followRuns(signal: AbortSignal): AsyncIterable<RunRow[]>;
	/** Where the run's inputs are from, its files, and what was made of it; `check` compares files with their checksums. */
	lineage(runId: string, check: boolean): Promise<Lineage>;
	/** What was evaluated, or can be: parents before children. */
	checkpoints(): Promise<Checkpoint[]>;
	/** What would go with the run; rejects for a live one, and for one that ships with the program. */
	planRemoval(runId: string): Promise<RemovalPlan>;
	removeRun(runId: string): Promise<void>;
	/** Packs the run into `artifacts/archives`; it stays. */
	archiveRun(runId: string): Promise<RunArchive>;
	/** Goes over files and checksums, texts that must not go out, or claims, and tells what it finds as it goes. */
	audit(subject: AuditSubject, signal: AbortSignal): AsyncIterable<AuditItem>;
	/** The recorded events of a run, in order, as fast as they can be read. */
	readEvents(runId: string, signal: AbortSignal): AsyncIterable<RunEvent>;
	/** What a run's log is and becomes, until the signal fires. The calls below are about a log that is being followed. */
	followLog(runId: string, signal: AbortSignal): AsyncIterable<LogUpdate>;
	/** Rows of the log, by their place among those that are shown. */
	readLog(runId: string, from: number, count: number, skipBytes: number): Promise<LogLine[]>;
	/** Only lines with this are shown; null: all. */
	filterLog(runId: string, query: LogQuery | null): Promise<void>;
	findInLog(runId: string, query: LogQuery, from: number, direction: 1 | -1): Promise<number | null>;
	readRollout(runId: string, place: { offset: number; bytes: number }): Promise<Rollout>;
	/** Trace files of the workspace that belong to none of its runs, newest first. */
	traceFiles(): Promise<TraceFile[]>;
	/** The steps of a run or of a trace file in short, as they ended. `source`: a run id, or a path. */
	listSteps(source: string, signal: AbortSignal): AsyncIterable<StepRecord>;
	readStep(source: string, address: StepAddress, place: StepRecord["trace"]): Promise<TraceStep>;
	/** Source of a candidate that has no verdict yet; null when it is not known (any more). */
	pendingCode(runId: string, taskId: string, sampleIndex: number): Promise<string | null>;
	/** Marked places in the run's log, as numbers of events; kept in the workspace, for runs that ship too. */
	bookmarks(runId: string): Promise<number[]>;
	keepBookmarks(runId: string, positions: readonly number[]): Promise<void>;
	/** Stops what runs, keeps what is done, reaps the judge. */
	close(): Promise<void>;
}

export interface RemovalPlan {
	runId: string;
	outcome: RunRow["outcome"];
	bytes: number;
	/** Runs that judged its rollouts, or name it as their parent: their lineage will end at something missing. */
	children: string[];
}

export interface RunArchive {
	path: string;
	bytes: number;
	sha256: string;
	/** The manifest is one of them. */
	files: number;
}

export interface TaskRow {
	id: string;
	title: string;
	kind: "function" | "repository";
	language: string;
	difficulty: string | null;
	split: Split | null;
	tags: readonly string[];
	/** Where it comes from, such as a public task set. */
	origin: string;
	publicTests: number;
	hiddenTests: number;
	/** Recorded candidates, for the `static` and `mock` backends. */
	candidates: number;
}

export interface TaskDetail extends TaskRow {
	/** What a generator would see; it holds no hidden test. */
	input: PromptInput;
	limits: Limits;
	harness: "split" | "in_guest";
	source: { origin: string; license: string | null; url: string | null };
	contamination: string | null;
	location: { file: string; line: number | null };
}

interface BackendRow {
	id: string;
	/** One line for people, e.g. that `mock` mixes recorded candidates and is no model. */
	description: string;
	/** Whether this backend can serve the task. */
	serves(task: TaskRow): boolean;
}

export interface ModelRow {
	backend: "onnx" | "openai" | "script";
	name: string;
	/** One line for people, with the licence. */
	description: string;
	/** How it is asked unless something else is wanted. */
	generation: GenerationConfig;
	/** What a self-debug loop may do with it. */
	strategies: readonly Strategy[];
	/** Whether it is sent messages, or a text to go on from: templates are for one of them. */
	asks: "chat" | "text";
	/** What its makers say of it, where its files are on this machine. */
	card: string | null;
}

export interface TemplateRow {
	/** Name and version. */
	id: string;
	description: string;
	kind: "chat" | "text";
	serves: "function" | "repository";
	/** It needs an earlier attempt, so only a loop asks with it. */
	revises: boolean;
	sha256: string;
	/** Each message below the name of its role. */
	text: string;
}

/** As `assay run` and `assay debug` take it; tier, workers and cache are those of the judge that is open. */
export interface StartRunOptions
	extends Pick<
		RunConfig,
		| "backend"
		| "samples"
		| "seed"
		| "generation"
		| "debug"
		| "stopOnAccepted"
		| "dedupe"
		| "select"
		| "widen"
		| "experiment"
		| "gate"
		| "limits"
	> {
	taskIds: readonly string[];
	n: number;
	/** Tasks that a run of the experiment has are left out. */
	skipExisting: boolean;
}

export interface RunHandle {
	/** Known once the plan is written. */
	readonly runId: Promise<string>;
	/** Every event from the first on, ephemeral ones too; the listener must be quick. Returns the way to stop listening. */
	subscribe(listener: (event: RunEvent) => void): () => void;
	cancel(): void;
	/** Resolves for cancelled runs too; rejects when the run could not be carried out. */
	readonly finished: Promise<RunResult>;
}
