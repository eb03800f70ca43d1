/** The one dialog that may be open. */
export type Dialog =
	| { kind: "help" }
	| { kind: "messages"; part: "all" | "alerts" | "commands"; filter: string; typing: boolean }
	| { kind: "summary" }
	| { kind: "palette"; text: string; position: number }
	| { kind: "confirm"; title: string; lines: readonly string[]; yes: string; onYes: () => void }
	| { kind: "pick"; title: string; items: readonly PickItem[]; position: number; empty: string }
	| { kind: "text"; title: string; text: string }
	| { kind: "run"; form: RunForm }
	| { kind: "seek"; text: string; error: string | null };

export interface PickItem {
	/** Chooses it at once. */
	key?: string;
	label: string;
	detail: string;
	onPick: () => void;
}

export const RUN_FIELDS = ["backend", "n", "seed"] as const;
export type RunField = (typeof RUN_FIELDS)[number];

export interface RunForm {
	taskIds: readonly string[];
	/** What the tasks are called in the dialog. */
	scope: string;
	backends: readonly { id: string; description: string; serves: number }[];
	backend: number;
	/** As typed. */
	n: string;
	seed: string;
	field: RunField;
	error: string | null;
}
