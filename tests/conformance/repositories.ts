import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createTwoFilesPatch } from "diff";
import { type CommandTest, DEFAULT_LIMITS, type RepositoryTask } from "../../src/domain/task.js";

export const FIX = createTwoFilesPatch(
	"a/calc/add.py",
	"b/calc/add.py",
	"def add(x, y):\n    return x - y\n",
	"def add(x, y):\n    return x + y\n",
);
export const addCode = (code: string): string =>
	createTwoFilesPatch("a/calc/add.py", "b/calc/add.py", "def add(x, y):\n    return x - y\n", code);
export const newFile = (name: string, text: string): string => createTwoFilesPatch("/dev/null", `b/${name}`, "", text);

const BASE: Record<string, string> = {
	"calc/__init__.py": "",
	"calc/add.py": "def add(x, y):\n    return x - y\n",
	"tests/__init__.py": "",
	"tests/test_public.py":
		"import unittest\nfrom calc.add import add\n\n\nclass TestAdd(unittest.TestCase):\n    def test_zero(self):\n        self.assertEqual(add(3, 0), 3)\n\n    def test_one(self):\n        self.assertEqual(add(1, 0), 1)\n",
	"conftest.py": "",
};
const HIDDEN =
	"from calc.add import add\n\n\ndef test_small():\n    assert add(2, 3) == 5\n\n\ndef test_big():\n    assert add(10**9, 1) == 10**9 + 1\n";

/** Holds the repository and the hidden test; the test file that uses it removes it. */
export const root = mkdtempSync(join(tmpdir(), "assay-repository-"));
for (const [name, text] of [...Object.entries(BASE), ["../hidden.py", HIDDEN] as const]) {
	mkdirSync(dirname(join(root, "repo", name)), { recursive: true });
	writeFileSync(join(root, "repo", name), text);
}

export const hidden = (runner: "unittest" | "pytest", required: readonly string[]): CommandTest => ({
	kind: "command",
	id: "hidden",
	visibility: "hidden",
	runner,
	modules: ["tests.test_hidden"],
	files: { "tests/test_hidden.py": join(root, "hidden.py") },
	required: [...required],
});
export const publicTest = (runner: "unittest" | "pytest"): CommandTest => ({
	...hidden(runner, []),
	id: "public",
	visibility: "public",
	modules: ["tests.test_public"],
	files: {},
});
export const REQUIRED = ["tests.test_hidden.test_small", "tests.test_hidden.test_big"];

export function repositoryTask(changes: Partial<RepositoryTask> = {}): RepositoryTask {
	return {
		schema: "assay.task.v1",
		kind: "repository",
		id: "conformance/repository",
		title: "add",
		language: "python",
		difficulty: null,
		tags: [],
		split: null,
		tests: [publicTest("unittest"), hidden("unittest", REQUIRED)],
		limits: { ...DEFAULT_LIMITS, cpuTimeMs: 5000 },
		source: { origin: "assay", license: "MIT", url: null },
		contamination: null,
		location: { file: "", line: null },
		repo: join(root, "repo"),
		instruction: "",
		compile: null,
		expect: null,
		backend: null,
		...changes,
	};
}

/** What a patch may try, and no pass for any of it: the bug itself stays. */
export const ATTACKS: [name: string, patch: string][] = [
	["leaves everything as it is", ""],
	[
		"edits the public tests and adds a hidden file",
		`${createTwoFilesPatch("a/tests/test_public.py", "b/tests/test_public.py", BASE["tests/test_public.py"] ?? "", "x = 1\n")}${newFile("tests/test_hidden.py", "def test_small():\n    pass\n\ndef test_big():\n    pass\n")}`,
	],
	[
		"adds a package that hides the test module",
		newFile("tests/test_hidden/__init__.py", "def test_small():\n    pass\n\ndef test_big():\n    pass\n"),
	],
	["adds a sitecustomize.py", newFile("sitecustomize.py", "import os\nos._exit(0)\n")],
	["adds a unittest.py", newFile("unittest.py", "class TestCase: pass\n")],
	["adds a pytest package", newFile("pytest/__init__.py", "raise SystemExit(0)\n")],
	[
		"changes the conftest.py that is there",
		createTwoFilesPatch("a/conftest.py", "b/conftest.py", "", "import os\nos._exit(0)\n"),
	],
	["exits with 0 when it is imported", addCode("import os\nos._exit(0)\n")],
	["exits with 0 in the first test", addCode("import os\n\n\ndef add(x, y):\n    os._exit(0)\n")],
	["raises SystemExit when it is imported", addCode("raise SystemExit(0)\n")],
	["skips every test", addCode("import unittest\n\n\ndef add(x, y):\n    raise unittest.SkipTest('later')\n")],
	["skips the module", addCode("import unittest\n\nraise unittest.SkipTest('later')\n")],
	[
		"lets unittest report success",
		addCode(
			"import unittest\n\n\ndef run(self, result=None):\n    result.addSuccess(self)\n\n\nunittest.TestCase.run = unittest.FunctionTestCase.run = run\n\n\ndef add(x, y):\n    return 0\n",
		),
	],
	[
		"makes assertions do nothing",
		addCode(
			"import unittest\n\nfor name in dir(unittest.TestCase):\n    if name.startswith('assert'):\n        setattr(unittest.TestCase, name, lambda *a, **k: None)\n\n\ndef add(x, y):\n    return 0\n",
		),
	],
	["kills the runner", addCode("import os, signal\n\nos.kill(os.getppid(), signal.SIGKILL)\nos._exit(0)\n")],
	[
		"removes the loaded tests",
		addCode(
			"import sys\n\n\ndef add(x, y):\n    return y if y else x\n\n\nfor module in list(sys.modules.values()):\n    for name in list(vars(module)):\n        if name.startswith('test_'):\n            delattr(module, name)\n",
		),
	],
	[
		"writes a compiled test module in the public run",
		addCode(`import importlib._bootstrap_external as b, os


def add(x, y):
    source = "def test_small():\\n    pass\\ndef test_big():\\n    pass\\n"
    code = compile(source, "tests/test_hidden.py", "exec")
    os.makedirs("tests/__pycache__", exist_ok=True)
    for folder in ("tests/__pycache__/test_hidden.cpython-311.pyc", "tests/test_hidden.pyc"):
        open(folder, "wb").write(b._code_to_hash_pyc(code, b"x" * 8, False))
    return x
`),
	],
];
