import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { promptInputOf } from "../../../src/domain/task.js";
import { openTasks } from "../../../src/tasks/open-tasks.js";
import { readRecordedCandidates } from "../../../src/tasks/recorded-candidates.js";
import { collect, fileWith, folderWith, yamlTask } from "./files.js";

async function loadOne(path: string) {
	const [task] = await collect(openTasks(path));
	if (task === undefined) throw new Error("no task");
	return task;
}

const failure = (path: string): Promise<unknown> =>
	collect(openTasks(path)).then(
		() => null,
		(error: Error) => error.message.replace(path, "FILE"),
	);

describe("a YAML task", () => {
	test("gets ids for tests that are plain statements, and the defaults of what it leaves out", async () => {
		const path = fileWith("add.yaml", yamlTask({ limits: { cpuTimeMs: 500 } }));
		const task = await loadOne(path);
		expect(task.tests.map(({ id, visibility, kind }) => [id, visibility, kind])).toEqual([
			["public-1", "public", "program"],
			["hidden-1", "hidden", "program"],
			["hidden-2", "hidden", "program"],
		]);
		expect(task).toMatchObject({ completionMode: "whole", harness: "split", testPrelude: "", candidates: null });
		expect(task.limits).toMatchObject({ cpuTimeMs: 500, memoryBytes: 2 ** 30 });
		expect(task.source).toEqual({ origin: "assay", license: "MIT", url: null });
		expect(task.location).toEqual({ file: path, line: 3 });
	});

	test("shows a generator neither hidden tests nor the reference", async () => {
		const task = await loadOne(fileWith("add.yaml", yamlTask()));
		const shown = JSON.stringify(promptInputOf(task));
		expect(shown).toContain("add(1, 2)");
		expect(shown).not.toContain("add(-1, 1)");
		expect(shown).not.toContain("return a + b");
	});

	test("keeps numbers of call tests as they are written: beyond 2^53, not finite, and 2.0 beside 2", async () => {
		const text = `${yamlTask({ tests: undefined })}tests:
  hidden:
    - { kind: call, args: [12345678901234567890, .nan, -.inf, 7, 2.0, 2.5], absoluteTolerance: 1.0, returns: -9007199254740993 }
`;
		const task = await loadOne(fileWith("add.yaml", text));
		expect(task.tests[0]).toMatchObject({
			args: [{ $int: "ab54a98ceb1f0ad2" }, { $float: "nan" }, { $float: "-inf" }, 7, { $float: "2.0" }, 2.5],
			absoluteTolerance: 1,
			returns: { $int: "-20000000000001" },
		});
	});

	test("of a repository has its paths resolved beside the file, and the text of its patch", async () => {
		const patch = "--- a/calc.py\n+++ b/calc.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n";
		const folder = folderWith({
			"repos/toy/calc.py": "x = 1\n",
			"repos/toy_hidden/test_calc.py": "import unittest\n",
			"tasks/fix.patch": patch,
			"tasks/toy.yaml": `schema: assay.task.v1
kind: repository
id: toy
repo: ../repos/toy
instruction: Make x two.
expect: passed
backend: { kind: patch, patch: fix.patch }
tests:
  hidden:
    - kind: command
      runner: unittest
      modules: [test_calc]
      files: { test_calc.py: ../repos/toy_hidden/test_calc.py }
      required: [test_calc.T.test_x]
`,
		});
		const task = await loadOne(join(folder, "tasks"));
		expect(task).toMatchObject({
			kind: "repository",
			repo: join(folder, "repos/toy"),
			backend: { kind: "patch", patch },
			tests: [{ files: { "test_calc.py": join(folder, "repos/toy_hidden/test_calc.py") } }],
		});
	});
});

test("a folder's files are read in the order of their names; other files in it are none of the loader's business", async () => {
	const folder = folderWith({
		"b.yaml": yamlTask({ id: "second" }),
		"a.yml": yamlTask({ id: "first" }),
		"notes.txt": "not a task",
		"candidates/x/index.yaml": "- nothing",
	});
	expect((await collect(openTasks(folder))).map((task) => task.id)).toEqual(["first", "second"]);
});

describe("garbage gets one line with file, line and field", () => {
	test.each([
		["a wrong type", yamlTask({ prompt: 7 }), "FILE:10: field prompt: expected string, received number"],
		["a missing field", yamlTask({ prompt: undefined }), "FILE:1: field prompt: missing; expected string"],
		["an unknown field", `${yamlTask()}promt: x\n`, "FILE:31: field promt: unknown field"],
		[
			"an unknown split",
			yamlTask({ split: "tset" }),
			/^FILE:9: field split: expected one of "train".*received "tset"$/,
		],
		["a wrong schema", yamlTask({ schema: "assay.task.v9" }), /^FILE:1: field schema: expected "assay.task.v1"/],
		["no tests", yamlTask({ tests: {} }), /^FILE:\d+: field tests: no tests; a task needs at least one/],
		["an empty test", yamlTask({ tests: { hidden: [" "] } }), /field tests.hidden.0: an empty test passes everything$/],
		["a number as a test", yamlTask({ tests: { hidden: [3] } }), /field tests.hidden.0: expected statements as text/],
		[
			"an unknown kind of test",
			yamlTask({ tests: { public: [{ kind: "cal" }] } }),
			/field tests.public.0.kind: expected one of/,
		],
		[
			"a call without a result",
			yamlTask({ tests: { public: [{ kind: "call", args: [1] }] } }),
			/field tests.public.0: a call test has exactly one of `returns` and `raises`$/,
		],
		[
			"a repeated test id",
			yamlTask({
				tests: { public: [{ kind: "program", id: "a", code: "x" }], hidden: [{ kind: "program", id: "a", code: "y" }] },
			}),
			/field tests.hidden.0: test id "a" is used twice$/,
		],
		[
			"a limit out of range",
			yamlTask({ limits: { cpuTimeMs: 0 } }),
			/^FILE:\d+: field limits.cpuTimeMs: expected number to be >=1, received 0/,
		],
		[
			"an id with a control character",
			yamlTask({ id: "a\u001b[2J" }),
			/^FILE:3: field id: expected an id without control/,
		],
		["a candidates folder that is not there", yamlTask({ candidates: "none" }), /field candidates: no such folder: /],
		[
			"a path out of the folder above",
			yamlTask({ candidates: "../../.." }),
			/field candidates: path "..\/..\/.." leaves the folder above/,
		],
		[
			"an absolute path",
			yamlTask({ candidates: "/etc" }),
			/field candidates: path "\/etc" is not relative to the task file$/,
		],
		["broken YAML", "id: [1, 2\nprompt: x\n", /^FILE:\d: not valid YAML: /],
		["a repeated key", `${yamlTask()}id: again\n`, "FILE:31: not valid YAML: Map keys must be unique"],
		["a tag that would make objects", "id: !!python/object x\n", /^FILE:1: not valid YAML: Unresolved tag/],
		["an alias bomb", aliasBomb(), /^FILE:1: not valid YAML: Excessive alias count/],
		["a list", "- 1\n", "FILE:1: expected object, received array"],
		["an empty file", "", /^FILE:1: expected object, received null/],
	])("%s", async (_name, text, message) => {
		const said = await failure(fileWith("task.yaml", text));
		if (typeof message === "string") expect(said).toBe(message);
		else expect(said).toMatch(message);
	});

	test.each([
		["../../etc/passwd", /field tests.hidden.0.files.*: path ".*" leaves the repository with `..`$/],
		["/etc/passwd", /: path ".*" is absolute$/],
		[".git/hooks/pre-commit", /: path ".*" reaches into .git$/],
		["a//b.py", /: path ".*" has an empty or `.` part, or a backslash$/],
	])("a test file laid at %s", async (path, message) => {
		const folder = folderWith({
			"repo/x.py": "",
			"t.yaml": `schema: assay.task.v1
kind: repository
id: toy
repo: repo
instruction: Do.
tests: { hidden: [{ kind: command, runner: unittest, modules: [t], files: { "${path}": repo/x.py } }] }
`,
		});
		expect(await failure(join(folder, "t.yaml"))).toMatch(message);
	});

	test.each([
		[
			"leaves the repository",
			"--- a/../../x\n+++ b/../../x\n@@ -1 +1 @@\n-a\n+b\n",
			/field backend.patch: path "..\/..\/x" leaves/,
		],
		[
			"renames out of it",
			"diff --git a/x b/x\nrename from x\nrename to ../y\n",
			/field backend.patch: path "..\/y" leaves/,
		],
		[
			"is absolute",
			"--- /etc/passwd\n+++ /etc/passwd\n@@ -1 +1 @@\n-a\n+b\n",
			/field backend.patch: path "\/etc\/passwd" is absolute/,
		],
		["touches git's own files", "--- a/.git/config\n+++ b/.git/config\n@@ -1 +1 @@\n-a\n+b\n", /reaches into .git/],
		["is none", "hello\nworld\n", /field backend.patch: the text holds no unified diff/],
	])("a patch that %s", async (_name, patch, message) => {
		const folder = folderWith({
			"repo/x.py": "",
			"bad.patch": patch,
			"t.yaml": `schema: assay.task.v1
kind: repository
id: toy
repo: repo
instruction: Do.
backend: { kind: patch, patch: bad.patch }
tests: { hidden: [{ kind: command, runner: unittest, modules: [t] }] }
`,
		});
		expect(await failure(join(folder, "t.yaml"))).toMatch(message);
	});

	test("an id that two files share names both files", async () => {
		const folder = folderWith({ "a.yaml": yamlTask(), "b.yaml": yamlTask() });
		expect(await failure(folder)).toBe(`FILE/b.yaml:3: field id: "add" is already used at ${folder}/a.yaml:3`);
	});

	test("a folder without task files", async () => {
		expect(await failure(folderWith({ "x.txt": "" }))).toBe("FILE: a folder without task files (*.yaml)");
	});
});

describe("recorded candidates", () => {
	test("come in the order of the index, with their text", async () => {
		const folder = folderWith({
			"index.yaml": "- { file: b.py, expect: accepted, note: Right. }\n- { file: a.py, expect: wrong_answer }\n",
			"a.py": "A",
			"b.py": "B",
		});
		expect(await readRecordedCandidates(folder)).toEqual([
			{ file: "b.py", code: "B", expect: "accepted", note: "Right." },
			{ file: "a.py", code: "A", expect: "wrong_answer", note: "" },
		]);
	});

	test.each([
		["a status that is none", "- { file: a.py, expect: fine }\n", /index.yaml:1: field 0.expect: expected one of/],
		["a file that is not there", "\n- { file: b.py, expect: accepted }\n", /index.yaml:2: field 0.file: no such file/],
		[
			"a file outside of the folder",
			"- { file: ../b.py, expect: accepted }\n",
			/index.yaml:1: field 0.file: path "..\/b.py" leaves/,
		],
	])("%s is refused", async (_name, index, message) => {
		await expect(readRecordedCandidates(folderWith({ "index.yaml": index, "a.py": "" }))).rejects.toThrow(message);
	});
});

function aliasBomb(): string {
	const levels = Array.from({ length: 9 }, (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level}, `.repeat(9)}]`);
	return `a0: &a0 [x]\n${levels.join("\n")}\n`;
}
