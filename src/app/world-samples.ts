import { basename } from "node:path";
import { type RolloutPlace, readRollout, readRollouts } from "../artifacts/rollout-file.js";
import { bySample, type Rollout } from "../domain/run.js";
import type { RunInputs } from "./run-inputs.js";
import { draftOf, type Looked } from "./world-drafts.js";
import type { WorldTasks } from "./world-tasks.js";

/**
 * Of each judged candidate of a run what its task begins with, and its program: by task and sample, whichever was judged
 * first, so that the same candidates give the same data.
 */
export async function* draftsOfRun(
	tasks: WorldTasks,
	{ runId, rollouts }: { runId: string; rollouts: string },
): AsyncGenerator<Looked> {
	for await (const rollout of rolloutsBySample(rollouts)) {
		const { candidate, verdict } = rollout;
		const { taskId, code, sampleIndex, model, backend } = candidate;
		const id = `${runId} ${taskId} ${sampleIndex}`;
		const known = tasks.get(taskId);
		if (known === null) yield { dropped: tasks.reasonAgainst(taskId) ?? "unknown_task", id };
		else if (code === null) yield { dropped: "no_program", id };
		else if (verdict.status === "judge_error") yield { dropped: "judge_error", id };
		else {
			const recorded = verdict.status === "accepted" ? "accepted" : "rejected";
			yield draftOf(known, { source: "sample", after: code, generator: model ?? backend, recorded });
		}
	}
}

async function* rolloutsBySample(path: string): AsyncGenerator<Rollout> {
	const found: { taskId: string; sampleIndex: number; place: RolloutPlace }[] = [];
	for await (const { rollout, place } of readRollouts(path)) {
		const { taskId, sampleIndex } = rollout.candidate;
		found.push({ taskId, sampleIndex, place });
	}
	found.sort(bySample);
	for (const { place } of found) yield await readRollout(path, place);
}

/** Of each sample in a file, which nobody has judged, the same. */
export async function* draftsOfSamples(tasks: WorldTasks, path: string, inputs: RunInputs): AsyncGenerator<Looked> {
	const generator = basename(path).replace(/\.jsonl(\.gz)?$/, "");
	for await (const sample of inputs.samples(path, (taskId) => tasks.reasonAgainst(taskId) !== "unknown_task")) {
		const { taskId, sampleIndex, completion, solution } = sample;
		const id = `${generator} ${taskId} ${sampleIndex}`;
		const known = tasks.get(taskId);
		if (known === null) {
			yield { dropped: tasks.reasonAgainst(taskId) ?? "unknown_task", id };
			continue;
		}
		const { code } = inputs.extract(known.task, { completion, solution });
		if (code === null) yield { dropped: "no_program", id };
		else yield draftOf(known, { source: "sample", after: code, generator });
	}
}
