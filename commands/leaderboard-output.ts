import type { Writable } from "node:stream";
import { groupsAt, labelsOf, leaderboardNotes, leftOutLines, rangeText } from "../src/compare/leaderboard-text.js";
import type { Leaderboard } from "../src/domain/leaderboard.js";
import { printable, tableLines, writeLine } from "./cli/print.js";

export async function writeBoard(stdout: Writable, board: Leaderboard): Promise<void> {
	for (const { text } of board.differences) await writeLine(stdout, printable(`not the same: ${text}`));
	for (const note of leaderboardNotes(board)) await writeLine(stdout, printable(note));
	await writeLine(stdout, "");
	const labels = labelsOf(board.entries.map(({ set }) => set));
	const rows = board.entries.map(({ set, rank }, i) => {
		const interval = set.simultaneous ?? set.score.interval;
		return {
			place: `${i + 1}`,
			name: labels[i] ?? set.name,
			score: set.score.value === null ? "-" : set.score.value.toFixed(4),
			interval: interval === null ? "-" : `${interval.low.toFixed(4)} … ${interval.high.toFixed(4)}`,
			rank: rangeText(rank),
			groups: groupsAt(board, i),
		};
	});
	type Row = (typeof rows)[number];
	const columns = [
		{ title: "place", text: (row: Row) => row.place, align: "right" as const },
		{ title: "results", text: (row: Row) => row.name, maxWidth: 60 },
		{ title: `pass@${board.k}`, text: (row: Row) => row.score, align: "right" as const },
		{ title: "95 % for all at once", text: (row: Row) => row.interval },
		{ title: "rank", text: (row: Row) => row.rank },
		{ title: "group", text: (row: Row) => row.groups },
	];
	for await (const line of tableLines(columns, rows)) await writeLine(stdout, line);
	if (board.leftOut.length > 0) await writeLine(stdout, "");
	for (const line of leftOutLines(board)) await writeLine(stdout, printable(`not on the board: ${line}`));
}
