import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { FunctionTask, Task } from "../../src/domain/task.js";
import { judgeFolder } from "../../src/sandbox/launch.js";
import { loadHumanEval } from "../../src/tasks/load-humaneval.js";
import { extractCode } from "../../src/verify/extract-code.js";
import { functionTask } from "../unit/app/run-fixtures.js";

interface Answer {
	completion: string;
	entryPoint: string;
	starterCode: string;
	continues: boolean;
}

const DRIVER = `
import json, sys
from assay_driver.extraction import extract_program
for line in sys.stdin:
    a = json.loads(line)
    print(json.dumps(extract_program(a["completion"], a["entryPoint"], a["starterCode"], a["continues"])))`;

function inPython(answers: readonly Answer[]): (string | null)[] {
	const input = answers.map((answer) => `${JSON.stringify(answer)}\n`).join("");
	const env = { ...process.env, PYTHONPATH: judgeFolder(), PYTHONIOENCODING: "utf-8" };
	const output = execFileSync("/usr/bin/python3", ["-c", DRIVER], { input, env, encoding: "utf8", maxBuffer: 1 << 28 });
	return output
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as string | null);
}

function inTypeScript({ completion, entryPoint, starterCode, continues }: Answer): string | null {
	const task: FunctionTask = functionTask("t", { entryPoint, starterCode });
	return extractCode(task, { completion, continues }).code;
}

function differences(answers: readonly Answer[]): Answer[] {
	const programs = inPython(answers);
	expect(programs).toHaveLength(answers.length);
	return answers.filter((answer, at) => inTypeScript(answer) !== programs[at]);
}

const CODE = "def add(a, b):\n    return a + b\n";
const STARTERS = [
	"",
	'def add(a, b):\n    """Adds."""\n',
	"# Add.\nimport math\n\ndef add(a, b):\n",
	"import math\n\ndef add(a, b):\n    pass",
];
/** Pieces of answers; any of them may stand in any order. */
const PIECES = [
	CODE,
	"    return a + b\n",
	"c = a + b\n    return c\n",
	"for i in a:\n    b += i\nreturn b\n",
	"add = lambda a, b: a + b\n",
	"    add = []\n",
	"    def add(x):\n        return x\n",
	"add == a\n",
	"async def add(a, b):\n    return a\n",
	"Here is the function you asked for:\n\n",
	"It adds. Really?\n",
	"1. First:\n",
	"- a point\n",
	"Else:\n",
	"x if y else z\n",
	"it's so, \u2019tis\n",
	"```python\n",
	"```\n",
	"   ```py\n",
	"~~~~ Bash\n",
	"~~~~\n",
	"```json\n",
	'"""Some words\nHere is prose.\n"""\n',
	"'''open\n",
	"x = [\n  (1,\n",
	"]\n",
	"print('if a is \\' # no')\n",
	"def subtract(a, b) -> int",
	"    c = a -",
	"from math import *\n",
	"c = 1.",
	"<|im_end|>",
	"\u00a0\u3000\n",
	"\ufeff",
	"\u001c\u0085\n",
	"\r\n",
	"\u2028def add(a, b): pass\n",
	"\u00fcber alles\n",
	"na\u00efve words\n",
	"\u{1f600} = '\u{1f600}'\n",
	"\t",
	"  ",
	"@cache\n",
	"# words\n",
	"## Heading\n",
	"\\",
	'"unclosed\n',
];

/** Mulberry32: the same pieces in every run. */
function* numbers(seed: number): Generator<number> {
	for (let state = seed; ; ) {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}
}

test("the extraction in Python finds the programs that the workbench finds, in 6,000 odd answers", () => {
	const random = numbers(1);
	const pick = <T>(from: readonly T[]): T => {
		const found = from[Math.floor((random.next().value ?? 0) * from.length)];
		if (found === undefined) throw new Error("nothing to pick from");
		return found;
	};
	const answers = Array.from({ length: 6000 }, (_, at) => ({
		completion: Array.from({ length: 1 + (at % 7) }, () => pick(PIECES)).join(""),
		entryPoint: "add",
		starterCode: pick(STARTERS),
		continues: pick([true, false]),
	}));
	expect(differences(answers)).toEqual([]);
	expect(new Set(answers.map(inTypeScript)).size).toBeGreaterThan(2000);
});

const COMPILES = `
import json, sys, warnings
warnings.simplefilter("ignore")
for line in sys.stdin:
    try:
        compile(json.loads(line), "solution.py", "exec")
        print(1)
    except (SyntaxError, ValueError):
        print(0)`;

function compile(programs: readonly string[]): boolean[] {
	const input = programs.map((program) => `${JSON.stringify(program)}\n`).join("");
	const output = execFileSync("/usr/bin/python3", ["-c", COMPILES], { input, encoding: "utf8" });
	return output
		.trimEnd()
		.split("\n")
		.map((answer) => answer === "1");
}

const SHARED = fileURLToPath(new URL("../../../shared/data", import.meta.url));
const REAL = join(SHARED, "llm-humaneval-benchmarks");

describe.skipIf(!existsSync(REAL))("7,708 completions of real models (shared data)", () => {
	test("have the same programs in Python and in the workbench", { timeout: 120_000 }, async () => {
		const tasks = new Map<string, FunctionTask>();
		for await (const task of loadHumanEval(join(SHARED, "humaneval/HumanEval.jsonl.gz")))
			if (task.kind === "function") tasks.set(task.id, task);
		const answers: Answer[] = [];
		for (const name of readdirSync(REAL).filter((name) => name.endsWith(".jsonl"))) {
			for (const line of readFileSync(join(REAL, name), "utf8").split("\n")) {
				if (line.trim() === "") continue;
				const { task_id: id, completion } = JSON.parse(line) as { task_id: string; completion: string };
				const task = tasks.get(id);
				if (task === undefined) throw new Error(`no task ${id}`);
				const { entryPoint, starterCode } = task;
				answers.push({ completion, entryPoint, starterCode, continues: true });
				answers.push({ completion, entryPoint, starterCode, continues: false });
			}
		}
		expect(answers).toHaveLength(2 * 7708);
		expect(differences(answers)).toEqual([]);
	});
});

const CODET = join(SHARED, "codet/samples.jsonl");

describe.skipIf(!existsSync(CODET))("8,200 continuations of a real model (shared data)", () => {
	test("are programs after the extraction where they are programs before it", { timeout: 120_000 }, async () => {
		const tasks = new Map<string, Task>();
		for await (const task of loadHumanEval(join(SHARED, "humaneval/HumanEval.jsonl.gz"))) tasks.set(task.id, task);
		const asWritten: string[] = [];
		const extracted: string[] = [];
		for (const line of readFileSync(CODET, "utf8").split("\n")) {
			if (line.trim() === "") continue;
			const { task_id: id, completion } = JSON.parse(line) as { task_id: string; completion: string };
			const task = tasks.get(id);
			if (task?.kind !== "function") throw new Error(`no function task ${id}`);
			const { code } = extractCode(task, { completion });
			if (code === null) continue;
			asWritten.push(task.starterCode + completion);
			extracted.push(code);
		}
		expect(extracted).toHaveLength(8118);
		const compiled = compile(extracted);
		const spoilt = compile(asWritten).flatMap((good, at) => (good && !compiled[at] ? [extracted[at]] : []));
		expect(spoilt).toEqual([]);
	});
});
