import type { ModelRow, TemplateRow } from "../../src/app/workbench.js";
import type { Sameness, Selector, WidenedGroups } from "../../src/domain/choices.js";
import type { GenerationConfig } from "../../src/domain/generation.js";
import type { Strategy } from "../../src/domain/trace.js";

/** The one dialog that may be open. */
export type Dialog =
	| { kind: "help" }
	| { kind: "messages"; part: "all" | "alerts" | "commands"; filter: string; typing: boolean }
	| { kind: "summary" }
	| { kind: "palette"; text: string; position: number }
	| { kind: "confirm"; title: string; lines: readonly string[]; yes: string; onYes: () => void; onNo?: () => void }
	| { kind: "pick"; title: string; items: readonly PickItem[]; position: number; empty: string }
	/** The same, found by what is typed. */
	| { kind: "find"; title: string; text: string; items: readonly PickItem[]; position: number; empty: string }
	/** `below`: what was open before, and is again when it closes. */
	| { kind: "text"; title: string; text: string; below?: Dialog }
	| { kind: "run"; form: RunForm }
	| { kind: "form"; form: FieldForm }
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
export type RunNumber =
	| "temperature"
	| "topP"
	| "maxTokens"
	| "concurrency"
	| "maxCost"
	| "maxTotalTokens"
	| "revisions"
	| "branch"
	| "tokens"
	| "seconds"
	| "n"
	| "seed"
	| "stopOn"
	| "nMax"
	| "cpuSeconds"
	| "memoryMb";
/** `file`: what the backend reads, see `RunFormBackend`. */
export type RunText = "file" | "experiment";

export interface RunChoices {
	/** null: no self-debug, every candidate is judged as it was proposed. */
	strategy: Strategy | null;
	/** null: the one that the model is asked with when nothing else is said. */
	template: string | null;
	dedupe: Sameness | null;
	select: Selector | null;
	/** Of which tasks get more than n candidates, where there is such a number. */
	widen: WidenedGroups;
	skipExisting: boolean;
	logprobs: boolean;
	gate: boolean;
}

export type RunField = "backend" | RunNumber | RunText | keyof RunChoices;

export interface RunFormBackend {
	id: string;
	/** null: it asks no model, or one that is named in the form. */
	model: string | null;
	description: string;
	/** Tasks of the form that it has something for; null: depends on the template. */
	serves: number | null;
	generation: GenerationConfig | null;
	/** What a self-debug loop may do with it; none without a model. */
	strategies: readonly Strategy[];
	/** null: not known before its folder is looked at, or it asks nothing. */
	asks: ModelRow["asks"] | null;
	card: string | null;
	/** What the field for a path names; null: there is none. */
	file: "samples" | "script" | "folder" | null;
}

export interface RunForm {
	taskIds: readonly string[];
	/** What the tasks are called in the dialog. */
	scope: string;
	/** Of the tasks. */
	functionCount: number;
	backends: readonly RunFormBackend[];
	templates: readonly TemplateRow[];
	backend: number;
	chosen: Readonly<RunChoices>;
	numbers: Readonly<Record<RunNumber, string>>;
	texts: Readonly<Record<RunText, string>>;
	field: RunField;
	error: string | null;
}

/** One line of a form. All values are texts, as they are typed. */
export type FormField = {
	id: string;
	label: string;
	/** What it means; shown while the cursor is on it. */
	about: string;
} & (
	| { kind: "choice"; options: readonly { value: string; label: string }[] }
	/** `empty`: what it means that nothing is typed; null: something has to be. `isHidden`: nobody may read it. */
	| { kind: "text"; empty: string | null; isHidden?: true }
	| { kind: "number"; empty: string | null; least: number; most: number; by: number; isWhole: boolean }
);

export interface FieldForm {
	title: string;
	fields: readonly FormField[];
	texts: Readonly<Record<string, string>>;
	at: number;
	error: string | null;
	/** What is filled in, once every field can be what it is; gives why it cannot be taken. */
	onEnter: (texts: Readonly<Record<string, string>>) => Promise<string | null>;
	/** What Enter does, for its hint. */
	enters: string;
	/** It was closed without being filled in. */
	onClose?: () => void;
}
