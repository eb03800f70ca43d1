import { type CandidateFacts, type CandidateInput, candidateFacts } from "../../../src/energy/candidate-facts.js";
import { type Group, groupOf } from "../../../src/energy/group.js";
import { readProgram } from "../../../src/energy/read-program.js";
import { similarities } from "../../../src/energy/similarity.js";

const TASK = {
	id: "t",
	entryPoint: "total",
	prompt: "Return the total of all positive numbers in a list.",
	starterCode: "def total(xs):\n",
};

export function candidate(body: string | null, given: Partial<CandidateInput> = {}): CandidateFacts {
	const completion = body ?? "";
	return candidateFacts(TASK, {
		sampleIndex: 0,
		completion,
		program: body === null ? null : readProgram(TASK.starterCode + body, TASK.entryPoint),
		accepted: false,
		logprob: null,
		publicPassed: 0,
		observed: null,
		world: null,
		...given,
	});
}

export function group(candidates: readonly CandidateFacts[]): Group {
	const matrix = similarities(candidates.map(({ bigrams }) => bigrams));
	return groupOf(candidates, (i, j) => matrix[i * candidates.length + j] ?? 0);
}
