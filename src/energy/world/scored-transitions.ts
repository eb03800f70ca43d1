import type { Transition } from "../../domain/transition.js";
import { sha256 } from "../../lib/hash.js";
import { seededRandom } from "../../lib/seeded-random.js";
import type { EncodedProgram } from "./encoding-cache.js";
import type { ActionInput, StateInput } from "./messages.js";
import { NO_ACTION, type WorldModel } from "./world-model.js";

/** How a transition is acted upon: as it was, by its words or edit operations alone, by nothing, by another group's words. */
export const ACTION_VARIANTS = ["text", "operations", "text and operations", "no action", "shuffled action"] as const;
export type ActionVariant = (typeof ACTION_VARIANTS)[number];

export interface ScoredTransition extends Pick<Transition, "id" | "group" | "source" | "label" | "mutations"> {
	/** Equal where the state before and the words are. */
	question: string;
	before: EncodedProgram;
	after: EncodedProgram;
	/** Texts of both, for baselines that learn nothing. */
	texts: { before: string; action: string; after: string };
	predicted: Readonly<Record<ActionVariant, Float32Array>>;
}

interface Options {
	seed: number;
	signal: AbortSignal;
	onProgress?: (done: number, total: number) => void;
}

const AT_ONCE = 128;

/** Vectors of transitions, in their order. Words are shuffled between groups, by the seed alone. */
export async function scoreTransitions(
	model: WorldModel,
	transitions: readonly Transition[],
	{ seed, signal, onProgress }: Options,
): Promise<ScoredTransition[]> {
	const others = otherActions(transitions, seed);
	const scored: ScoredTransition[] = [];
	for (let from = 0; from < transitions.length; from += AT_ONCE) {
		const chunk = transitions.slice(from, from + AT_ONCE);
		const programs = await model.encode(
			chunk.flatMap(({ before, after }) => [stateOf(before), stateOf(after)]),
			{ signal },
		);
		const pairs = chunk.flatMap((transition, i) => {
			const state = programs[2 * i]?.state ?? new Float32Array();
			return variantsOf(transition, others[from + i] ?? NO_ACTION).map((action) => ({ state, action }));
		});
		const predicted = await model.predict(pairs, { signal });
		for (const [i, transition] of chunk.entries()) {
			const [before, after] = [programs[2 * i], programs[2 * i + 1]];
			const own = predicted.slice(i * ACTION_VARIANTS.length, (i + 1) * ACTION_VARIANTS.length);
			const [text, operations, both, none, shuffled] = own;
			if (!before || !after || !text || !operations || !both || !none || !shuffled) continue;
			const { id, group, source, label, mutations, action } = transition;
			scored.push({
				id,
				group,
				source,
				label,
				mutations,
				question: sha256(`${transition.before.code}\0${action.text}`).slice(0, 16),
				before,
				after,
				texts: { before: transition.before.code, action: action.text, after: transition.after.code },
				predicted: {
					text,
					operations,
					"text and operations": both,
					"no action": none,
					"shuffled action": shuffled,
				},
			});
		}
		onProgress?.(scored.length, transitions.length);
	}
	return scored;
}

export function stateOf({ code, entryPoint, facts, unbound }: Transition["before"]): StateInput {
	return { code, entryPoint, known: { facts, unbound }, hidden: null };
}

/** In the order of `ACTION_VARIANTS`. */
function variantsOf({ action, after }: Transition, other: ActionInput): ActionInput[] {
	const text = { text: action.text, entryPoint: after.entryPoint, operations: [] };
	const { operations } = action;
	return [text, { ...NO_ACTION, operations }, { ...text, operations }, NO_ACTION, other];
}

/** Of each transition the words of one of another group, where there is another. */
function otherActions(transitions: readonly Transition[], seed: number): (ActionInput | null)[] {
	const random = seededRandom(seed);
	const order = transitions.map((_, i) => ({ i, at: random() })).sort((a, b) => a.at - b.at);
	const others: (ActionInput | null)[] = transitions.map(() => null);
	for (const [place, { i }] of order.entries()) {
		for (let step = 1; step < order.length; step++) {
			const other = transitions[order[(place + step) % order.length]?.i ?? i];
			if (other === undefined || other.group === transitions[i]?.group) continue;
			others[i] = { text: other.action.text, entryPoint: other.after.entryPoint, operations: [] };
			break;
		}
	}
	return others;
}
