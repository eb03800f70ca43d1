import type { FunctionTask } from "../domain/task.js";

/** What a task asks, in words: a docstring alone where the prompt is code, and without the public tests that it may end in. */
export function questionOf({ prompt, starterCode, tests }: FunctionTask): string {
	if (starterCode !== "" && prompt === starterCode) return docstringOf(prompt) ?? prompt.trim();
	const shown = tests.flatMap((test) => (test.visibility === "public" && test.kind === "program" ? [test.code] : []));
	const words = shown.reduce((text, code) => text.replace(code, ""), prompt).trim();
	// What announced the tests is left of them.
	return shown.length === 0 ? words : words.replace(/\n[^\n]*:$/, "").trim();
}

/** The last one: helpers come before what is asked for. */
function docstringOf(code: string): string | null {
	const found = [...code.matchAll(/("""|''')([\s\S]*?)\1/g)].at(-1)?.[2];
	const lines = found?.split("\n").map((line) => line.trim());
	return lines === undefined ? null : lines.join("\n").trim();
}
