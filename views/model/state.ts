import type { ModelRow, RunHandle, StartRunOptions, TaskDetail, TemplateRow } from "../../src/app/workbench.js";
import type { AuditItem } from "../../src/domain/audit.js";
import type { Lineage } from "../../src/domain/lineage.js";
import type { SandboxInfo } from "../../src/domain/run.js";
import type { RunRow } from "../../src/domain/run-row.js";
import type { Replay } from "../../src/store/replay.js";
import type { RunStore } from "../../src/store/run-store.js";
import type { ThemeName } from "../../src/store/themes.js";
import type { Dialog } from "./dialog.js";

/** The digits of the tabs; 0 for the log, which has none. */
export type ScreenId = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
export type TaskPane = "list" | "task";
export type RunPane = "board" | "candidates" | "candidate" | "charts";
export type RunsPane = "table" | "run";
/** What stands beside the table of runs. */
export interface RunDetail {
	runId: string;
	lineage: Lineage | null;
	isChecked: boolean;
	error: string | null;
}
/** Files, texts or claims that are gone over, or were. */
export interface Audit {
	title: string;
	/** What it is about: a run id, or everything. */
	of: string;
	findings: readonly Extract<AuditItem, { kind: "finding" }>[];
	done: number;
	total: number;
	state: "going on" | "ended" | "stopped" | { error: string };
	stop(): void;
}
export const CANDIDATE_TABS = ["code", "diff", "tests", "output", "verdict"] as const;
export const CHARTS = ["all", "verdicts", "cpu", "pass@k", "pace", "map"] as const;
export type ChartName = (typeof CHARTS)[number];
export type CandidateTab = (typeof CANDIDATE_TABS)[number];

export interface Message {
	/** `command`: the command line that does what the screen just did. */
	level: "note" | "warning" | "error" | "command";
	text: string;
	/** ISO 8601. */
	at: string;
}

/** A run on screen 2: one that goes on, or one that was recorded. */
export interface OpenRun {
	/** null until the plan of a new run is written. */
	runId: string | null;
	store: RunStore;
	handle: RunHandle | null;
	replay: Replay | null;
	/** Places in its log, in order. */
	bookmarks: readonly number[];
	/** A live run whose `finished` has settled. */
	ended: boolean;
	/** How it was started, to start it again. */
	options: StartRunOptions | null;
	cancelling: boolean;
}

interface OpenTask {
	id: string;
	detail: TaskDetail | null;
	error: string | null;
}

interface CandidateAddress {
	taskId: string;
	sampleIndex: number;
}

/** What the screens show, apart from the rows of the task table and the state of the runs. */
export interface UiState {
	columns: number;
	rows: number;
	screen: ScreenId;
	taskPane: TaskPane;
	runPane: RunPane;
	zoomed: boolean;
	stripShown: boolean;
	/** Every file of a lineage has a row of its own. */
	foldersOpen: boolean;
	/** The mouse is reported to us, so that the terminal does not select text with it. */
	mouse: boolean;
	/** Long lines of code go on in the next row; otherwise they are cut. */
	wraps: boolean;
	theme: ThemeName;
	/** The theme that was chosen by hand, for the next start. */
	chosenTheme: ThemeName | null;
	dialog: Dialog | null;
	/** The filter line while it is being typed, and what to go back to. */
	entry: { text: string; before: string } | null;
	notice: Message | null;
	messages: readonly Message[];
	sandbox: SandboxInfo | "probing" | "failed";
	tasks: "reading" | "read" | { error: string };
	marks: ReadonlySet<string>;
	/** The task that was marked last. */
	rangeStart: string | null;
	openTask: OpenTask | null;
	/** Models that a run can be started with. */
	models: readonly ModelRow[];
	/** What they can be asked with. */
	templates: readonly TemplateRow[];
	runRows: readonly RunRow[];
	/** There may be runs before that, which nobody has read yet. */
	runsRead: boolean;
	runsPane: RunsPane;
	/** Four at most. */
	markedRuns: readonly string[];
	runDetail: RunDetail | null;
	/** In place of the run's lineage; null: nothing was gone over. */
	audit: Audit | null;
	run: OpenRun | null;
	/** Runs started here that go on or went on, newest first. */
	liveRuns: readonly OpenRun[];
	/** Index into the run's tasks, and the sample. */
	boardTask: number;
	sample: number;
	/** The candidates of all tasks are listed, not only those of the board's. */
	wholeRun: boolean;
	runsPosition: number;
	/** The board's cursor goes to each task that starts, until it is moved by hand. */
	follows: boolean;
	tab: CandidateTab;
	chart: ChartName;
	/** The point of the line that the crosshair is on, counted from 0; null without one. */
	crosshair: number | null;
	/** Lines and counts over a scale of powers of ten. */
	logScale: boolean;
	/** Candidate that the others are compared with. */
	markedCandidate: CandidateAddress | null;
	/** Commands run from the palette, the last one first. */
	recentCommands: readonly string[];
	quitArmed: boolean;
	/** Whether the person has done anything yet. */
	keysPressed: boolean;
}

export function initialState(columns: number, rows: number): UiState {
	return {
		columns,
		rows,
		screen: 1,
		taskPane: "list",
		runPane: "board",
		zoomed: false,
		stripShown: true,
		foldersOpen: false,
		mouse: false,
		wraps: true,
		theme: "dark",
		chosenTheme: null,
		dialog: null,
		entry: null,
		notice: null,
		messages: [],
		sandbox: "probing",
		tasks: "reading",
		marks: new Set(),
		rangeStart: null,
		openTask: null,
		models: [],
		templates: [],
		runRows: [],
		runsRead: false,
		runsPane: "table",
		markedRuns: [],
		runDetail: null,
		audit: null,
		run: null,
		liveRuns: [],
		boardTask: 0,
		sample: 0,
		follows: false,
		wholeRun: false,
		runsPosition: 0,
		tab: "code",
		chart: "all",
		crosshair: null,
		logScale: false,
		markedCandidate: null,
		recentCommands: [],
		quitArmed: false,
		keysPressed: false,
	};
}
