import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { importTasks } from "../../../src/app/import-tasks.js";
import type { FunctionTask, Task } from "../../../src/domain/task.js";
import { createFingerprint } from "../../../src/tasks/fingerprint.js";
import { findEntryPoint } from "../../../src/tasks/load-mbpp.js";
import { countTasks, detectFormat, loadTask, openTasks } from "../../../src/tasks/open-tasks.js";
import { ADD, collect, fileWith, folderWith, jsonLines, yamlTask } from "./files.js";

const HUMANEVAL = {
	task_id: "HumanEval/0",
	prompt: 'def helper(x):\n    return x\n\ndef add(a, b):\n    """Add."""\n',
	entry_point: "add",
	canonical_solution: "    return helper(a) + b\n",
	test: "def check(candidate):\n    assert candidate(1, 2) == 3\n",
};
const MBPP = {
	task_id: 7,
	text: "Write a function to add two numbers.",
	code: "def helper(x):\r\n  return x\r\ndef add(a, b):\r\n  return helper(a) + b",
	test_list: ["assert add(1, 2) == 3", "assert add(0, 0) == 0"],
	test_setup_code: "import math",
	challenge_test_list: ["assert add(5, 5) == 10"],
};
const CODESELF = {
	task_id: "toy/add-one",
	source: "toy",
	prompt: "Write add_one.",
	split: "dev",
	entry_point: "add_one",
	starter_code: "def add_one(x):\n",
	public_tests: [{ name: "one", code: "add_one(1) == 2", visibility: "public", kind: "unit" }],
	hidden_tests: [{ name: "zero", code: "assert add_one(0) == 1", visibility: "hidden", kind: "unit" }],
	tags: ["toy"],
	resource_limits: { timeout_seconds: 2.5, memory_mb: 256 },
	metadata: { license: "MIT", contamination: "none known" },
};

async function onlyTask(path: string): Promise<FunctionTask> {
	const [task] = await collect(openTasks(path));
	if (task?.kind !== "function") throw new Error("expected a function task");
	return task;
}

const failure = (path: string): Promise<unknown> =>
	collect(openTasks(path)).then(
		() => null,
		(error: Error) => error.message.replaceAll(path, "FILE"),
	);

describe("a HumanEval record", () => {
	test("has its prompt as starter code and prelude, one hidden test, and a reference that is whole", async () => {
		const task = await onlyTask(fileWith("h.jsonl", jsonLines(HUMANEVAL)));
		expect(task).toMatchObject({
			id: "HumanEval/0",
			completionMode: "append",
			starterCode: HUMANEVAL.prompt,
			testPrelude: HUMANEVAL.prompt,
			reference: HUMANEVAL.prompt + HUMANEVAL.canonical_solution,
			tests: [{ kind: "program", id: "hidden-1", visibility: "hidden", code: HUMANEVAL.test, check: "check" }],
			source: { license: "MIT" },
		});
	});

	test("may have EvalPlus's fields, or fields of others, or no solution", async () => {
		const extra = { base_input: [[1, 2]], plus_input: [[3, 4]], contract: "", atol: 0, given_tests: [] };
		const path = fileWith("h.jsonl", jsonLines({ ...HUMANEVAL, ...extra, canonical_solution: undefined }));
		expect((await onlyTask(path)).reference).toBeNull();
	});
});

describe("an MBPP record", () => {
	test("shows its public tests in the prompt and keeps the challenge tests hidden", async () => {
		const task = await onlyTask(fileWith("m.jsonl", jsonLines(MBPP)));
		expect(task).toMatchObject({
			id: "MBPP/7",
			entryPoint: "add",
			completionMode: "whole",
			testPrelude: "import math",
		});
		expect(task.tests.map((item) => [item.id, item.visibility])).toEqual([
			["public-1", "public"],
			["public-2", "public"],
			["hidden-1", "hidden"],
		]);
		expect(task.prompt).toContain("assert add(0, 0) == 0");
		expect(task.prompt).not.toContain("assert add(5, 5)");
		expect(task.reference).not.toContain("\r");
	});

	test.each([
		["def f(x): pass\ndef g(x): pass", ["assert g(f(1)) == 2"], "g"],
		["class Pair: pass\ndef chain(a): pass", ["assert chain([Pair(1, 2)], 4) == 3"], "chain"],
		["import math\ndef area(r): pass", ["assert math.isclose(area(2), 3.1)"], "area"],
		["double = lambda x: 2 * x", ["assert double(2) == 4"], "double"],
		["def other(): pass", ["assert area(2) == 4"], null],
	])("of the code %j has the entry point that the tests call first", (code, asserts, name) => {
		expect(findEntryPoint(code, asserts)).toBe(name);
	});
});

describe("a record of assay-jsonl", () => {
	test("has the field names of the YAML format", async () => {
		const path = fileWith("a.jsonl", jsonLines(ADD));
		const [fromYaml, fromJson] = [await onlyTask(fileWith("a.yaml", yamlTask())), await onlyTask(path)];
		expect({ ...fromJson, location: null }).toEqual({ ...fromYaml, location: null });
		expect(fromJson.location).toEqual({ file: path, line: 1 });
	});

	test("may have CodeSelf's canonical names; a bare comparison becomes an assertion", async () => {
		const task = await onlyTask(fileWith("c.jsonl", jsonLines(CODESELF)));
		expect(task).toMatchObject({
			id: "toy/add-one",
			split: "dev",
			entryPoint: "add_one",
			limits: { cpuTimeMs: 2500, memoryBytes: 256 * 2 ** 20 },
			source: { origin: "toy", license: "MIT" },
			contamination: "none known",
			tests: [
				{ id: "public:one", code: "assert add_one(1) == 2" },
				{ id: "hidden:zero", code: "assert add_one(0) == 1" },
			],
		});
	});
});

describe("import", () => {
	const sameBut = (task: Task) => ({ ...task, location: null });

	test.each([
		["humaneval", jsonLines(HUMANEVAL)],
		["mbpp", jsonLines(MBPP)],
		["CodeSelf", jsonLines(CODESELF)],
	])("of %s reads back as the same tasks with the same fingerprint", async (_name, text) => {
		const source = fileWith("source.jsonl", text);
		const out = join(folderWith(), "out.jsonl");
		const result = await importTasks(source, out, {});
		expect(result).toEqual({ taskCount: 1, withoutCandidates: 0 });
		const [before, after] = [await collect(openTasks(source)), await collect(openTasks(out))];
		expect(after.map(sameBut)).toEqual(before.map(sameBut));
		expect(await detectFormat(out)).toBe("assay-jsonl");
		const prints = [before, after].map(async (tasks) => {
			const print = createFingerprint();
			for (const task of tasks) await print.add(task);
			return print.digest();
		});
		expect(await prints[0]).toBe(await prints[1]);
	});

	test("leaves out recorded candidates that cannot be named from the new file, and counts them", async () => {
		const folder = folderWith({
			"tasks/add.yaml": yamlTask({ candidates: "recorded" }),
			"tasks/recorded/index.yaml": "- { file: a.py, expect: accepted }\n",
			"tasks/recorded/a.py": "",
		});
		const near = join(folder, "tasks", "near.jsonl");
		expect((await importTasks(join(folder, "tasks"), near, {})).withoutCandidates).toBe(0);
		expect((await onlyTask(near)).candidates).toBe(join(folder, "tasks/recorded"));
		const far = join(folderWith(), "deep", "down", "far.jsonl");
		expect((await importTasks(join(folder, "tasks"), far, {})).withoutCandidates).toBe(1);
	});

	test("leaves nothing behind when it is stopped", async () => {
		const folder = folderWith({ "a.jsonl": jsonLines(ADD, { ...ADD, id: "b" }, { ...ADD, id: "c" }) });
		const controller = new AbortController();
		const work = importTasks(join(folder, "a.jsonl"), join(folder, "out", "b.jsonl"), {
			signal: controller.signal,
			onTask: (count) => count === 2 && controller.abort(new Error("stopped")),
		});
		await expect(work).rejects.toThrow("stopped");
		expect(readdirSync(join(folder, "out"))).toEqual([]);
	});

	test("writes nothing when a task is broken", async () => {
		const out = join(folderWith(), "out.jsonl");
		const source = fileWith("a.jsonl", `${jsonLines(ADD)}{"schema": "assay.task.v1"}\n`);
		await expect(importTasks(source, out, {})).rejects.toThrow(/a.jsonl:2: field id: missing/);
		await expect(detectFormat(out)).rejects.toThrow(/no such file/);
	});
});

describe("formats are told apart by content", () => {
	test.each([
		["humaneval", jsonLines(HUMANEVAL)],
		["mbpp", jsonLines(MBPP)],
		["assay-jsonl", jsonLines(ADD)],
		["assay-jsonl", jsonLines(CODESELF)],
	])("%s, plain and gzipped", async (format, text) => {
		expect(await detectFormat(fileWith("x", text))).toBe(format);
		expect(await detectFormat(fileWith("x", gzipSync(text)))).toBe(format);
	});

	test("samples are named as such", async () => {
		const path = fileWith("s.jsonl", jsonLines({ task_id: "a", completion: "x" }));
		await expect(detectFormat(path)).rejects.toThrow(/s.jsonl:1: holds samples, not tasks$/);
	});
});

describe("garbage gets one line with file, line and field", () => {
	test.each([
		["a line cut in the middle", `${jsonLines(HUMANEVAL)}{"task_id": "Hum`, /^FILE:2: not valid JSON: /],
		[
			"a cut gzip file",
			gzipSync(jsonLines(HUMANEVAL)).subarray(0, 120),
			"FILE:1: cannot be read: the gzip data is cut",
		],
		["a wrong type", jsonLines({ ...HUMANEVAL, prompt: 1 }), "FILE:1: field prompt: expected string, received number"],
		["a missing field", jsonLines({ ...MBPP, code: undefined }), "FILE:1: field code: missing; expected string"],
		[
			"a test without check",
			jsonLines({ ...HUMANEVAL, test: "assert 1" }),
			"FILE:1: field test: defines no function `check`",
		],
		[
			"no tests",
			jsonLines({ ...MBPP, test_list: [], challenge_test_list: [] }),
			/^FILE:1: field test_list: no tests; /,
		],
		["an empty test", jsonLines({ ...MBPP, test_list: ["", "x"] }), /^FILE:1: field test_list.0: an empty test/],
		[
			"tests that call nothing",
			jsonLines({ ...MBPP, code: "x = 1" }),
			"FILE:1: field code: defines no function that the tests call",
		],
		["a repeated id", jsonLines(MBPP, MBPP), 'FILE:2: field id: "MBPP/7" is already used at FILE:1'],
		["something else", jsonLines({ name: "x" }), "FILE:1: not a task in any known format"],
		["a list", "[1, 2]\n", "FILE:1: an array; one task a line is expected"],
		["binary rubbish", Buffer.from([0, 1, 2, 255, 10]), "FILE:1: not UTF-8 text"],
		["an id that would move the cursor", jsonLines({ ...ADD, id: "a\u001b[2J" }), /^FILE:1: field id: expected an id/],
		["an id that is no text", `${JSON.stringify({ ...HUMANEVAL, task_id: "\ud800" })}\n`, /^FILE:1: field task_id: /],
		["nothing", "\n\n", "FILE: holds no task"],
		[
			"a hidden test among the public ones",
			jsonLines({ ...CODESELF, public_tests: CODESELF.hidden_tests }),
			/^FILE:1: field public_tests.0.visibility: hidden test/,
		],
		[
			"a rounded whole number",
			`${JSON.stringify({ ...ADD, tests: { hidden: [{ kind: "call", args: [], returns: 0 }] } }).replace('"returns":0', '"returns":9007199254740993')}\n`,
			/^FILE:1: field tests.hidden.0.returns: a whole number beyond 2\^53/,
		],
	])("%s", async (_name, text, message) => {
		const said = await failure(fileWith("tasks.jsonl", text));
		if (typeof message === "string") expect(said).toBe(message);
		else expect(said).toMatch(message);
	});

	test("a line of more than 64 MiB is refused before it is read to its end", async () => {
		const path = fileWith("long.jsonl", `{"task_id": "`);
		writeFileSync(path, Buffer.alloc((64 << 20) + 1024, "x"), { flag: "a" });
		expect(await failure(path)).toBe("FILE:1: line longer than 64 MiB");
	});

	test("a path that is not there", async () => {
		expect(await failure("/nowhere/tasks.jsonl")).toBe("FILE: no such file or folder");
	});
});

describe("selection", () => {
	const path = (): string =>
		fileWith(
			"t.jsonl",
			jsonLines(ADD, { ...ADD, id: "sub", title: "Subtract", tags: ["minus"] }, { ...ADD, id: "mul" }),
		);

	test("a filter's words must all occur, in any case", async () => {
		expect((await collect(openTasks(path(), { filter: "MINUS easy" }))).map(({ id }) => id)).toEqual(["sub"]);
		expect(await countTasks(path(), { filter: "arithmetic" })).toBe(2);
	});

	test("a limit counts tasks that match", async () => {
		expect((await collect(openTasks(path(), { filter: "arithmetic", limit: 2 }))).map(({ id }) => id)).toEqual([
			"add",
			"mul",
		]);
	});

	test("ids pick tasks, and an id that is not there is an error", async () => {
		expect((await loadTask(path(), "mul")).id).toBe("mul");
		await expect(loadTask(path(), "div")).rejects.toThrow(/no task "div"$/);
		await expect(collect(openTasks(path(), { ids: ["add", "div"] }))).rejects.toThrow(/no task "div"$/);
	});

	test("a filter that nothing matches is an error, not an empty run", async () => {
		await expect(collect(openTasks(path(), { filter: "zzz" }))).rejects.toThrow(/no task matches the filter "zzz"$/);
	});
});
