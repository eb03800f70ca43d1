import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSamples } from "../../../src/tasks/samples.js";
import { collect, fileWith, folderWith, jsonLines } from "./files.js";

describe("samples from JSONL", () => {
	test("count up within their task, unless they say their index", async () => {
		const path = fileWith(
			"s.jsonl",
			jsonLines(
				{ task_id: "a", completion: "1" },
				{ task_id: "b", solution: "2" },
				{ task_id: "a", completion: "3", result: { ok: true } },
				{ task_id: "a", completion: "4", sample_index: 9 },
				{ task_id: "a", completion: "5" },
				{ task_id: 7, completion: "6" },
			),
		);
		expect(await collect(openSamples(path))).toEqual([
			{ taskId: "a", sampleIndex: 0, completion: "1", solution: null, place: `${path}:1` },
			{ taskId: "b", sampleIndex: 0, completion: "2", solution: "2", place: `${path}:2` },
			{ taskId: "a", sampleIndex: 1, completion: "3", solution: null, place: `${path}:3` },
			{ taskId: "a", sampleIndex: 9, completion: "4", solution: null, place: `${path}:4` },
			{ taskId: "a", sampleIndex: 2, completion: "5", solution: null, place: `${path}:5` },
			{ taskId: "MBPP/7", sampleIndex: 0, completion: "6", solution: null, place: `${path}:6` },
		]);
	});

	test.each([
		["a wrong type", { task_id: "a", completion: ["x"] }, /:1: field completion: expected string/],
		["no text", { task_id: "a" }, /:1: field completion: missing, and there is no solution/],
		["no task", { completion: "x" }, /:1: field task_id: missing/],
		[
			"a wrong index",
			{ task_id: "a", completion: "x", sample_index: -1 },
			/:1: field sample_index: expected number to be >=0, received -1/,
		],
		["no object", [1], /:1: expected object/],
		["a broken rollout", { schema: "assay.rollout.v1", runId: "r" }, /:1: field candidate: missing/],
	])("with %s are refused", async (_name, record, message) => {
		await expect(collect(openSamples(fileWith("s.jsonl", jsonLines(record))))).rejects.toThrow(message);
	});

	test("that repeat an index are refused", async () => {
		const twice = jsonLines({ task_id: "a", completion: "x" }, { task_id: "a", completion: "y", sample_index: 0 });
		await expect(collect(openSamples(fileWith("s.jsonl", twice)))).rejects.toThrow(
			/:2: field sample_index: sample 0 of task "a" is there already$/,
		);
	});

	test("must be there", async () => {
		await expect(collect(openSamples(fileWith("s.jsonl", "")))).rejects.toThrow(/holds no sample$/);
		await expect(collect(openSamples("/nowhere"))).rejects.toThrow(/no such file or folder$/);
	});
});

describe("samples from a folder", () => {
	test("are <task>.py or <task>/<n>.py, in natural order; other files do not count", async () => {
		const folder = folderWith({
			"a/10.py": "ten",
			"a/2.py": "two",
			"b.py": "b",
			"README.md": "",
			".git/x.py": "",
			"__pycache__/c.py": "",
		});
		expect(await collect(openSamples(folder))).toEqual([
			{ taskId: "a", sampleIndex: 2, completion: "two", solution: "two", place: join(folder, "a/2.py") },
			{ taskId: "a", sampleIndex: 10, completion: "ten", solution: "ten", place: join(folder, "a/10.py") },
			{ taskId: "b", sampleIndex: 0, completion: "b", solution: "b", place: join(folder, "b.py") },
		]);
	});

	test.each([
		["HumanEval/0.py", "HumanEval/0", 0],
		["HumanEval/0/3.py", "HumanEval/0", 3],
		["HumanEval_0.py", "HumanEval/0", 0],
		["HumanEval_0/12.py", "HumanEval/0", 12],
	])("%s is recognised when the task is known", async (name, taskId, sampleIndex) => {
		const samples = openSamples(folderWith({ [name]: "x" }), { hasTask: (id) => id === "HumanEval/0" });
		expect(await collect(samples)).toMatchObject([{ taskId, sampleIndex }]);
	});

	test("that name one sample twice are refused", async () => {
		const folder = folderWith({ "a.py": "", "a/0.py": "" });
		await expect(collect(openSamples(folder))).rejects.toThrow(/sample 0 of task a is already in/);
	});
});
