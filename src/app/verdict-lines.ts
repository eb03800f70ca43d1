import { readRollouts } from "../artifacts/rollout-file.js";
import type { Verdict } from "../domain/verdict.js";

/** One line of `assay verify --out`. */
export function verdictLine(verdict: Verdict): string {
	const { taskId, sampleIndex, status, passed, total, phase, message } = verdict;
	const { cpuTimeMs, wallTimeMs, peakMemoryBytes, flags, sandbox } = verdict;
	const measured = { cpuTimeMs, wallTimeMs, peakMemoryBytes, flags, sandbox };
	return `${JSON.stringify({ taskId, sampleIndex, status, passed, total, phase, message, ...measured })}\n`;
}

/**
 * The lines of a finished run in the order of `keys`. Rollouts lie in the order in which they ended, which is nearly the
 * same, so that few of them wait in memory for their turn.
 */
export async function* linesInOrder(
	rolloutsPath: string,
	keys: AsyncIterable<{ task: { id: string }; sampleIndex: number }>,
): AsyncGenerator<string> {
	const waiting = new Map<string, string>();
	const rollouts = readRollouts(rolloutsPath);
	try {
		for await (const { task, sampleIndex } of keys) {
			const key = keyOf(task.id, sampleIndex);
			let line = waiting.get(key);
			while (line === undefined) {
				const next = await rollouts.next();
				if (next.done === true) throw new Error(`${rolloutsPath}: no rollout of sample ${sampleIndex} of ${task.id}`);
				const { candidate, verdict } = next.value.rollout;
				waiting.set(keyOf(candidate.taskId, candidate.sampleIndex), verdictLine(verdict));
				line = waiting.get(key);
			}
			waiting.delete(key);
			yield line;
		}
	} finally {
		await rollouts.return(undefined);
	}
}

function keyOf(taskId: string, sampleIndex: number): string {
	return JSON.stringify([taskId, sampleIndex]);
}
