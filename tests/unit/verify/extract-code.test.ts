import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { RepositoryTask, Task } from "../../../src/domain/task.js";
import { DEFAULT_LIMITS } from "../../../src/domain/task.js";
import { loadHumanEval } from "../../../src/tasks/load-humaneval.js";
import { extractCode } from "../../../src/verify/extract-code.js";
import { functionTask } from "../app/run-fixtures.js";

const WHOLE = functionTask("t", { entryPoint: "add", starterCode: "", completionMode: "whole" });
const STUB = 'def add(a, b):\n    """Adds."""\n';
const APPEND = functionTask("t", { entryPoint: "add", starterCode: STUB, completionMode: "append" });
const CODE = "def add(a, b):\n    return a + b\n";
const REPOSITORY: RepositoryTask = {
	schema: "assay.task.v1",
	kind: "repository",
	id: "r",
	title: "r",
	language: "python",
	difficulty: null,
	tags: [],
	split: null,
	tests: [],
	limits: DEFAULT_LIMITS,
	source: { origin: "test", license: null, url: null },
	contamination: null,
	location: { file: "/r.yaml", line: null },
	repo: "/r",
	instruction: "",
	compile: null,
	expect: null,
	backend: null,
};

function extract(completion: string, task: Task = WHOLE, continues?: boolean) {
	const { code, extraction } = extractCode(task, { completion, ...(continues === undefined ? {} : { continues }) });
	return { code, method: extraction.method, repairs: extraction.repairs };
}

describe("a whole program", () => {
	test("is taken from its fence, whatever is said around it", () => {
		const found = { code: CODE, method: "fence", repairs: [] };
		expect(extract(`Sure! Here it is:\n\n\`\`\`python\n${CODE}\`\`\`\n\nIt adds.`)).toEqual(found);
		expect(extract(`~~~~py\n${CODE}~~~~\n`)).toEqual(found);
		expect(extract(`1. First:\n   \`\`\`python\n   def add(a, b):\n       return a + b\n   \`\`\`\n`)).toEqual(found);
	});

	test("is the block that defines the entry point, not the example before it or the shell command after it", () => {
		const answer = `\`\`\`python\nprint(add(1, 2))\n\`\`\`\nand\n\`\`\`python\n${CODE}\`\`\`\nRun it:\n\`\`\`bash\npython add.py\n\`\`\``;
		expect(extract(answer)).toMatchObject({ code: CODE, method: "fence" });
		expect(extract("```bash\npip install x\n```\n```\nadd = lambda a, b: a + b\n```").code).toBe(
			"add = lambda a, b: a + b\n",
		);
	});

	test("goes on to the end where its fence was never closed, and begins at the start where it was never opened", () => {
		expect(extract(`Here:\n\`\`\`python\n${CODE}`)).toEqual({ code: CODE, method: "open_fence", repairs: [] });
		expect(extract(`${CODE}\`\`\`\nThis adds two numbers.`)).toMatchObject({ code: CODE, method: "fence" });
	});

	test("is cut out of prose without fences, and nothing that could be Python is cut", () => {
		expect(
			extract(`Here is the function you asked for:\n\n${CODE}\nThis function adds two numbers.\nIt is fast.`),
		).toEqual({
			code: CODE,
			method: "chatter",
			repairs: ["prose"],
		});
		const odd =
			'"""Some words\nHere is prose inside a string.\n"""\nimport os\n\nx = [\nnot x\n]\nif x: pass\nelse:\n    pass\nprint (x)\n# A comment with words\n';
		expect(extract(odd + CODE).code).toBe(odd + CODE);
	});

	test("loses the indentation that all of its lines share, and what follows an end mark", () => {
		expect(extract("    def add(a, b):\n        return a + b\n")).toMatchObject({ code: CODE, repairs: ["dedented"] });
		expect(extract(`${CODE}<|im_end|>\nuser: thanks`)).toMatchObject({ code: CODE, repairs: ["end_mark"] });
		expect(extract(`${CODE}</s>`).code).toBe(CODE);
	});

	test("that was cut in a repetition of itself keeps what is whole", () => {
		const cut = `${CODE}\n\ndef add(a, b):\n    """Adds two num`;
		expect(extract(cut)).toMatchObject({ code: CODE, repairs: ["unfinished"] });
		expect(extract('def add(a, b):\n    """Adds two num')).toMatchObject({ repairs: [] });
	});

	test.each([
		"def subtract",
		"def subtract(a, b) -> int",
		"def subtract(a, b):",
		"def subtract(a, b):\n    # subtracts",
		"def subtract(a, b):\n    if a",
		"def subtract(a, b):\n    for x in [a:b",
		"def subtract(a, b):\n    if a[0:1] == ",
		"def subtract(a, b):\n    if a > b:\n        return a\n    elif a <",
		"def subtract(a, b):\n    c = a -",
		"def subtract(a, b):\n    return a.real and",
	])("that was cut in the statement %j loses it", (statement) => {
		expect(extract(`${CODE}\n\n${statement}`)).toMatchObject({ code: CODE, repairs: ["unfinished"] });
	});

	test.each([
		"x = [\n    a\n    for a in y]",
		"match = re.match(a, b)",
		"if x: pass",
		"while x[1:2]: x = f(x)",
		"c = 1.",
		"def f(): ...",
		"from math import *",
		"print('if a is')",
		"if c: pass  # or not",
		"c = '#' if x else ':'",
	])("that ends in the statement %j is whole", (statement) => {
		expect(extract(`${CODE}\n\n${statement}\n`)).toMatchObject({ code: `${CODE}\n\n${statement}\n`, repairs: [] });
	});
});

describe("a continuation of the starter code", () => {
	test("is put behind it", () => {
		expect(extract("    return a + b\n", APPEND)).toEqual({
			code: `${STUB}    return a + b\n`,
			method: "append",
			repairs: [],
		});
		expect(extract("    return a + b\n", { ...APPEND, completionMode: "whole" }, true).method).toBe("append");
	});

	test("gets back the indentation that trimming took from its first line, or from all", () => {
		expect(extract("c = a + b\n    return c\n", APPEND)).toMatchObject({
			code: `${STUB}    c = a + b\n    return c\n`,
			repairs: ["indented"],
		});
		expect(extract("for i in a:\n    b += i\nreturn b\n", APPEND).code).toBe(
			`${STUB}    for i in a:\n        b += i\n    return b\n`,
		);
	});

	test.each([
		"    add = []\n    add.append(a + b)\n    return add[0]\n",
		"    add = a\n    for i in range(b):\n        add += 1\n    return add\n",
		"    def add(x):\n        return x + b\n    return add(a)\n",
		"    class add:\n        total = a + b\n    return add.total\n",
	])("stays one where it uses the name of the entry point for something of its own: %j", (body) => {
		expect(extract(body, APPEND)).toEqual({ code: STUB + body, method: "append", repairs: [] });
	});

	test("gets its indentation back where its first line assigns to the name of the entry point", () => {
		expect(extract("add = a\n    add += b\n    return add\n", APPEND).code).toBe(
			`${STUB}    add = a\n    add += b\n    return add\n`,
		);
		expect(extract("add = a\nadd += b\nreturn add\n", APPEND).code).toBe(
			`${STUB}    add = a\n    add += b\n    return add\n`,
		);
	});

	test("may define the entry point by an assignment at the left", () => {
		for (const program of ["add = lambda a, b: a + b\n", "def plus(a, b):\n    return a + b\n\nadd = plus\n"])
			expect(extract(program, APPEND).code).toBe(STUB + program);
	});

	test("takes the place of a definition that has no body yet, below what stands before it", () => {
		const open = { ...APPEND, starterCode: "# Add.\nimport math\n\ndef add(a, b):\n" };
		expect(extract(`\`\`\`python\n${CODE}\`\`\``, open).code).toBe(`# Add.\nimport math\n\n${CODE}`);
		expect(extract("    return a + b\n", open).code).toBe(`${open.starterCode}    return a + b\n`);
	});

	test("that starts over follows the starter code on a line of its own, whose imports stay in force", () => {
		const open = { ...APPEND, starterCode: "import math\n\ndef add(a, b):\n    pass" };
		expect(extract(CODE, open).code).toBe(`${open.starterCode}\n${CODE}`);
	});

	test("ends where prose begins", () => {
		expect(extract("    return a + b\n\nThe function returns the sum.\n", APPEND)).toMatchObject({
			code: `${STUB}    return a + b\n`,
			repairs: ["prose"],
		});
	});
});

test("nothing is found in a blank completion, or in prose alone", () => {
	for (const completion of ["", "  \n\t", "<|endoftext|>", "I am sorry, but I cannot do that.\nPlease ask again."]) {
		expect(extract(completion)).toMatchObject({ code: null, method: "none" });
	}
});

test("a solution is taken as it is", () => {
	const { code, extraction } = extractCode(WHOLE, { completion: "", solution: "```\nx" });
	expect([code, extraction.method]).toEqual(["```\nx", "solution"]);
});

describe("a diff", () => {
	const DIFF = "--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n-a\n+b\n c\n";
	const OTHER = DIFF.replaceAll("x.py", "y.py");

	test("is taken from its fences, all of them together", () => {
		const answer = `First:\n\`\`\`diff\n${DIFF}\`\`\`\nthen:\n\`\`\`diff\n${OTHER}\`\`\`\n`;
		expect(extract(answer, REPOSITORY)).toEqual({ code: DIFF + OTHER, method: "fence", repairs: [] });
	});

	test("is cut out of prose", () => {
		expect(extract(`I changed this:\n${DIFF}That is all.\n`, REPOSITORY)).toEqual({
			code: DIFF,
			method: "diff",
			repairs: ["prose"],
		});
		expect(extract(DIFF, REPOSITORY)).toEqual({ code: DIFF, method: "diff", repairs: [] });
	});
});

const SHARED = fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const REAL = join(SHARED, "llm-humaneval-benchmarks");

describe.skipIf(!existsSync(REAL))("7,708 completions of real models (shared data)", () => {
	test("only blank completions yield no code, and few need mending", async () => {
		const tasks = new Map<string, Task>();
		for await (const task of loadHumanEval(join(SHARED, "humaneval/HumanEval.jsonl.gz"))) tasks.set(task.id, task);
		const counts = { completions: 0, none: 0, blank: 0, mended: 0 };
		for (const name of readdirSync(REAL).filter((name) => name.endsWith(".jsonl"))) {
			for (const line of readFileSync(join(REAL, name), "utf8").split("\n")) {
				if (line.trim() === "") continue;
				const { task_id: id, completion } = JSON.parse(line) as { task_id: string; completion: string };
				const task = tasks.get(id);
				if (task === undefined) throw new Error(`no task ${id}`);
				const { code, extraction } = extractCode(task, { completion });
				counts.completions++;
				if (code === null) counts.none++;
				if (completion.trim() === "") counts.blank++;
				if (extraction.repairs.length > 0) counts.mended++;
			}
		}
		expect(counts).toEqual({ completions: 7708, none: 121, blank: 121, mended: 196 });
	});
});
