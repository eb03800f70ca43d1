import { expect, test } from "vitest";
import { mutantsOf } from "../../../src/languages/mutants.js";
import { MUTATIONS, mutationSites } from "../../../src/languages/mutation-sites.js";
import { pythonFacts } from "../../../src/languages/python-facts.js";
import { seededRandom } from "../../../src/lib/seeded-random.js";

const PROGRAM = `# Layout  that nobody would make again
def search(xs, wanted , low=0):
  total=0;   found = []
  for i in range(1, len(xs)):
      if xs[i-1] < wanted and not xs[i] == 0:
          total += xs[i]*2
          found.append( (i, total) )
  while low in found:
      low = max(low, total) + 1
  return found
`;
const others = (code: string, kind: string): string[] =>
	mutationSites(code)
		.filter((site) => site.kind === kind)
		.flatMap(({ from, to, texts }) => texts.map((text) => code.slice(0, from) + text + code.slice(to)));

test("every kind of mutation finds a place in a program that has one", () => {
	expect(new Set(mutationSites(PROGRAM).map(({ kind }) => kind))).toEqual(new Set(MUTATIONS));
});

test.each([
	["compare", "return a < b", ["return a <= b", "return a > b"]],
	["binop", "return a * b", ["return a + b", "return a // b"]],
	["boolop", "return a and b", ["return a or b"]],
	["augassign", "a += b", ["a -= b"]],
	["not", "return not a", ["return a"]],
	["not", "return a in b", ["return a not in b"]],
	["not", "return a not in b", ["return a in b"]],
	["constant", "return 3", ["return 4", "return 2"]],
	["constant", "return True", ["return False"]],
	["range", "return range(a)", ["return range(a + 1)", "return range(a - 1)", "return range(1, a)"]],
	["swapped_arguments", "return max(a,  b, 1)", ["return max(b,  a, 1)"]],
	["removed_statement", "a = b", ["pass"]],
	["wrong_variable", "return a", ["return b"]],
	["negated_condition", "if a: return b", ["if not (a): return b"]],
	["changed_index", "return a[b]", ["return a[b + 1]", "return a[b - 1]"]],
	["changed_index", "return a[-1]", ["return a[-2]", "return a[0]"]],
])("%s: %s", (kind, line, expected) => {
	const programOf = (text: string) => `def f(a, b):\n    ${text}\n`;
	expect(others(programOf(line), kind)).toEqual(expected.map(programOf));
});

test("a return behind a loop moves into it, a statement goes with its line, and a docstring stays", () => {
	const code = 'def f(xs):\n    """Sum."""\n    t = 0\n    for x in xs:\n        t += x\n    return t\n';
	expect(others(code, "early_return")).toEqual([code.replace("    return t", "        return t")]);
	expect(others(code, "removed_statement")).toContain(code.replace("    t = 0\n", ""));
	expect(others(code, "removed_statement").every((other) => other.includes('"""Sum."""'))).toBe(true);
});

test("mutants are the program's own text but for the changed places, single and several, the same for the same seed", () => {
	const make = () => mutantsOf(PROGRAM, { count: 40, multiple: 10, from: 0, random: seededRandom(7) });
	const mutants = make();
	expect(mutants).toEqual(make());
	expect(mutants).toHaveLength(40);
	expect(new Set(mutants.map(({ code }) => code)).size).toBe(40);
	expect(mutants.some(({ mutations }) => mutations.length > 1)).toBe(true);
	expect(mutants.filter(({ mutations }) => mutations.length === 1).length).toBeGreaterThan(25);
	for (const { code } of mutants)
		expect(code).toMatch(/^# Layout {2}that nobody would make again\ndef search\(xs, wanted , low=0\):/);
	expect(mutants.filter(({ code }) => pythonFacts(code, "search").parses).length).toBeGreaterThan(36);
});

test("what was given is not changed, and a program without a place has no mutant", () => {
	const from = PROGRAM.indexOf("while");
	const made = mutantsOf(PROGRAM, { count: 20, multiple: 0, from, random: seededRandom(1) });
	expect(made.length).toBeGreaterThan(3);
	for (const { code } of made) expect(code.startsWith(PROGRAM.slice(0, from - 2))).toBe(true);
	expect(mutantsOf("pass\n", { count: 3, multiple: 0, from: 0, random: seededRandom(1) })).toEqual([]);
});
