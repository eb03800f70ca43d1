import type { FunctionTask, PlainValue, TestCase } from "../domain/task.js";

export interface Leak {
	testId: string;
	where: "prompt" | "starterCode" | "public_tests";
	/** `test`: all of a hidden test is there; `case`: a call of it with the result that it expects. */
	what: "test" | "case";
	excerpt: string;
}

/** Hidden tests, or single cases of them, that stand in what a generator is shown. One leak a test and place. */
export function findLeaks(task: FunctionTask): Leak[] {
	const publicTests = task.tests.filter((test) => test.visibility === "public");
	const shown = [
		{ where: "prompt" as const, text: squeeze(task.prompt, task.entryPoint) },
		...(task.starterCode === "" || task.starterCode === task.prompt
			? []
			: [{ where: "starterCode" as const, text: squeeze(task.starterCode, task.entryPoint) }]),
		{
			where: "public_tests" as const,
			text: publicTests.map((test) => squeeze(textOf(test, task.entryPoint), task.entryPoint)).join("\n"),
		},
	];
	const leaks: Leak[] = [];
	for (const test of task.tests) {
		if (test.visibility !== "hidden") continue;
		const text = textOf(test, task.entryPoint);
		const whole = squeeze(text, task.entryPoint);
		const cases = casesOf(text, task.entryPoint);
		for (const { where, text: visible } of shown) {
			if (whole !== "" && containsWhole(visible, whole)) {
				leaks.push({ testId: test.id, where, what: "test", excerpt: excerptOf(text) });
				continue;
			}
			const known = cases.find((one) => showsCase(visible, one));
			if (known !== undefined) {
				leaks.push({ testId: test.id, where, what: "case", excerpt: excerptOf(`${known.call} -> ${known.expected}`) });
			}
		}
	}
	return leaks;
}

interface Case {
	/** Squeezed: `f(1,"a")`. */
	call: string;
	expected: string;
}

/** The `assert f(…) == …` of a test; an assertion of another form has no case to look for. */
export function casesOf(text: string, entryPoint: string): Case[] {
	return [...text.matchAll(/^[ \t]*assert\b/gm)].flatMap((match) => {
		const statement = statementAt(text, match.index + match[0].length);
		const { left, right } = comparisonIn(statement);
		const call = squeeze(left, entryPoint);
		const bare = call.startsWith("(") && call.endsWith(")") ? call.slice(1, -1) : call;
		if (right === "" || !bare.startsWith(`${entryPoint}(`)) return [];
		return [{ call: bare, expected: squeeze(right, entryPoint) }];
	});
}

/** Text from `start` to the end of the statement: a line break outside of brackets and strings. */
function statementAt(text: string, start: number): string {
	const end = scan(text, start, (character, depth) => depth === 0 && (character === "\n" || character === ";"));
	return text.slice(start, end);
}

function comparisonIn(statement: string): { left: string; right: string } {
	const equals = scan(
		statement,
		0,
		(character, depth, at) => depth === 0 && character === "=" && statement[at + 1] === "=",
	);
	if (equals >= statement.length) return { left: statement, right: "" };
	const rest = statement.slice(equals + 2);
	const comma = scan(rest, 0, (character, depth) => depth === 0 && (character === "," || character === "#"));
	return { left: statement.slice(0, equals), right: rest.slice(0, comma) };
}

/** Position of the first character outside of strings that satisfies `stop`, or the length of the text. */
function scan(text: string, start: number, stop: (character: string, depth: number, at: number) => boolean): number {
	let depth = 0;
	let quote = "";
	for (let at = start; at < text.length; at++) {
		const character = text[at] ?? "";
		if (quote !== "") {
			if (character === "\\") at++;
			else if (character === quote) quote = "";
			continue;
		}
		if (stop(character, depth, at)) return at;
		if (character === '"' || character === "'") quote = character;
		else if ("([{".includes(character)) depth++;
		else if (")]}".includes(character)) depth--;
	}
	return text.length;
}

/** Without white space, with one kind of quotes, and with HumanEval's `candidate` under the entry point's name. */
function squeeze(text: string, entryPoint: string): string {
	return text
		.replace(/\bcandidate\b/g, entryPoint)
		.replace(/\s+/g, "")
		.replaceAll("'", '"');
}

/** A whole test is found only as statements, so that `assert f(1) == 2` is not seen in `assert f(1) == 23`. */
function containsWhole(visible: string, whole: string): boolean {
	for (let at = visible.indexOf(whole); at >= 0; at = visible.indexOf(whole, at + 1)) {
		if (endsValue(whole, visible.slice(at + whole.length))) return true;
	}
	return false;
}

/** What may stand between a call and its result: a doctest has a line break, prose an arrow or a word. */
const BETWEEN = /^(?:\)|==|=>|->|=|➞|→|➔|:|#|returns?|shouldreturn|shouldbe|is|must(?:return|be)|gives?){0,3}/i;

function showsCase(visible: string, { call, expected }: Case): boolean {
	for (let at = visible.indexOf(call); at >= 0; at = visible.indexOf(call, at + 1)) {
		if (/[\p{L}\p{N}_.]/u.test(visible[at - 1] ?? "") && !/(assert|print|is|return)$/.test(visible.slice(0, at)))
			continue;
		const rest = visible.slice(at + call.length).replace(BETWEEN, "");
		if (rest.startsWith(expected) && endsValue(expected, rest.slice(expected.length))) return true;
	}
	return false;
}

function endsValue(value: string, next: string): boolean {
	return !/\d$/.test(value) || !/^(\d|\.\d|e[-+]?\d)/.test(next);
}

function textOf(test: TestCase, entryPoint: string): string {
	switch (test.kind) {
		case "program":
			return test.code;
		case "call": {
			const named = Object.entries(test.kwargs ?? {}).map(([name, value]) => `${name}=${python(value)}`);
			const call = `${entryPoint}(${[...test.args.map(python), ...named].join(", ")})`;
			return test.returns === undefined ? `${call} raises ${test.raises}` : `assert ${call} == ${python(test.returns)}`;
		}
		case "stdio":
			return `${test.stdin}\n${test.stdout}`;
		case "command":
			return "";
	}
}

/** As a Python literal, roughly: enough to be found in a text. */
function python(value: PlainValue): string {
	if (value === null) return "None";
	if (typeof value === "boolean") return value ? "True" : "False";
	if (typeof value !== "object") return JSON.stringify(value);
	if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
	const [key, inner] = Object.entries(value)[0] ?? ["", null];
	const items = Array.isArray(inner) ? inner : [];
	if (key === "$float" && typeof inner === "string") return inner;
	if (key === "$tuple") return `(${items.map(python).join(", ")}${items.length === 1 ? "," : ""})`;
	if (key === "$set") return items.length === 0 ? "set()" : `{${items.map(python).join(", ")}}`;
	if (key === "$dict") {
		const pairs = items.map((pair) => (Array.isArray(pair) ? pair.map(python).join(": ") : ""));
		return `{${pairs.join(", ")}}`;
	}
	const pairs = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${python(item)}`);
	return `{${pairs.join(", ")}}`;
}

function excerptOf(text: string): string {
	const line = text.trim().replace(/\s+/g, " ");
	return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
