import { contaminationNote } from "../artifacts/contamination-note.js";
import type { Leaderboard, LeftOutSet } from "../domain/leaderboard.js";
import { countOf } from "../lib/count.js";
import { estimateText, intervalText, table } from "./comparison-text.js";

/** A leaderboard's report, in Markdown. */
export function leaderboardMarkdown(board: Leaderboard): string {
	const { k, entries, leftOut, differences } = board;
	const labels = labelsOf(entries.map(({ set }) => set));
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
				labels[i] ?? set.name,
				estimateText(set.score),
				intervalText(set.simultaneous),
				rangeText(rank),
				groupsAt(board, i),
			]),
		),
		"",
		methodText(board),
		"",
		...(leftOut.length === 0 ? [] : ["## Not on the board", "", ...leftOutLines(board).map((line) => `- ${line}`), ""]),
		"## Contamination",
		"",
		...contaminationLines(board).map((line) => `- ${line}`),
		"",
		"## Sources",
		"",
		...entries.map(({ set: { path, sha256 } }, i) => `- ${labels[i]}: \`${path}\`, sha256 \`${sha256}\``),
		"",
	].join("\n");
}

/** How the figures came about, and what is known of training data. */
export function leaderboardAbout(board: Leaderboard): string[] {
	return [methodText(board), ...contaminationLines(board)];
}

function methodText({ level, resamples, seed }: Leaderboard): string {
	const percent = Math.round(level * 100);
	return `Intervals: ${percent} %; beside the score BCa over tasks, each for itself; then those that hold for all at once. Ranks and groups: ${percent} % for all pairs at once, over paired differences (Romano & Wolf 2005; Mogstad et al. 2024). ${resamples} draws, seed ${seed}.`;
}

function contaminationLines({ entries, seenIsScored }: Leaderboard): string[] {
	const labels = labelsOf(entries.map(({ set }) => set));
	return entries.flatMap(({ set: { training } }, i) =>
		contaminationNote(training, seenIsScored).map((line) => `${labels[i]}: ${line}.`),
	);
}

/** What is to be known before the table is read. */
export function leaderboardNotes(board: Leaderboard): string[] {
	const { entries, leftOut, groups, tasks, solvedByAll, solvedByNone } = board;
	const labels = labelsOf(entries.map(({ set }) => set));
	const first = labels.filter((_, i) => entries[i]?.rank.first === 1);
	const [best] = labels;
	const leads =
		best === undefined || entries.length < 2
			? "nothing is ranked: no two results were judged alike"
			: first.length === 1
				? `${best} is first for sure`
				: `${first.length} of ${entries.length} could be first: ${first.slice(0, 4).join(", ")}${first.length > 4 ? " and others" : ""}`;
	return [
		leads,
		`${countOf(groups.length, "group")} of neighbours that cannot be told from each other`,
		`of ${tasks} tasks, all solve ${solvedByAll} and none solves ${solvedByNone}: these tell nothing apart`,
		...(leftOut.length === 0 ? [] : [`${countOf(leftOut.length, "result")} judged otherwise, not on the board`]),
	];
}

type Labelled = Pick<LeftOutSet, "name" | "runId" | "subject">;

/** What tells each set best: its name; of one that has only a run's id, what made it, with the end of the id where several were made by it. */
export function labelsOf(sets: readonly Labelled[]): string[] {
	const madeBy = ({ name, runId, subject }: Labelled) =>
		name === runId && subject !== null ? withoutEnding(subject) : null;
	const counts = new Map<string | null, number>();
	for (const set of sets) counts.set(madeBy(set), (counts.get(madeBy(set)) ?? 0) + 1);
	return sets.map((set) => {
		const maker = madeBy(set);
		if (maker === null) return set.name;
		return (counts.get(maker) ?? 0) > 1 ? `${maker} ${set.name.slice(-4)}` : maker;
	});
}

const withoutEnding = (name: string) => name.replace(/\.jsonl(\.gz)?$/, "");

/** Why each set is not on the board. */
export function leftOutLines({ leftOut }: Leaderboard): string[] {
	const labels = labelsOf(leftOut);
	return leftOut.map(({ name, reasons }, i) => {
		const label = labels[i] === name ? name : `${labels[i]} (${name})`;
		return `${label}: ${reasons.join("; ")}`;
	});
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
