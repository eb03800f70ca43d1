import type { UiState } from "../model/state.js";
import { bestOfNKeys, boardKeys, candidateKeys, candidatesKeys, runsKeys } from "./best-of-n-keys.js";
import type { KeyTable } from "./binding.js";
import { globalKeys } from "./global-keys.js";
import { taskPaneKeys, tasksListKeys, tasksScreenKeys } from "./tasks-keys.js";

const paneTables = {
	list: tasksListKeys,
	task: taskPaneKeys,
	runs: runsKeys,
	board: boardKeys,
	candidates: candidatesKeys,
	candidate: candidateKeys,
} satisfies Record<string, KeyTable>;

const screenTables = { 1: tasksScreenKeys, 2: bestOfNKeys } satisfies Record<number, KeyTable>;

/** The tables of what lies below any dialog: pane, screen, everywhere. */
export function tablesOf(state: Pick<UiState, "screen" | "taskPane" | "runPane">): KeyTable[] {
	const pane = state.screen === 1 ? state.taskPane : state.runPane;
	return [paneTables[pane], screenTables[state.screen], globalKeys];
}

/** Every set of tables that can be active together, for tests and documents. */
export function allTableSets(): { name: string; tables: KeyTable[] }[] {
	return [
		...(["list", "task"] as const).map((taskPane) => ({
			name: taskPane,
			tables: tablesOf({ screen: 1, taskPane, runPane: "board" }),
		})),
		...(["runs", "board", "candidates", "candidate"] as const).map((runPane) => ({
			name: runPane,
			tables: tablesOf({ screen: 2, taskPane: "list", runPane }),
		})),
	];
}
