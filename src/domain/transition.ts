import { z } from "zod";
import { TRANSITION_SPLITS } from "./choices.js";

const Count = z.int().nonnegative();

const TRANSITION_SOURCES = ["solution", "sample", "revision", "mutant", "commit"] as const;
export const TRANSITION_LABELS = ["accepted", "rejected"] as const;
export type TransitionLabel = (typeof TRANSITION_LABELS)[number];

/** A program at one moment, with what is read off its syntax tree: whoever learns from it computes none of that again. */
const CodeState = z.strictObject({
	code: z.string(),
	/** Function or class that is asked for; null: the code is no single definition. */
	entryPoint: z.string().nullable(),
	/** As `structureNumbers` gives them; the manifest has their names. */
	facts: z.array(z.number()),
	/** Names that are read and that nothing binds, sorted. */
	unbound: z.array(z.string()),
});

/** One line of a shard: a program, what was asked for, and the program afterwards. */
export const Transition = z.strictObject({
	schema: z.literal("assay.transition.v1"),
	id: z.string(),
	source: z.enum(TRANSITION_SOURCES),
	origin: z.strictObject({
		/** Data set, run or repository. */
		dataset: z.string(),
		path: z.string().nullable(),
		commit: z.string().nullable(),
		/** Model or method that wrote `after`; null: a person. */
		generator: z.string().nullable(),
	}),
	/** Task or repository: all transitions of a group are in one split. */
	group: z.string(),
	split: z.enum(TRANSITION_SPLITS),
	licence: z.string(),
	before: CodeState,
	action: z.strictObject({
		/** The question's words, a commit's message, feedback. */
		text: z.string(),
		/** What changed in the syntax tree, without names and values. */
		operations: z.array(z.string()),
	}),
	after: CodeState,
	/** Of `after`, from two runs of the judge that agree; null: it was not run. */
	label: z.enum(TRANSITION_LABELS).nullable(),
	/** What was changed in an accepted program to make `after`, or `before` where a mutant is repaired. */
	mutations: z.array(z.string()),
	/** Lines that only one of the two programs has. */
	changedLines: Count,
});
export type Transition = z.infer<typeof Transition>;

/** A transition before it is labelled and before its programs are parsed. */
export const TransitionDraft = Transition.pick({
	id: true,
	source: true,
	origin: true,
	group: true,
	split: true,
	licence: true,
	mutations: true,
}).extend({
	before: z.string(),
	after: z.string(),
	entryPoint: z.string().nullable(),
	text: z.string(),
	/**
	 * Task whose tests label `after`, in two runs; or in one where a recorded verdict is the other. null: nothing is run.
	 */
	label: z.strictObject({ task: z.string(), recorded: z.enum(TRANSITION_LABELS).nullable() }).nullable(),
});
export type TransitionDraft = z.infer<typeof TransitionDraft>;

/** Why something that was looked at is no transition. */
export const DROP_CODES = [
	"license_denied",
	"excluded_task",
	"excluded_near",
	"no_program",
	"parse_error",
	"non_python_path",
	"empty_state",
	"whitespace_only_change",
	"edit_size",
	"edit_ratio",
	"message_length",
	"generated_file",
	"duplicate",
	"across_splits_exact",
	"across_splits_renamed",
	"across_splits_near",
	"over_cap",
	"unknown_task",
	"solution_rejected",
	"unstable",
	"judge_error",
] as const;
export type DropCode = (typeof DROP_CODES)[number];

/** One line of dropped.jsonl. */
export const DroppedTransition = z.strictObject({ id: z.string(), code: z.enum(DROP_CODES) });
export type DroppedTransition = z.infer<typeof DroppedTransition>;

const Counts = z.record(z.string(), Count);

/** manifest.json of a folder of transitions, written last: if it is there, all of them are there. */
export const TransitionManifest = z.strictObject({
	schema: z.literal("assay.world-data.v1"),
	command: z.string(),
	seed: z.int(),
	/** Shares of train, dev and test. */
	fractions: z.record(z.enum(TRANSITION_SPLITS), z.number()),
	/** Names of `facts`, in their order. */
	facts: z.array(z.string()),
	transitions: Count,
	/** By source, by split, by label ("null": not run), by source and split and label together, and by drop code. */
	counts: z.strictObject({
		bySource: Counts,
		bySplit: Counts,
		byLabel: Counts,
		byAll: Counts,
		dropped: Counts,
	}),
	/** Tasks and repositories, which decide what a model trained on these data may be scored on. */
	groups: z.array(
		z.strictObject({
			group: z.string(),
			split: z.enum(TRANSITION_SPLITS),
			/** Of a task's content; null: a repository, or a task that only traces name. */
			contentSha256: z.string().nullable(),
			licence: z.string(),
			transitions: Count,
		}),
	),
	/** Tasks that near duplicates of were left out. */
	excluded: z.array(z.string()),
	parents: z.array(z.strictObject({ kind: z.string(), id: z.string(), sha256: z.string().nullable() })),
	files: z.array(z.strictObject({ path: z.string(), bytes: Count, sha256: z.string() })),
	version: z.string(),
	/** Of all the fields above as canonical JSON. */
	ownSha256: z.string().nullable(),
});
export type TransitionManifest = z.infer<typeof TransitionManifest>;
