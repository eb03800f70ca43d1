import type { Split, Task } from "../domain/task.js";
import { sha256 } from "../lib/hash.js";
import { codeTokens, shingles, textTokens } from "./code-tokens.js";
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
	/** In the order in which the later task of a pair was added; a pair is named once, by its closest part. */
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
			const prompt = promptOf(task);
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
			const closest = new Map<string, { first: number; second: number; duplicate: Duplicate }>();
			const collect = (
				part: Duplicate["part"],
				threshold: number,
				chosen: readonly (Part & { row: Row; position: number })[],
			): void => {
				for (const pair of similarPairs(
					chosen.map(({ set }) => set),
					threshold,
				)) {
					const first = chosen[pair.first];
					const second = chosen[pair.second];
					if (first === undefined || second === undefined) continue;
					const key = `${first.position} ${second.position}`;
					if ((closest.get(key)?.duplicate.similarity ?? 0) >= pair.similarity) continue;
					closest.set(key, {
						first: first.position,
						second: second.position,
						duplicate: {
							taskId: second.row.taskId,
							otherId: first.row.taskId,
							kind: first.sha256 === second.sha256 ? "exact" : "near",
							part,
							similarity: pair.similarity,
							split: second.row.split,
							otherSplit: first.row.split,
							location: second.row.location,
						},
					});
				}
			};
			const numbered = rows.map((row, position) => ({ row, position }));
			collect(
				"prompt",
				PROMPT_THRESHOLD,
				numbered.map((entry) => ({ ...entry, ...entry.row.prompt })),
			);
			collect(
				"solution",
				SOLUTION_THRESHOLD,
				numbered.flatMap((entry) => (entry.row.solution === null ? [] : [{ ...entry, ...entry.row.solution }])),
			);
			return [...closest.values()]
				.sort((a, b) => a.second - b.second || a.first - b.first)
				.map(({ duplicate }) => duplicate);
		},
	};
}

/** Without the entry point's name and the tests that MBPP's prompts end in: they differ where the question does not. */
function promptOf(task: Task): string {
	if (task.kind === "repository") return task.instruction;
	const shown = task.tests.flatMap((test) =>
		test.visibility === "public" && test.kind === "program" ? [test.code] : [],
	);
	return shown.reduce((text, code) => text.replace(code, ""), task.prompt).replaceAll(`${task.entryPoint}(`, "x(");
}

/** HumanEval's reference repeats the prompt; only what follows is the solution. */
function solutionOf(task: { reference: string | null; starterCode: string; completionMode: string }): string {
	const reference = task.reference ?? "";
	const repeats = task.completionMode === "append" && reference.startsWith(task.starterCode);
	return repeats ? reference.slice(task.starterCode.length) : reference;
}
