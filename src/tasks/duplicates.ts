import type { Split, Task } from "../domain/task.js";
import { codeTokens, shingles, textTokens } from "../languages/code-tokens.js";
import { sha256 } from "../lib/hash.js";
import { askedBy, solutionOf } from "./likeness.js";
import { similarPairs } from "./similar-sets.js";

export interface Duplicate {
	/** The later task, in the order they were added. */
	taskId: string;
	otherId: string;
	/** `exact`: the same but for white space, comments and chosen names. */
	kind: "exact" | "near";
	/** What is alike. */
	part: "prompt" | "solution";
	similarity: number;
	split: Split | null;
	otherSplit: Split | null;
	location: Task["location"];
}

export interface DuplicateIndex {
	add(task: Task, split: Split | null): void;
	/**
	 * In the order in which the later task of a pair was added; a pair is named once, by its closest part. Of tasks that
	 * are all the same within a split, each is paired with the first of them.
	 */
	duplicates(): Duplicate[];
}

interface Row {
	taskId: string;
	split: Split | null;
	location: Task["location"];
	prompt: Part;
	/** null: no reference, or one too short to tell anything. */
	solution: Part | null;
}

interface Part {
	set: Int32Array;
	sha256: string;
}

const PROMPT_THRESHOLD = 0.8;
const SOLUTION_THRESHOLD = 0.8;
/** Any two one-line solutions look alike once names are. */
const MIN_SOLUTION_TOKENS = 40;
const WORDS = 3;
const TOKENS = 5;

/** Keeps a few numbers a task, not the tasks. */
export function createDuplicateIndex(): DuplicateIndex {
	const rows: Row[] = [];
	const words = new Map<string, number>();
	const runs = new Map<string, number>();
	return {
		add(task, split) {
			const tokens = task.kind === "function" && task.reference !== null ? codeTokens(solutionOf(task)) : [];
			const prompt = askedBy(task);
			rows.push({
				taskId: task.id,
				split,
				location: task.location,
				prompt: { set: shingles(textTokens(prompt), WORDS, words), sha256: sha256(prompt.replace(/\s+/g, " ")) },
				solution:
					tokens.length < MIN_SOLUTION_TOKENS
						? null
						: { set: shingles(tokens, TOKENS, runs), sha256: sha256(tokens.join(" ")) },
			});
		},
		duplicates() {
			const prompts = rows.map((row, position) => ({ ...row, position, compared: row.prompt }));
			const solutions = rows.flatMap(({ solution, ...row }, position) =>
				solution === null ? [] : [{ ...row, position, compared: solution }],
			);
			const closest = new Map<string, Pair>();
			for (const pair of [
				...pairsOf("prompt", PROMPT_THRESHOLD, prompts),
				...pairsOf("solution", SOLUTION_THRESHOLD, solutions),
			]) {
				const key = `${pair.first.position} ${pair.second.position}`;
				if ((closest.get(key)?.similarity ?? 0) < pair.similarity) closest.set(key, pair);
			}
			return [...closest.values()]
				.sort((a, b) => a.second.position - b.second.position || a.first.position - b.first.position)
				.map(duplicateOf);
		},
	};
}

interface Entry extends Pick<Row, "taskId" | "split" | "location"> {
	position: number;
	compared: Part;
}

interface Pair {
	part: Duplicate["part"];
	first: Entry;
	second: Entry;
	similarity: number;
}

/** Of a group that is all the same within a split, each is paired with the first alone: a group has too many pairs. */
function* pairsOf(part: Duplicate["part"], threshold: number, entries: readonly Entry[]): Generator<Pair> {
	const firsts = new Map<string, Entry>();
	for (const second of entries) {
		const key = `${second.compared.sha256} ${second.split}`;
		const first = firsts.get(key);
		if (first === undefined) firsts.set(key, second);
		else yield { part, first, second, similarity: 1 };
	}
	const distinct = [...firsts.values()];
	const sets = distinct.map(({ compared }) => compared.set);
	for (const pair of similarPairs(sets, threshold)) {
		const [first, second] = [distinct[pair.first], distinct[pair.second]];
		if (first !== undefined && second !== undefined) yield { part, first, second, similarity: pair.similarity };
	}
}

function duplicateOf({ part, first, second, similarity }: Pair): Duplicate {
	return {
		taskId: second.taskId,
		otherId: first.taskId,
		kind: first.compared.sha256 === second.compared.sha256 ? "exact" : "near",
		part,
		similarity,
		split: second.split,
		otherSplit: first.split,
		location: second.location,
	};
}
