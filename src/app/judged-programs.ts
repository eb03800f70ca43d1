import { type RolloutPlace, readRollout } from "../artifacts/rollout-file.js";
import type { Sameness } from "../domain/choices.js";
import type { Behaviour, Candidate } from "../domain/run.js";
import type { Task } from "../domain/task.js";
import type { Verdict } from "../domain/verdict.js";
import { programKey } from "../languages/equal-programs.js";
import { sha256 } from "../lib/hash.js";
import { staticFlags } from "../verify/static-flags.js";

/** What judging a program gives. */
export interface Judgement {
	verdict: Verdict;
	/** As in the rollout. */
	behaviour: Behaviour | null;
}

export interface Judged extends Judgement {
	/** The sample of the task whose verdict this is, its program being the same; null: it was judged itself. */
	sameAs: number | null;
}

interface Known {
	sampleIndex: number;
	/** A place: an earlier start of the run judged it, and its rollout holds the verdict. */
	judgement: Promise<Judgement> | RolloutPlace;
}

/** Remembers which programs of a task have a verdict, so that none is judged twice. Equality is within a task. */
export class JudgedPrograms {
	readonly #sameness: Sameness;
	readonly #rollouts: string;
	readonly #tasks = new Map<string, Map<string, Known>>();

	/** `rollouts`: the file of the run. */
	constructor(sameness: Sameness, rollouts: string) {
		this.#sameness = sameness;
		this.#rollouts = rollouts;
	}

	/** A candidate that an earlier start of the run judged itself. Where it is no Python it is judged again. */
	recall({ taskId, sampleIndex, code }: Candidate, place: RolloutPlace): void {
		if (code !== null)
			this.#of(taskId).set(programKey(code, { sameness: this.#sameness }), { sampleIndex, judgement: place });
	}

	/** The verdict and the answers of an equal program, or what `judge` says. A program that could not be judged is nobody's model. */
	async judgementOf(task: Task, candidate: Candidate, judge: () => Promise<Judgement>): Promise<Judged> {
		const { code, sampleIndex } = candidate;
		if (code === null) return { ...(await judge()), sameAs: null };
		const programs = this.#of(task.id);
		const key = programKey(code, {
			sameness: this.#sameness,
			language: task.kind === "function" ? task.language : "diff",
		});
		const known = programs.get(key);
		if (known !== undefined) {
			const twin = await this.#judgementOf(known);
			if (twin !== null && twin.verdict.status !== "judge_error") {
				return { ...twin, verdict: ofTwin(twin.verdict, task, sampleIndex, code), sameAs: known.sampleIndex };
			}
		}
		const judgement = judge();
		programs.set(key, { sampleIndex, judgement });
		return { ...(await judgement), sameAs: null };
	}

	/** No more candidates of the task will come. */
	forget(taskId: string): void {
		this.#tasks.delete(taskId);
	}

	async #judgementOf({ judgement }: Known): Promise<Judgement | null> {
		if (!("offset" in judgement)) return await judgement.catch(() => null);
		const { verdict, behaviour } = await readRollout(this.#rollouts, judgement);
		return { verdict, behaviour };
	}

	#of(taskId: string): Map<string, Known> {
		const known = this.#tasks.get(taskId) ?? new Map<string, Known>();
		this.#tasks.set(taskId, known);
		return known;
	}
}

/** The same verdict, said of another text: lines are elsewhere in it, and what its source shows is its own. */
function ofTwin(verdict: Verdict, task: Task, sampleIndex: number, code: string): Verdict {
	return {
		...verdict,
		sampleIndex,
		line: null,
		cached: false,
		retries: 0,
		flags: task.kind === "function" ? staticFlags(task, code) : verdict.flags,
		codeSha256: sha256(code),
	};
}
