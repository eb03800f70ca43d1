/** What can be wrong with something that a manifest names, or with the manifest. */
export type FaultKind =
	| "manifest_missing"
	| "manifest_damaged"
	| "manifest_edited"
	| "missing"
	| "truncated"
	| "grown"
	| "changed"
	| "unreadable"
	| "extra"
	| "outside"
	| "orphan"
	| "rollouts_damaged"
	| "disagrees"
	| "parent_missing"
	| "parent_changed";

export interface ArtifactFault {
	kind: FaultKind;
	/** `warning`: it cannot be told here, e.g. an input that lies outside of the workspace is gone. */
	severity: "fault" | "warning";
	/** Relative to the folder of artifacts where it lies there; null: it is about no file. */
	path: string | null;
	/** One sentence for people. */
	message: string;
}

/** What was found out about one manifest, everything that it names, and what lies beside that. */
export interface ArtifactCheck {
	/** Run id, or the folder of the manifest. */
	subject: string;
	/** Of the manifest's own bytes, to be compared with a published one; null: it cannot be read. */
	manifestSha256: string | null;
	/** Files that are as recorded. */
	files: number;
	/** Read for that. */
	bytes: number;
	faults: ArtifactFault[];
}
