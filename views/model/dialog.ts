import type { GenerationConfig } from "../../src/domain/generation.js";

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

export type RunField = "backend" | "temperature" | "n" | "seed";

/** What can be set, from top to bottom. */
export function runFields({ backends, backend }: RunForm): RunField[] {
	const asksModel = backends[backend]?.generation != null;
	return ["backend", ...(asksModel ? (["temperature"] as const) : []), "n", "seed"];
}

interface RunFormBackend {
	id: string;
	/** null: it asks no model. */
	model: string | null;
	description: string;
	/** Of the tasks of the form. */
	serves: number;
	generation: GenerationConfig | null;
}

export interface RunForm {
	taskIds: readonly string[];
	/** What the tasks are called in the dialog. */
	scope: string;
	backends: readonly RunFormBackend[];
	backend: number;
	/** As typed. */
	temperature: string;
	n: string;
	seed: string;
	field: RunField;
	error: string | null;
}
