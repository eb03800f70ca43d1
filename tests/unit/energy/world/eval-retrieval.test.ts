import { describe, expect, test } from "vitest";
import { retrievalReport } from "../../../../src/energy/world/eval-retrieval.js";
import type { ScoredTransition } from "../../../../src/energy/world/scored-transitions.js";

const far = Float32Array.of(9, 9);

/** By its text the model foretells `predicted`, by anything else what lies far off. */
function transition(
	id: string,
	group: string,
	after: { text: string; at: Float32Array },
	rest: Partial<ScoredTransition> & { predicted: ScoredTransition["predicted"] },
): ScoredTransition {
	return {
		id,
		group,
		source: "solution",
		label: "accepted",
		mutations: [],
		question: id,
		before: { state: far, target: far, facts: far },
		after: { state: after.at, target: after.at, facts: far },
		texts: { before: "", action: "", after: after.text },
		...rest,
	};
}

const foretelling = (text: Float32Array): ScoredTransition["predicted"] => ({
	text,
	operations: far,
	"text and operations": far,
	"no action": far,
	"shuffled action": far,
});

const pause = (): Promise<void> => Promise.resolve();
const options = { maxCandidates: 10, maxHardNegatives: 10, pause };

describe("retrieval", () => {
	const add = { text: "add", at: Float32Array.of(0, 0) };
	const join = { text: "join", at: Float32Array.of(5, 0) };

	test("looks for an answer that two questions share where it stands once, and no tie with itself", async () => {
		const report = await retrievalReport(
			[
				transition("start", "a", add, { predicted: foretelling(add.at) }),
				transition("step", "a", add, { predicted: foretelling(add.at) }),
				transition("other", "b", join, { predicted: foretelling(join.at) }),
			],
			options,
		);
		expect(report).toMatchObject({ queries: 3, groups: 2, candidates: 2, hardNegatives: 0 });
		expect(report?.rows.find(({ query }) => query === "text")?.mrr.value).toBe(1);
	});

	test("has rejected programs of the same groups beside the answers, each once, and asks for none of them", async () => {
		const wrong = { text: "wrong", at: Float32Array.of(0, 1) };
		const rejected = { label: "rejected" as const, predicted: foretelling(far) };
		const report = await retrievalReport(
			[
				transition("start", "a", add, { predicted: foretelling(wrong.at) }),
				transition("bad", "a", wrong, rejected),
				transition("as bad", "a", wrong, rejected),
				transition("elsewhere", "c", { text: "c", at: far }, rejected),
				transition("other", "b", join, { predicted: foretelling(join.at) }),
			],
			options,
		);
		expect(report).toMatchObject({ queries: 2, candidates: 3, hardNegatives: 1 });
		expect(report?.rows.find(({ query }) => query === "text")?.mrr.value).toBe(0.75);
	});
});
