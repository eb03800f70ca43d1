import { AssayError } from "../lib/errors.js";
import { type Backend, program } from "./backend.js";

/** Recorded candidates in their order, or the samples of a file. */
export const recorded: Backend = {
	description: "recorded candidates of the task, or the samples of a file (--samples)",
	serves: (task) => task.kind === "function" && task.candidates > 0,
	countFor: async (_input, lookups, n) => {
		const available = lookups.samples === null ? (await lookups.recordedCandidates()).length : lookups.samples.count();
		return Math.min(n, available);
	},
	generate: async (input, lookups, { sampleIndex }) => {
		if (lookups.samples !== null) {
			return { ...(await lookups.samples.at(sampleIndex)), model: null, generation: null };
		}
		const candidate = (await lookups.recordedCandidates())[sampleIndex];
		if (candidate === undefined) {
			throw new AssayError("usage", `task ${input.taskId}: it has no recorded candidate ${sampleIndex}`);
		}
		return program(candidate.code);
	},
};
