import { contaminationNote } from "../artifacts/contamination-note.js";
import type { Leaderboard } from "../domain/leaderboard.js";
import { estimateText, intervalText, table } from "./comparison-text.js";

/** A leaderboard's report, in Markdown. */
export function leaderboardMarkdown(board: Leaderboard): string {
	const { k, entries, differences, level, resamples, seed } = board;
	const percent = Math.round(level * 100);
	return [
		`# ${entries.length} results on ${board.tasks} tasks`,
		"",
		...leaderboardNotes(board).map((note) => `- ${note}`),
		"",
		...(differences.length === 0 ? [] : [...differences.map(({ text }) => `- not the same: ${text}`), ""]),
		...table(
			["place", "results", `pass@${k}`, "for all at once", "rank", "group"],
			entries.map(({ set, rank }, i) => [
				`${i + 1}`,
				set.name,
				estimateText(set.score),
				intervalText(set.simultaneous),
				rangeText(rank),
				groupsAt(board, i),
			]),
		),
		"",
		`Intervals: ${percent} %; beside the score BCa over tasks, each for itself; then those that hold for all at once. Ranks and groups: ${percent} % for all pairs at once, over paired differences (Romano & Wolf 2005; Mogstad et al. 2024). ${resamples} draws, seed ${seed}.`,
		"",
		"## Contamination",
		"",
		...entries.flatMap(({ set: { name, training } }) =>
			contaminationNote(training, board.seenIsScored).map((line) => `- ${name}: ${line}.`),
		),
		"",
		"## Sources",
		"",
		...entries.map(({ set: { name, path, sha256 } }) => `- ${name}: \`${path}\`, sha256 \`${sha256}\``),
		"",
	].join("\n");
}

/** What is to be known before the table is read. */
export function leaderboardNotes(board: Leaderboard): string[] {
	const { entries, groups, tasks, solvedByAll, solvedByNone } = board;
	const first = entries.filter(({ rank }) => rank.first === 1).map(({ set }) => set.name);
	const [best] = entries;
	const leads =
		best === undefined || first.length === 0
			? "nothing is ranked"
			: first.length === 1
				? `${best.set.name} is first for sure`
				: `${first.length} of ${entries.length} could be first: ${first.slice(0, 4).join(", ")}${first.length > 4 ? " and others" : ""}`;
	return [
		leads,
		`${groups.length} groups of neighbours that cannot be told from each other`,
		`of ${tasks} tasks, all solve ${solvedByAll} and none solves ${solvedByNone}: these tell nothing apart`,
	];
}

export function rangeText({ first, last }: { first: number; last: number }): string {
	return first === last ? `${first}` : `${first} to ${last}`;
}

/** Letters of the groups that hold the entry at this index: a, b, … z, aa, ab, … */
export function groupsAt({ groups }: Leaderboard, index: number): string {
	const letters = groups.flatMap(({ first, last }, group) =>
		index + 1 >= first && index + 1 <= last ? [letterOf(group)] : [],
	);
	return letters.length <= 3 ? letters.join(" ") : `${letters[0]} … ${letters.at(-1)}`;
}

function letterOf(group: number): string {
	const letter = String.fromCharCode(97 + (group % 26));
	return group < 26 ? letter : `${letterOf(Math.floor(group / 26) - 1)}${letter}`;
}
