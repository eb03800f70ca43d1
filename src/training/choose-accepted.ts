import type { LeftOut } from "../domain/training-data.js";
import { seededRandom } from "../lib/seeded-random.js";
import { type Choice, selectDistinct } from "./select-candidates.js";

export interface AcceptedOptions {
	/** Examples of one task at most; null: any number. */
	perTask: number | null;
	/** Sources from this one on are earlier ones; what they alone hold is replay. */
	earlierFrom: number;
	/** Of all examples, those from earlier sources at most; 1: as many as there are. */
	replayShare: number;
	seed: number;
}

export interface Accepted {
	/** By task, in the order of sources and samples. */
	of: ReadonlyMap<string, readonly Choice[]>;
	/** From earlier sources: how many there were to draw from, and how many were drawn. */
	replay: { available: number; examples: number };
	leftOut: Pick<Record<LeftOut, number>, "notAccepted" | "duplicate" | "overCap" | "notReplayed">;
}

/**
 * The accepted programs to learn from: of a task each program once, new ones before earlier ones, `perTask` at most. With
 * F new examples at most F * share / (1 - share) earlier ones are drawn, all alike likely, by the seed alone.
 */
export function chooseAccepted(choices: ReadonlyMap<string, readonly Choice[]>, options: AcceptedOptions): Accepted {
	const { perTask, earlierFrom, replayShare, seed } = options;
	const leftOut = { notAccepted: 0, duplicate: 0, overCap: 0, notReplayed: 0 };
	const chosen = new Map<string, Choice[]>();
	for (const taskId of [...choices.keys()].sort()) {
		const all = choices.get(taskId) ?? [];
		const accepted = all.filter(({ status }) => status === "accepted");
		const selected = selectDistinct(accepted, perTask);
		leftOut.notAccepted += all.length - accepted.length;
		leftOut.duplicate += selected.duplicates;
		leftOut.overCap += selected.overCap;
		chosen.set(taskId, selected.chosen);
	}
	const isEarlier = ({ source }: Choice) => source >= earlierFrom;
	const flat = [...chosen.values()].flat();
	const earlier = flat.filter(isEarlier);
	const fresh = flat.length - earlier.length;
	const room = replayShare < 1 ? Math.floor((fresh * replayShare) / (1 - replayShare)) : earlier.length;
	const drawn = new Set(draw(earlier, room, seed));
	leftOut.notReplayed = earlier.length - drawn.size;
	const of = new Map<string, readonly Choice[]>();
	for (const [taskId, own] of chosen) {
		of.set(
			taskId,
			own.filter((choice) => !isEarlier(choice) || drawn.has(choice)),
		);
	}
	return { of, replay: { available: earlier.length, examples: drawn.size }, leftOut };
}

/** The first `count` of a shuffled list (Fisher and Yates). */
function draw<T>(items: readonly T[], count: number, seed: number): T[] {
	const random = seededRandom(seed);
	const left = [...items];
	const drawn: T[] = [];
	while (drawn.length < count && left.length > 0) {
		const [item] = left.splice(Math.floor(random() * left.length), 1);
		if (item !== undefined) drawn.push(item);
	}
	return drawn;
}
