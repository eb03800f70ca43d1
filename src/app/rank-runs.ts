import { setImmediate } from "node:timers/promises";
import { comparableGroup } from "../compare/comparable-group.js";
import { findDifferences } from "../compare/differences.js";
import { rankSets } from "../compare/rank-sets.js";
import type { Leaderboard, LeftOutSet } from "../domain/leaderboard.js";
import { type CompareRunsOptions, comparableSets } from "./compare-runs.js";
import { findResults, type Gathered, type LeaveOut, readResults, seenBy } from "./gather-results.js";

export interface RankRunsOptions extends CompareRunsOptions {
	/** Rank those that were judged as most of them were, and say of each other one why not; otherwise one is enough to refuse all. */
	leaveOut?: boolean;
}

/** Ranks recorded results, under the same conditions as `compareRuns`. */
export async function rankRuns(options: RankRunsOptions): Promise<Leaderboard> {
	if (options.leaveOut === true) return await rankAlike(options);
	const { sets, ...conditions } = await comparableSets(options);
	return { ...rankSets(sets, { ...options, ...conditions }), leftOut: [] };
}

async function rankAlike(options: RankRunsOptions): Promise<Leaderboard> {
	const leftOut: LeftOutSet[] = [];
	const leave = ({ name, runId, subject }: Parameters<LeaveOut>[0], reasons: string[]) =>
		void leftOut.push({ name, runId, subject, reasons });
	const leaveOut: LeaveOut = (set, { message }) => leave(set, [message]);
	let found = await findResults(options, leaveOut);
	for (;;) {
		const { sets, ...conditions }: Gathered = await readResults(found, options, leaveOut);
		const group = comparableGroup(sets, options.allowed);
		for (const { set, differences } of group.leftOut) {
			leave(
				set,
				differences.map(({ text }) => text),
			);
		}
		// What a model that is not on the board was trained on takes no task from it.
		if (seenBy(group.kept).size === conditions.seen.size) {
			options.onRead?.();
			// It takes a second or more, before which what was told is to arrive.
			await setImmediate();
			const board = rankSets(group.kept, { ...options, ...conditions, differences: findDifferences(group.kept) });
			return { ...board, leftOut };
		}
		found = found.filter(({ path }) => group.kept.some((set) => set.path === path));
	}
}
