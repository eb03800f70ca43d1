import type { ComparisonRequest, ComparisonUpdate, RankingUpdate } from "../../src/app/comparisons.js";
import type { Checkpoint } from "../../src/domain/checkpoint.js";
import { type CheckpointTable, createCheckpointTable } from "../../src/store/checkpoint-table.js";
import { type ComparedTable, createComparedTable } from "../../src/store/compared-table.js";
import { createGroupTable, type GroupTable } from "../../src/store/group-table.js";
import { createLeaderboardTable, type LeaderboardTable } from "../../src/store/leaderboard-table.js";
import type { Model } from "./model.js";
import type { ScreenId } from "./state.js";

export type CheckpointPane = "tree" | "checkpoint" | "board" | "entry" | "results" | "task";
/** What stands in the pane of a leaderboard. */
export const BOARD_PARTS = ["ranking", "left out", "about"] as const;
export type BoardPart = (typeof BOARD_PARTS)[number];
/** What stands in the pane of results. */
export const RESULT_PARTS = ["tasks", "forgotten", "scores", "curves"] as const;
export type ResultPart = (typeof RESULT_PARTS)[number];
/** What is shown of a task that two sets share. */
export const TASK_TABS = ["diff", "tests", "left", "right"] as const;
export type TaskTab = (typeof TASK_TABS)[number];

export interface OpenComparison {
	request: ComparisonRequest;
	/** What each set was made by, in the order of the request. */
	names: readonly string[];
	/** Where it was asked for. */
	from: ScreenId;
	/** How far it is, and what came of it. */
	state: ComparisonUpdate | { kind: "failed"; message: string };
	part: ResultPart;
	/** The tasks are those of a group, which Esc goes back to. */
	isOfGroup: boolean;
	/** The set that stands beside the first one. */
	right: number;
	/** null: the one that tells most of the task. */
	sampleIndex: number | null;
	tab: TaskTab;
}

export interface OpenBoard {
	request: ComparisonRequest;
	/** Where it was asked for. */
	from: ScreenId;
	state: RankingUpdate | { kind: "failed"; message: string };
	part: BoardPart;
	/** Run ids, the baseline of a comparison first. */
	marked: readonly string[];
}

/** What the screen of checkpoints keeps. */
export interface CheckpointsState {
	pane: CheckpointPane;
	checkpoints: readonly Checkpoint[];
	reading: "reading" | "read" | { error: string };
	/** Ids, the baseline first. */
	marked: readonly string[];
	/** Above the checkpoints, below a comparison. */
	board: OpenBoard | null;
	comparison: OpenComparison | null;
}

const states = new WeakMap<Model, CheckpointsState>();
const checkpointTables = new WeakMap<Model, CheckpointTable>();
const leaderboardTables = new WeakMap<Model, LeaderboardTable>();
const groupTables = new WeakMap<Model, GroupTable>();
const comparedTables = new WeakMap<Model, ComparedTable>();

const FRESH: CheckpointsState = {
	pane: "tree",
	checkpoints: [],
	reading: "reading",
	marked: [],
	board: null,
	comparison: null,
};

export function checkpointsState(model: Model): CheckpointsState {
	return states.get(model) ?? FRESH;
}

export function changeCheckpoints(model: Model, change: Partial<CheckpointsState>): void {
	states.set(model, { ...checkpointsState(model), ...change });
	model.changed();
}

/** Of the comparison that is open; nothing when none is. */
export function changeComparison(model: Model, change: Partial<OpenComparison>): void {
	const { comparison } = checkpointsState(model);
	if (comparison) changeCheckpoints(model, { comparison: { ...comparison, ...change } });
}

export function checkpointTable(model: Model): CheckpointTable {
	const known = checkpointTables.get(model);
	if (known) return known;
	const table = createCheckpointTable(model.timers);
	table.subscribe(model.changed);
	checkpointTables.set(model, table);
	return table;
}

export function leaderboardTable(model: Model): LeaderboardTable {
	const known = leaderboardTables.get(model);
	if (known) return known;
	const table = createLeaderboardTable(model.timers);
	table.subscribe(model.changed);
	leaderboardTables.set(model, table);
	return table;
}

export function groupTable(model: Model): GroupTable {
	const known = groupTables.get(model);
	if (known) return known;
	const table = createGroupTable(model.timers);
	table.subscribe(model.changed);
	groupTables.set(model, table);
	return table;
}

export function comparedTable(model: Model): ComparedTable {
	const known = comparedTables.get(model);
	if (known) return known;
	const table = createComparedTable(model.timers);
	table.subscribe(model.changed);
	comparedTables.set(model, table);
	return table;
}

/** Which of the layers of the screen is on top. */
export function topLayer(model: Model): "tree" | "board" | "comparison" {
	const { board, comparison } = checkpointsState(model);
	return comparison ? "comparison" : board ? "board" : "tree";
}

/** The name of a set where there is no room for its own. */
export const letterOf = (set: number) => String.fromCharCode(65 + set);
