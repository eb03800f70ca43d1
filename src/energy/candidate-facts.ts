import type { LooseForms } from "../languages/loose-forms.js";
import type { PythonFacts } from "../languages/python-facts.js";
import { isValid } from "../languages/structure.js";
import { editedLines } from "../lib/edited-lines.js";
import { overlapOf, promptWords } from "./prompt-overlap.js";
import type { ReadProgram } from "./read-program.js";
import { type BigramVector, bigramVector } from "./similarity.js";
import type { WorldNumbers } from "./world/world-model.js";

/** What a ranker may know of a task: nothing that is hidden. */
export interface RankedTask {
	id: string;
	prompt: string;
	entryPoint: string;
	starterCode: string;
}

export interface CandidateInput {
	sampleIndex: number;
	/** What the generator gave. */
	completion: string;
	/** null: there is none in it. */
	program: ReadProgram | null;
	accepted: boolean;
	/** Mean log-probability of a token; null: the generator gave none. */
	logprob: number | null;
	publicPassed: number;
	/** null: it was not run. */
	observed: Observed | null;
	/** null: no world model was asked, or there is no program. */
	world: CandidateEnergies | null;
}

/** What a world model says of a candidate, and where it has it. */
export type CandidateEnergies = WorldNumbers & { target: Float32Array };

/** What running a candidate on public and made-up inputs showed. */
export interface Observed {
	/** Short texts, one per input; one letter where there is no answer: N None, E error, O no data, T too late. */
	answers: readonly string[];
	examples: { passed: number; total: number } | null;
	/** Of assertions that a model wrote, in one order for all candidates of the task. */
	holds: readonly boolean[];
}

/** A candidate as rankers see it; whether it is accepted is for measuring them. */
export interface CandidateFacts extends Omit<CandidateInput, "completion" | "program"> {
	facts: PythonFacts | null;
	/** It parses, returns a value and reads no name that is not bound: what no energy may fall behind. */
	valid: boolean;
	/** Equal for equal programs; "": there is none. */
	program: string;
	/** null: there is no program. */
	loose: LooseForms | null;
	characters: number;
	/** Lines of the program that are not the starter code's. */
	editedLines: number;
	/** Share of words in common with the prompt, of all words of both. */
	lexical: number;
	/** Text features beside the counts of `facts`. */
	text: readonly number[];
	bigrams: BigramVector;
}

export function candidateFacts(task: RankedTask, input: CandidateInput): CandidateFacts {
	const { completion, program, ...rest } = input;
	const facts = program?.facts ?? null;
	const tokens = program?.tokens ?? [];
	const lines = completion.split("\n").filter((line) => line.trim() !== "");
	const { jaccard, recall, precision } = overlapOf(completion, promptWords(task.prompt));
	return {
		...rest,
		facts,
		valid: facts !== null && isValid(facts),
		program: program?.key ?? "",
		loose: program?.loose ?? null,
		characters: completion.trim().length,
		editedLines: program === null ? 0 : editedLines(task.starterCode, program.code),
		lexical: jaccard,
		text: [
			completion.trim().length,
			lines.length,
			tokens.length,
			Math.max(0, ...lines.map((line) => line.length)),
			/\b(?:to-?do|fix-?me)\b|your code|implement/i.test(completion) ? 1 : 0,
			jaccard,
			recall,
			precision,
		],
		bigrams: bigramVector(tokens),
	};
}
