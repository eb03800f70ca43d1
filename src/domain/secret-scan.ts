export interface SecretFinding {
	/** Counts from 1. */
	line: number;
	/** Characters before it on the line, and one. */
	column: number;
	/** e.g. `github`, `private-key`, `home-folder`. */
	rule: string;
	/** `identity`: it says who or where somebody is, and opens nothing. */
	kind: "secret" | "identity";
	/** What is said in its place: never the text itself. */
	redacted: string;
	/** Times that the same text stands in this file, this one included. */
	count: number;
}

/** What a scan found in one file. */
export interface FileScan {
	/** As it was named, or below the folder that was named; `archive!name` within an archive. */
	path: string;
	bytes: number;
	/** Binary files are not searched. */
	isBinary: boolean;
	/** In the order of their lines. */
	findings: SecretFinding[];
	/** Distinct texts beyond those. */
	more: number;
}
