import type { FunctionTask } from "../domain/task.js";

/** Modules that a function task rarely needs and that attacks start from. */
const SENSITIVE =
	/^[ \t]*(?:from|import)\s+(os|sys|subprocess|ctypes|socket|signal|gc|inspect|importlib|multiprocessing|shutil|pathlib|pickle|resource|threading|builtins|urllib|requests|http)\b/gm;
const DYNAMIC = /(?<![\w.])(exec|eval|compile|__import__|globals)\s*\(/g;
const FRAMES = /\b_getframe\b|\bcurrentframe\b|\bsettrace\b|\bsetprofile\b/;
const EQUALITY = /def\s+__(?:eq|ne|lt|le|gt|ge|hash|instancecheck)__\b/;

/** Findings in the source, for people and for filters. They never decide a verdict. */
export function staticFlags(task: FunctionTask, code: string): string[] {
	const flags = new Set<string>();
	for (const match of code.matchAll(SENSITIVE)) flags.add(`imports_${match[1]}`);
	for (const match of code.matchAll(DYNAMIC)) flags.add(`calls_${match[1]}`);
	if (FRAMES.test(code)) flags.add("inspects_frames");
	if (EQUALITY.test(code)) flags.add("overrides_comparison");
	if (isConstantFunction(code, task.entryPoint)) flags.add("constant_function");
	for (const flag of visibleAnswerFlags(task, code)) flags.add(flag);
	return [...flags].sort();
}

const LITERAL_RETURN = /^[ \t]+return\s+(?:-?[\d.]+|True|False|None|"[^"\n]*"|'[^'\n]*'|\[\]|\{\}|\(\))\s*(?:#.*)?$/;

/**
 * `def f(...): return <literal>` with nothing but a docstring and comments before it. It goes from line to line: one pattern
 * over the whole text would try every way to divide blank lines, and a candidate could keep the judge busy with them.
 */
function isConstantFunction(code: string, entryPoint: string): boolean {
	const lines = code.split("\n");
	const header = new RegExp(`^def\\s+${entryPoint.replace(/[^\w]/g, "")}\\s*\\(`);
	return lines.some((line, index) => {
		if (!header.test(line)) return false;
		const first = firstStatement(lines, index + 1);
		if (!LITERAL_RETURN.test(lines[first] ?? "")) return false;
		return !/^[ \t]+\S/.test(lines[first + 1] ?? "");
	});
}

/** The line behind blank ones, comments and docstrings. */
function firstStatement(lines: readonly string[], from: number): number {
	let at = from;
	while (at < lines.length) {
		const line = lines[at]?.trim() ?? "";
		const quotes = /^[rRbBuU]?("""|''')/.exec(line)?.[1];
		if (quotes !== undefined) {
			const closesHere = line.indexOf(quotes, line.indexOf(quotes) + 3) >= 0;
			if (!closesHere) {
				at++;
				while (at < lines.length && lines[at]?.includes(quotes) !== true) at++;
			}
		} else if (line !== "" && !line.startsWith("#")) return at;
		at++;
	}
	return at;
}

/** Inputs and answers of public tests that stand in the source: `if x == <visible input>`, `return <visible answer>`. */
function visibleAnswerFlags(task: FunctionTask, code: string): string[] {
	const flags: string[] = [];
	const body = code.startsWith(task.starterCode) ? code.slice(task.starterCode.length) : code;
	for (const test of task.tests) {
		if (test.visibility !== "public" || test.kind !== "program") continue;
		const match = /^assert\s+[\w.]+\((.*)\)\s*==\s*(.+)$/.exec(test.code.trim());
		const [, input = "", answer = ""] = match ?? [];
		if (input.length >= 4 && new RegExp(`==\\s*\\(?${escapePattern(input)}`).test(body))
			flags.push("compares_with_visible_input");
		if (answer.length >= 6 && body.includes(answer)) flags.push("holds_visible_answer");
	}
	return flags;
}

function escapePattern(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
