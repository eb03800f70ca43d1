import type { TemplateRow } from "../../src/app/workbench.js";
import type { GenerationConfig } from "../../src/domain/generation.js";
import type { Strategy } from "../../src/domain/trace.js";

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
	| Templates
	| { kind: "seek"; text: string; error: string | null };

/** The templates that models are asked with: their list, one of them, or what differs between two. */
interface Templates {
	kind: "templates";
	templates: readonly TemplateRow[];
	position: number;
	/** The one that another is compared with. */
	marked: string | null;
	shown: "list" | "one" | "two";
	/** What was open before, and is again when this closes. */
	below: Dialog | null;
}

export interface PickItem {
	/** Chooses it at once. */
	key?: string;
	label: string;
	detail: string;
	onPick: () => void;
}

/** Numbers of the run dialog, as they are typed. */
export type RunNumber = "temperature" | "revisions" | "branch" | "tokens" | "seconds" | "n" | "seed";
export type RunField = "backend" | "strategy" | RunNumber;

export interface RunFormBackend {
	id: string;
	/** null: it asks no model. */
	model: string | null;
	description: string;
	/** Of the tasks of the form. */
	serves: number;
	generation: GenerationConfig | null;
	/** What a self-debug loop may do with it; none without a model. */
	strategies: readonly Strategy[];
}

export interface RunForm {
	taskIds: readonly string[];
	/** What the tasks are called in the dialog. */
	scope: string;
	backends: readonly RunFormBackend[];
	backend: number;
	/** null: no self-debug, every candidate is judged as it was proposed. */
	strategy: Strategy | null;
	numbers: Readonly<Record<RunNumber, string>>;
	field: RunField;
	error: string | null;
}
