import type { RolloutPlace } from "./rollout-file.js";

export interface FinishedCandidate extends RolloutPlace {
	/** Whether the log already tells of it: a program killed between the rollout and its events leaves false. */
	verdictLogged: boolean;
	rewardLogged: boolean;
}

/** Which candidates of a run have a whole rollout on disk, and where. */
export class FinishedCandidates {
	readonly #byTask = new Map<string, Map<number, FinishedCandidate>>();
	#count = 0;

	get count(): number {
		return this.#count;
	}

	get(taskId: string, sampleIndex: number): FinishedCandidate | null {
		return this.#byTask.get(taskId)?.get(sampleIndex) ?? null;
	}

	/** Those that the log does not tell of (wholly). */
	*unlogged(): Generator<{ taskId: string; sampleIndex: number; candidate: FinishedCandidate }> {
		for (const [taskId, samples] of this.#byTask) {
			for (const [sampleIndex, candidate] of samples) {
				if (!candidate.verdictLogged || !candidate.rewardLogged) yield { taskId, sampleIndex, candidate };
			}
		}
	}

	/** false: the candidate is there already, and its first rollout counts. */
	add(taskId: string, sampleIndex: number, place: RolloutPlace): boolean {
		const task = this.#byTask.get(taskId) ?? new Map<number, FinishedCandidate>();
		this.#byTask.set(taskId, task);
		if (task.has(sampleIndex)) return false;
		task.set(sampleIndex, { ...place, verdictLogged: false, rewardLogged: false });
		this.#count++;
		return true;
	}
}
