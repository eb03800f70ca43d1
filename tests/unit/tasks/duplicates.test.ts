import { describe, expect, test } from "vitest";
import { codeTokens } from "../../../src/languages/code-tokens.js";
import { createDuplicateIndex, type Duplicate } from "../../../src/tasks/duplicates.js";
import { openTasks } from "../../../src/tasks/open-tasks.js";
import { jaccard, similarPairs } from "../../../src/tasks/similar-sets.js";
import { ADD, collect, fileWith, jsonLines } from "./files.js";

const BINARY_SEARCH = `def find(values, wanted):
    """Position of wanted."""
    low, high = 0, len(values)
    while low < high:  # halve
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low if low < len(values) and values[low] == wanted else -1
`;
const RENAMED = BINARY_SEARCH.replaceAll("low", "i")
	.replaceAll("high", "j")
	.replaceAll("values", "xs")
	.replace('    """Position of wanted."""\n', "")
	.replace("  # halve", "");

async function duplicatesOf(...records: Record<string, unknown>[]): Promise<Duplicate[]> {
	const index = createDuplicateIndex();
	for (const task of await collect(openTasks(fileWith("t.jsonl", jsonLines(...records))))) index.add(task, task.split);
	return index.duplicates();
}

describe("duplicates", () => {
	test("are exact when only white space, comments and chosen names differ", async () => {
		const found = await duplicatesOf(
			{ ...ADD, id: "a", prompt: "Find a value in a sorted list by halving.", reference: BINARY_SEARCH },
			{
				...ADD,
				id: "b",
				prompt: "Where does the number stand? Answer -1 when it does not.",
				reference: RENAMED,
				split: "dev",
			},
		);
		expect(found).toMatchObject([
			{ taskId: "b", otherId: "a", kind: "exact", part: "solution", similarity: 1, split: "dev", otherSplit: "train" },
		]);
	});

	test("of a large group are one a task, not one a pair", async () => {
		const group = Array.from({ length: 300 }, (_, index) => ({ ...ADD, id: `t${index}` }));
		const found = await duplicatesOf(...group);
		expect(found).toHaveLength(299);
		expect(new Set(found.map(({ otherId }) => otherId))).toEqual(new Set(["t0"]));
	});

	test("are near when a prompt is reworded a little", async () => {
		const prompt =
			"Write a function that returns the largest sum of any run of neighbouring numbers in a list of whole numbers, zero if empty.";
		const found = await duplicatesOf(
			{ ...ADD, id: "a", prompt },
			{ ...ADD, id: "b", prompt: prompt.replace("if empty", "if it is empty") },
			{ ...ADD, id: "c", prompt: "Turn a roman numeral into a number." },
		);
		expect(found).toMatchObject([{ taskId: "b", otherId: "a", kind: "near", part: "prompt" }]);
	});

	test("are not seen in short solutions, which are all alike", async () => {
		const found = await duplicatesOf(
			{ ...ADD, id: "a", prompt: "Add." },
			{ ...ADD, id: "b", prompt: "Join two texts.", reference: "def join(x, y):\n    return x + y\n" },
		);
		expect(found).toEqual([]);
	});

	test("are looked for beside MBPP's tests, not in them", async () => {
		const record = (task_id: number, name: string, result: number) => ({
			task_id,
			text: "Write a function to find the largest of some numbers.",
			code: `def ${name}(xs): return max(xs)`,
			test_list: [1, 2, 3].map((n) => `assert ${name}([${n * result}, 0]) == ${n * result}`),
		});
		expect(await duplicatesOf(record(1, "largest", 7), record(2, "biggest", 11))).toMatchObject([
			{ taskId: "MBPP/2", otherId: "MBPP/1", kind: "exact", part: "prompt" },
		]);
	});
});

test("tokens of a program have neither comments nor docstrings nor chosen names", () => {
	expect(codeTokens("def f(x):  # why\n    '''What.'''\n    return x + len('a')\n")).toEqual([
		"def",
		"x",
		"(",
		"x",
		")",
		":",
		"return",
		"x",
		"+",
		"len",
		"(",
		'"a"',
		")",
	]);
});

describe("pairs of similar sets", () => {
	test("are exactly those that comparing each with each finds", () => {
		let state = 1;
		const random = (below: number): number => {
			state = (state * 48_271) % 2_147_483_647;
			return state % below;
		};
		const sets = Array.from({ length: 150 }, () =>
			Int32Array.from(new Set(Array.from({ length: 3 + random(12) }, () => random(18)))).sort(),
		);
		for (const threshold of [0.3, 0.5, 0.8, 1]) {
			const expected = sets.flatMap((a, first) =>
				sets.flatMap((b, second) => (first < second && jaccard(a, b) >= threshold ? [`${first} ${second}`] : [])),
			);
			const found = [...similarPairs(sets, threshold)].map(({ first, second }) => `${first} ${second}`);
			expect(found.sort()).toEqual(expected.sort());
		}
	});
});
