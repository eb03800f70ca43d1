import { selectPassAtK, selectRate, selectStatusCounts } from "../../src/store/select-run.js";
import type { Model } from "../model/model.js";
import { STATUS_SIGNS } from "../screens/glyphs.js";
import { formatCount, formatRate, formatScore } from "../text/format.js";

export type SummaryTable = Record<string, string>[];

/** A table row takes two lines. */
const ROW_LINES = 2;

/** Verdicts by status, and the scores, as small tables. */
export function runTables(model: Model, lines: number): SummaryTable[] {
	const state = model.ui.getState().run?.store.getState().run;
	if (!state) return [];
	const most = Math.max(2, Math.floor((lines - 3) / ROW_LINES));
	const statuses = selectStatusCounts(state).map(({ status, count }) => ({
		verdict: STATUS_SIGNS[status].word,
		count: formatCount(count),
		share: `${((100 * count) / state.judged).toFixed(1)} %`,
	}));
	const scores = [
		...selectPassAtK(state).map(({ k, value, tasks }) => ({
			score: `pass@${k}`,
			value: formatScore(value),
			over: `${tasks} tasks`,
		})),
		{ score: "judged", value: formatCount(state.judged), over: `${state.tasks.length} tasks` },
		{ score: "cached", value: formatCount(state.cached), over: "of judged" },
		{ score: "in guest", value: formatCount(state.inGuest), over: "of judged" },
		{ score: "rate", value: formatRate(selectRate(state)), over: "judging" },
	];
	return [statuses, scores].map((table) => table.slice(0, most)).filter((table) => table.length > 0);
}

/** Rows of the tables for which the screen is too low. */
export function hiddenTableRows(model: Model, lines: number): number {
	const rows = (tables: readonly SummaryTable[]) => tables.reduce((sum, table) => sum + table.length, 0);
	return rows(runTables(model, Number.MAX_SAFE_INTEGER)) - rows(runTables(model, lines));
}
