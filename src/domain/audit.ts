/** What is gone over: files with their manifests (of all runs where none is named), a run's texts, or the claims. */
export type AuditSubject =
	| { kind: "files"; runId: string | null }
	| { kind: "secrets"; runId: string }
	| { kind: "claims" };

export type AuditItem =
	| { kind: "progress"; done: number; total: number }
	| {
			kind: "finding";
			/** `open`: it is not settled, or only a warning. */
			level: "good" | "open" | "bad";
			text: string;
			notes: string[];
	  };
