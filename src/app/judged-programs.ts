import { type RolloutPlace, readRollout } from "../artifacts/rollout-file.js";
import type { Sameness } from "../domain/choices.js";
import type { Candidate } from "../domain/run.js";
import type { Task } from "../domain/task.js";
import type { Verdict } from "../domain/verdict.js";
import { sha256 } from "../lib/hash.js";
import { programForm } from "../tasks/program-form.js";
import { staticFlags } from "../verify/static-flags.js";
import { normalisedSource } from "../verify/verdict-cache.js";

export interface Judged {
	verdict: Verdict;
	/** The sample of the task whose verdict this is, its program being the same; null: it was judged itself. */
	sameAs: number | null;
}

interface Known {
	sampleIndex: number;
	/** A place: an earlier start of the run judged it, and its rollout holds the verdict. */
	verdict: Promise<Verdict> | RolloutPlace;
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
		if (code !== null) this.#of(taskId).set(this.#keyOf(code, "python"), { sampleIndex, verdict: place });
	}

	/** The verdict of an equal program, or what `judge` says. A program that could not be judged is nobody's model. */
	async verdictOf(task: Task, candidate: Candidate, judge: () => Promise<Verdict>): Promise<Judged> {
		const { code, sampleIndex } = candidate;
		if (code === null) return { verdict: await judge(), sameAs: null };
		const programs = this.#of(task.id);
		const key = this.#keyOf(code, task.kind === "function" ? task.language : "diff");
		const known = programs.get(key);
		if (known !== undefined) {
			const verdict = await this.#verdictOf(known);
			if (verdict !== null && verdict.status !== "judge_error") {
				return { verdict: ofTwin(verdict, task, sampleIndex, code), sameAs: known.sampleIndex };
			}
		}
		const verdict = judge();
		programs.set(key, { sampleIndex, verdict });
		return { verdict: await verdict, sameAs: null };
	}

	/** No more candidates of the task will come. */
	forget(taskId: string): void {
		this.#tasks.delete(taskId);
	}

	async #verdictOf({ verdict }: Known): Promise<Verdict | null> {
		if ("offset" in verdict) return (await readRollout(this.#rollouts, verdict)).verdict;
		return await verdict.catch(() => null);
	}

	#of(taskId: string): Map<string, Known> {
		const known = this.#tasks.get(taskId) ?? new Map<string, Known>();
		this.#tasks.set(taskId, known);
		return known;
	}

	#keyOf(code: string, language: string): string {
		return sha256(programKey(code, language, this.#sameness)).slice(0, 32);
	}
}

/** Equal for programs that are the same; those that cannot be told to be are, when their texts are. */
function programKey(code: string, language: string, sameness: Sameness): string {
	const form = language === "python" ? programForm(code, sameness) : null;
	return form === null ? `text ${normalisedSource(code)}` : `tree ${form}`;
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
