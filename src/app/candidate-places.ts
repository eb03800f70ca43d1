import type { Outcome } from "../artifacts/outcome-file.js";
import type { RolloutPlace } from "../artifacts/rollout-file.js";
import type { Status } from "../domain/verdict.js";

/** A candidate of one task, and where the rest of it is. */
export interface ComparedCandidate {
	sampleIndex: number;
	status: Status;
	place: RolloutPlace;
}

/** Where the candidates of each task are in the files that were compared. */
export class CandidatePlaces {
	readonly #sides = new Map<string, ComparedCandidate[][]>();

	add({ taskId, sampleIndex, status, place }: Outcome, set: number): void {
		const sides = this.#sides.get(taskId) ?? [];
		sides[set] ??= [];
		sides[set].push({ sampleIndex, status, place });
		this.#sides.set(taskId, sides);
	}

	/** By set, in sample order. */
	of(taskId: string, setCount: number): ComparedCandidate[][] {
		const sides = this.#sides.get(taskId) ?? [];
		return Array.from({ length: setCount }, (_, set) =>
			(sides[set] ?? []).toSorted((a, b) => a.sampleIndex - b.sampleIndex),
		);
	}
}
