import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { askedBy, promptLikeness, solutionLikeness } from "../../../src/tasks/likeness.js";
import { openTasks } from "../../../src/tasks/open-tasks.js";

const fixtures = fileURLToPath(new URL("../../../fixtures", import.meta.url));

const SOLUTION = `
from typing import List

def count_words(text: str, least: int = 2) -> dict:
    """How often each word occurs."""
    found = {}
    for word in text.lower().split():  # one at a time
        if len(word) >= least:
            found[word] = found.get(word, 0) + 1
    order = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(order)
`;

const RENAMED = `def solve(s, k=2):
    d = {}
    for w in s.lower().split():
        # long enough
        if len(w) >= k: d[w] = d.get(w, 0) + 1
    o = sorted(d.items(),
               key=lambda p: (-p[1], p[0]))
    return dict(o)`;

/** Texts that the two sides could cut differently, beside all prompts and references of the own tasks. */
const AWKWARD = [
	"",
	"x",
	"   \n\t ",
	"return a\u2028b if a < b else [a for a in b if a]",
	"naïve = 'ç\\'é' + r\"\\d+\" + b'1'\nпривет = naïve * 2 // 3 ** 4\nreturn привет, naïve",
	"x = 'not closed\ny = \"\"\"a\nb\"\"\" + '''c''' + f'{x!r}'\nreturn x <<= 2, y >>= 3 if x != y else y -> z",
	"def f(a, b: dict[str, list[int]] = {'a': [1]}, *c) -> None:\r\n    import os\r\n    return a @ b | c ^ ~a\r\n",
	"async def g(): await h(1_000, 0x1F, 1e-3, 1.5j)\nfrom a import (b,\n c)\nclass D(E): pass\nreturn D().f().g",
	"Überprüfe, ob 12 — 13 größer als ½ ist… 中文说明、测试。 ¿Qué? The İstanbul ΣΑΣ 🎉 and some more words to fill it up, up to sixteen.",
];

async function contract(): Promise<{ prompts: object[]; solutions: object[] }> {
	const prompts = new Set(AWKWARD);
	const solutions = new Set([...AWKWARD, SOLUTION, RENAMED]);
	for (const folder of ["tasks", "tasks/tiny"]) {
		for await (const task of openTasks(`${fixtures}/${folder}`)) {
			prompts.add(askedBy(task));
			if (task.kind === "function" && task.reference !== null) solutions.add(task.reference);
		}
	}
	return {
		prompts: [...prompts].map((text) => ({ text, likeness: promptLikeness(text) })),
		solutions: [...solutions].map((text) => ({ text, likeness: solutionLikeness(text) })),
	};
}

test("the likenesses are those that the trainer makes", async () => {
	const path = `${fixtures}/contract/likeness.json`;
	const made = await contract();
	if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, `${JSON.stringify(made, null, "\t")}\n`);
	expect(made).toEqual(JSON.parse(readFileSync(path, "utf8")));
});

test("names, annotations, comments, imports and layout change nothing of a program's likeness", () => {
	expect(solutionLikeness(RENAMED)).toEqual(solutionLikeness(SOLUTION));
	const body = SOLUTION.slice(SOLUTION.indexOf("    found = {}"));
	expect(solutionLikeness(body)).toEqual(solutionLikeness(SOLUTION));
	expect(solutionLikeness(SOLUTION)?.near).not.toBeNull();
});

test("another constant is another program, though nearly the same one", () => {
	const other = solutionLikeness(SOLUTION.replace("+ 1", "+ 2"));
	expect(other?.exact).not.toBe(solutionLikeness(SOLUTION)?.exact);
});

test("a program of a few tokens is like too many others to be told from them", () => {
	expect(solutionLikeness("def f(xs):\n    return sum(xs)\n")).toBeNull();
});

test("white space and case change nothing of a prompt's likeness", () => {
	const asked = "Return the sum of all even numbers\nin the list, or 0 when there is none.";
	expect(promptLikeness(`  ${asked.toUpperCase().replaceAll(" ", "\n ")} `)).toEqual(promptLikeness(asked));
	expect(promptLikeness("Return a + b").exact).not.toBe(promptLikeness("Return a - b").exact);
});
