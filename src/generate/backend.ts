import type { ExtractionRecord, GenerationRecord } from "../domain/generation.js";
import type { PromptInput } from "../domain/task.js";
import type { ModelRequest } from "./language-model.js";

/** A candidate that was recorded beside its task. */
export interface RecordedCandidate {
	file: string;
	code: string;
	/** How judging it must end, where that is recorded; anything but `accepted` is a wrong candidate. */
	expect: string | readonly string[] | null;
}

/** A completion with the program that was extracted from it. */
export interface Extracted {
	completion: string;
	code: string | null;
	extraction: ExtractionRecord;
}

/** What a backend may look up about the task in hand beside its `PromptInput`. */
export interface Lookups {
	recordedCandidates(): Promise<readonly RecordedCandidate[]>;
	/** The diff that a repository task brings along, "" where it is to stay as it is; null: neither. */
	preparedPatch(): string | null;
	/** null: no samples file was given. */
	samples: {
		count(): number;
		/** Called in ascending order of `sampleIndex`. */
		at(sampleIndex: number): Promise<Extracted>;
	} | null;
	/** What a model may read of a task's repository; nothing for other tasks. */
	repositoryFiles(): readonly { path: string; text: string }[];
	/** The program in a completion; `continues`: the model was to continue the starter code. */
	extract(completion: string, options: { continues: boolean }): Extracted;
}

/** Those who look on while a candidate is made. */
export type GenerationListeners = Partial<Pick<ModelRequest, "onText" | "onRestart" | "onSpend">>;

export interface GenerateRequest extends GenerationListeners {
	sampleIndex: number;
	seed: number;
	signal: AbortSignal;
}

export interface Generated {
	/** As the backend gave it. */
	completion: string;
	/** The program or diff in it; null when there is none. */
	code: string | null;
	model: string | null;
	/** null: the backend gives programs. */
	extraction: ExtractionRecord | null;
	/** null: no model made it. */
	generation: GenerationRecord | null;
}

/** What a backend gives that has programs and no model. */
export function program(code: string, model: string | null = null): Generated {
	return { completion: code, code, model, extraction: null, generation: null };
}

export interface Backend {
	/** One line for people. */
	readonly description: string;
	/** Whether it can serve such a task at all. */
	serves(task: { kind: PromptInput["kind"]; candidates: number }): boolean;
	/** How many candidates it gives when `n` are asked for; 0: it has nothing for this task. */
	countFor(input: PromptInput, lookups: Lookups, n: number): Promise<number>;
	/** The same request gets the same answer, as far as the backend can, so that an interrupted run can go on. */
	generate(input: PromptInput, lookups: Lookups, request: GenerateRequest): Promise<Generated>;
}
