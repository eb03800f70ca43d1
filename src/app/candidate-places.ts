import type { RolloutPlace } from "../artifacts/rollout-file.js";
import type { Status } from "../domain/verdict.js";

/** A candidate of one task, and where the rest of it is. */
export interface ComparedCandidate {
	sampleIndex: number;
	status: Status;
	place: RolloutPlace;
}

/** Where the candidates of each task are in the files that were compared: by set, then by task. */
export class CandidatePlaces {
	readonly #sides: ReadonlyMap<string, readonly ComparedCandidate[]>[] = [];

	add(side: ReadonlyMap<string, readonly ComparedCandidate[]>, set: number): void {
		this.#sides[set] = side;
	}

	/** By set, in sample order. */
	of(taskId: string, setCount: number): ComparedCandidate[][] {
		return Array.from({ length: setCount }, (_, set) =>
			(this.#sides[set]?.get(taskId) ?? []).toSorted((a, b) => a.sampleIndex - b.sampleIndex),
		);
	}
}
