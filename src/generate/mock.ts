import { AssayError } from "../lib/errors.js";
import { newSha256 } from "../lib/hash.js";
import { type Backend, program, type RecordedCandidate } from "./backend.js";

/**
 * Stands in for a model in demonstrations and tests: right and wrong recorded candidates, mixed by seed, each kind as
 * often as a hash of the task says (2 to 7 of 10 right). The pick depends on seed, task and index alone.
 */
export const mock: Backend = {
	description: "mock: a seeded mix of right and wrong recorded candidates; no model",
	serves: (task) => task.kind === "function" && task.candidates > 0,
	countFor: async (_input, lookups, n) => ((await lookups.recordedCandidates()).length === 0 ? 0 : n),
	generate: async (input, lookups, { sampleIndex, seed }) => {
		const candidates = await lookups.recordedCandidates();
		const right = candidates.filter(isRight);
		const wrong = candidates.filter((candidate) => !isRight(candidate));
		const shareRight = 0.2 + 0.5 * fraction(seed, input.taskId, "share");
		const wantRight = fraction(seed, input.taskId, `kind ${sampleIndex}`) < shareRight;
		const pool = wrong.length === 0 || (wantRight && right.length > 0) ? right : wrong;
		const pick = pool[Math.floor(fraction(seed, input.taskId, `pick ${sampleIndex}`) * pool.length)];
		if (pick === undefined) throw new AssayError("usage", `task ${input.taskId}: it has no recorded candidates`);
		return program(pick.code, "mock");
	},
};

function isRight({ expect }: RecordedCandidate): boolean {
	return Array.isArray(expect) ? expect.every((status) => status === "accepted") : expect === "accepted";
}

/** A number in [0, 1) that depends on nothing but the arguments. */
function fraction(seed: number, taskId: string, what: string): number {
	return newSha256().update(`${seed}\0${taskId}\0${what}`).digest().readUIntBE(0, 6) / 2 ** 48;
}
