import type { PromptInput } from "../domain/task.js";

/** A candidate that was recorded beside its task. */
export interface RecordedCandidate {
	file: string;
	code: string;
	/** How judging it must end, where that is recorded; anything but `accepted` is a wrong candidate. */
	expect: string | readonly string[] | null;
}

/** One attempt from a samples file, with the program that was extracted from it. */
interface RecordedSample {
	completion: string;
	code: string | null;
}

/** What a backend may look up about the task in hand beside its `PromptInput`; a model needs none of it. */
export interface Lookups {
	recordedCandidates(): Promise<readonly RecordedCandidate[]>;
	/** The diff that a repository task brings along, "" where it is to stay as it is; null: neither. */
	preparedPatch(): string | null;
	/** null: no samples file was given. */
	samples: {
		count(): number;
		/** Called in ascending order of `sampleIndex`. */
		at(sampleIndex: number): Promise<RecordedSample>;
	} | null;
}

interface GenerateRequest {
	sampleIndex: number;
	seed: number;
	signal: AbortSignal;
}

interface Generated {
	/** As the backend gave it. */
	completion: string;
	/** The program or diff in it; null when there is none. */
	code: string | null;
	model: string | null;
}

export interface Backend {
	/** One line for people. */
	readonly description: string;
	/** Whether it can serve such a task at all. */
	serves(task: { kind: PromptInput["kind"]; candidates: number }): boolean;
	/** How many candidates it gives when `n` are asked for; 0: it has nothing for this task. */
	countFor(input: PromptInput, lookups: Lookups, n: number): Promise<number>;
	/** The same request gets the same answer, so that an interrupted run can go on. */
	generate(input: PromptInput, lookups: Lookups, request: GenerateRequest): Promise<Generated>;
}
