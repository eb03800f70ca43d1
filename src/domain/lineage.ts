/** How a stored file stands to the checksum that was recorded of it. */
export type FileState = "not_compared" | "same" | "changed" | "missing";

/** Something that is stored, and what is above or below it on the way that is looked at. */
export interface LineageNode {
	kind: "run" | "file" | "tasks" | "samples" | "checkpoint";
	/** A run's id; a path relative to `artifacts` where it lies there, absolute elsewhere. */
	id: string;
	/** A run's kind and outcome, a file's schema; null: nothing is known. */
	detail: string | null;
	bytes: number | null;
	/** Of a file as it was recorded; of tasks, the fingerprint of their content. */
	sha256: string | null;
	state: FileState;
	nodes: LineageNode[];
}

export interface Lineage {
	/** Folder that relative paths start from. */
	root: string;
	subject: LineageNode;
	/** What it was made from, each with what that was made from. */
	from: LineageNode[];
	/** The files that a run wrote. */
	files: LineageNode[];
	/** What was made from it, each with what was made from that. */
	into: LineageNode[];
}
