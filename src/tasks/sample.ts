export interface Sample {
	taskId: string;
	sampleIndex: number;
	/** What the generator gave; the same text as `solution` where only that is known. */
	completion: string;
	/** The whole program (or patch) to be judged; null: it is to be made from `completion`. */
	solution: string | null;
	/** File, and in a samples file the line, for messages. */
	place: string;
}
