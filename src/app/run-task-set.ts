import type { RunPlan } from "../artifacts/run-plan.js";
import type { Task } from "../domain/task.js";
import { canonicalJson, sha256 } from "../lib/hash.js";

/** What a run has to remember of its tasks as a whole, gathered while they stream by. */
export class TaskSet {
	readonly #hashes: string[] = [];
	readonly #notes = new Map<string | null, number>();

	add(task: Task): void {
		this.#hashes.push(sha256(canonicalJson(identityOf(task))));
		this.#notes.set(task.contamination, (this.#notes.get(task.contamination) ?? 0) + 1);
	}

	get count(): number {
		return this.#hashes.length;
	}

	/** Equal for equal tasks in any order, wherever their files are. */
	fingerprint(): string {
		return sha256(this.#hashes.toSorted().join("\n"));
	}

	contamination(): RunPlan["contamination"] {
		return [...this.#notes].map(([note, tasks]) => ({ note, tasks }));
	}
}

/** What decides prompts and verdicts; paths and remarks do not. */
function identityOf(task: Task): unknown {
	const { id, kind, language, limits } = task;
	if (task.kind === "repository") {
		const tests = task.tests.map((test) =>
			test.kind === "command" ? { ...test, files: Object.keys(test.files) } : test,
		);
		return {
			id,
			kind,
			language,
			limits,
			tests,
			prompt: task.instruction,
			compile: task.compile,
			backend: task.backend,
		};
	}
	const { tests, prompt, starterCode, entryPoint, completionMode, testPrelude, harness } = task;
	return { id, kind, language, limits, tests, prompt, starterCode, entryPoint, completionMode, testPrelude, harness };
}
