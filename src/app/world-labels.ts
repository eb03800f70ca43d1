import { z } from "zod";
import { openAppendFile } from "../artifacts/append-file.js";
import { isJson } from "../artifacts/rollout-file.js";
import { scanLines } from "../artifacts/scan-lines.js";
import { programCandidate } from "../domain/run.js";
import { TRANSITION_LABELS, type TransitionDraft, type TransitionLabel } from "../domain/transition.js";
import { sha256 } from "../lib/hash.js";
import type { Verifier } from "../verify/verifier.js";
import type { WorldTasks } from "./world-tasks.js";

const OUTCOMES = [...TRANSITION_LABELS, "unstable", "judge_error"] as const;
const Outcome = z.strictObject({ key: z.string(), outcome: z.enum(OUTCOMES) });
/** What two runs of a program say together. */
export type LabelOutcome = (typeof OUTCOMES)[number];

/** Outcomes of programs, in a file that only grows: a build that was killed goes on with what is there. */
export class WorldLabels {
	readonly #path: string;
	readonly #tasks: WorldTasks;
	readonly #known = new Map<string, LabelOutcome>();

	private constructor(path: string, tasks: WorldTasks) {
		this.#path = path;
		this.#tasks = tasks;
	}

	static async open(path: string, tasks: WorldTasks): Promise<WorldLabels> {
		const labels = new WorldLabels(path, tasks);
		for await (const { bytes } of scanLines(path)) {
			const outcome = isJson(bytes) ? Outcome.safeParse(JSON.parse(bytes.toString("utf8"))) : null;
			if (outcome?.success) labels.#known.set(outcome.data.key, outcome.data.outcome);
		}
		return labels;
	}

	/** null: nothing is run. */
	of(draft: TransitionDraft): LabelOutcome | null {
		return draft.label === null ? null : (this.#known.get(this.#keyOf(draft)) ?? "judge_error");
	}

	/** Runs every program that has no outcome yet. Judge errors are not kept: the next build tries again. */
	async add(
		drafts: AsyncIterable<TransitionDraft>,
		{ verifier, signal, onProgress }: { verifier: Verifier; signal: AbortSignal; onProgress: () => void },
	): Promise<void> {
		const file = openAppendFile(this.#path);
		const running = new Map<string, Promise<void>>();
		// A line that was cut by a kill ends here.
		file.append(Buffer.from("\n"));
		try {
			for await (const draft of drafts) {
				signal.throwIfAborted();
				const key = this.#keyOf(draft);
				if (draft.label === null || this.#known.has(key) || running.has(key)) {
					onProgress();
					continue;
				}
				const work = this.#outcomeOf(draft, verifier, signal)
					.then((outcome) => {
						this.#known.set(key, outcome);
						if (outcome !== "judge_error") file.append(Buffer.from(`${JSON.stringify({ key, outcome })}\n`));
						onProgress();
					})
					.finally(() => running.delete(key));
				running.set(key, work);
				if (running.size >= verifier.concurrency * 2) await Promise.race(running.values());
			}
			await Promise.all(running.values());
		} finally {
			await Promise.allSettled(running.values());
			file.close();
		}
	}

	async #outcomeOf({ label, after }: TransitionDraft, verifier: Verifier, signal: AbortSignal): Promise<LabelOutcome> {
		const task = label === null ? undefined : this.#tasks.get(label.task)?.task;
		if (label === null || task === undefined) return "judge_error";
		const judge = async (): Promise<TransitionLabel | "judge_error"> => {
			const candidate = programCandidate(task.id, 0, "world", after);
			const { status } = await verifier.verify(task, candidate, { gate: true, signal });
			return status === "judge_error" ? status : status === "accepted" ? "accepted" : "rejected";
		};
		const first = label.recorded ?? (await judge());
		const second = await judge();
		if (first === "judge_error" || second === "judge_error") return "judge_error";
		return first === second ? first : "unstable";
	}

	#keyOf({ label, after }: TransitionDraft): string {
		const content = this.#tasks.get(label?.task ?? "")?.contentSha256;
		return sha256(`${content}\n${label?.recorded ?? "twice"}\n${after}`).slice(0, 24);
	}
}
