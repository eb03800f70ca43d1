import { type DropCode, TransitionDraft } from "../domain/transition.js";
import { openAtomicWriter } from "../lib/atomic-writer.js";
import { differInBlanksAlone } from "../lib/edited-lines.js";
import { canonicalJson, sha256 } from "../lib/hash.js";
import { readJsonLines } from "../lib/jsonl.js";
import { parseAt } from "../lib/schema.js";
import { marksOf, SPLIT_ORDER, SplitOverlap } from "../lineage/split-overlap.js";
import type { Looked } from "./world-drafts.js";
import type { WorldTasks } from "./world-tasks.js";

export interface Gathered {
	/** Drafts in the file. */
	drafts: number;
	/** Those whose programs an earlier split has. */
	across: ReadonlyMap<string, DropCode>;
}

interface Gathering {
	/** Files: drafts that stay, and what was dropped. */
	drafts: string;
	dropped: string;
	tasks: WorldTasks;
	signal: AbortSignal;
	onLook: (looks: number) => void;
}

/** Writes what stays of what is looked at, and finds drafts that are in two splits. Keeps a few numbers of each, no text. */
export async function gatherDrafts(looked: AsyncIterable<Looked>, gathering: Gathering): Promise<Gathered> {
	const { tasks, signal, onLook } = gathering;
	const seen = new Set<string>();
	const overlaps = SPLIT_ORDER.map(() => new SplitOverlap());
	const dropped = await openAtomicWriter(gathering.dropped);
	const drafts = await openAtomicWriter(gathering.drafts);
	let [count, looks] = [0, 0];
	try {
		for await (const one of looked) {
			signal.throwIfAborted();
			onLook(++looks);
			const { id, code } = "dropped" in one ? { id: one.id, code: one.dropped } : judged(one, seen, tasks);
			if (code !== null) await dropped.write(`${JSON.stringify({ id, code })}\n`);
			else if (!("dropped" in one)) {
				count++;
				for (const program of ownPrograms(one)) overlaps[SPLIT_ORDER.indexOf(one.split)]?.add(marksOf(program));
				await drafts.write(`${JSON.stringify({ id, ...one })}\n`);
			}
			// A long look must not keep Ctrl-C waiting.
			if (looks % 64 === 0) await new Promise(setImmediate);
		}
		await drafts.commit();
		await dropped.commit();
	} finally {
		await drafts.discard();
		await dropped.discard();
	}
	return { drafts: count, across: await acrossSplits(gathering, overlaps) };
}

function judged(
	draft: Omit<TransitionDraft, "id">,
	seen: Set<string>,
	tasks: WorldTasks,
): { id: string; code: DropCode | null } {
	const { source, group, before, after, text } = draft;
	const id = sha256(canonicalJson([source, group, before, after, text])).slice(0, 16);
	const isSeen = seen.has(id);
	seen.add(id);
	if (isSeen) return { id, code: "duplicate" };
	if (after.trim() === "") return { id, code: "empty_state" };
	if (differInBlanksAlone(before, after)) return { id, code: "whitespace_only_change" };
	return { id, code: ownPrograms(draft).some((program) => tasks.isExcludedProgram(program)) ? "excluded_near" : null };
}

/** What a task begins with is no program that another split could have learnt. */
function ownPrograms({ source, before, after }: Pick<TransitionDraft, "source" | "before" | "after">): string[] {
	return source === "revision" || source === "commit" ? [before, after] : [after];
}

async function acrossSplits(
	{ drafts, signal }: Gathering,
	overlaps: readonly SplitOverlap[],
): Promise<Map<string, DropCode>> {
	const across = new Map<string, DropCode>();
	/** Mutants are as near to an earlier split as what they were made of. */
	const solutions = new Map<string, DropCode>();
	for await (const { value, line } of readJsonLines(drafts)) {
		signal.throwIfAborted();
		const draft = parseAt(TransitionDraft, value, `${drafts}:${line}`);
		const earlier = overlaps.slice(0, SPLIT_ORDER.indexOf(draft.split));
		if (earlier.length === 0) continue;
		const reasons = ownPrograms(draft)
			.map(marksOf)
			.flatMap((marks) => earlier.map((overlap) => overlap.reasonAgainst(marks)));
		const made = draft.source === "mutant" ? solutions.get(draft.group) : undefined;
		const reason = reasons.find((found) => found !== null) ?? made;
		if (reason === undefined) continue;
		across.set(draft.id, reason);
		if (draft.source === "solution") solutions.set(draft.group, reason);
	}
	return across;
}
