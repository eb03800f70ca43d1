import { type PythonFacts, pythonFacts } from "./python-facts.js";

type Structure = readonly (readonly [name: string, kind: "flag" | "count", read: (facts: PythonFacts) => number])[];

const OF_TREE = [
	"loops",
	"branches",
	"returns",
	"calls",
	"comprehensions",
	"constants",
	"members",
	"lambdas",
	"comparisons",
	"operators",
	"tries",
	"imports",
	"assignments",
	"functions",
	"comments",
] as const satisfies readonly (keyof PythonFacts["counts"])[];

const STRUCTURE: Structure = [
	["valid", "flag", (facts) => Number(isValid(facts))],
	["parses", "flag", ({ parses }) => Number(parses)],
	["returnsValue", "flag", ({ returnsValue }) => Number(returnsValue)],
	["returnsConstants", "flag", ({ returnsConstants }) => Number(returnsConstants)],
	["unbound", "count", ({ undefinedNames }) => undefinedNames.length],
	["unusedParameters", "count", ({ unusedParameters }) => unusedParameters],
	["parameters", "count", ({ parameters }) => parameters],
	["callsItself", "flag", ({ callsItself }) => Number(callsItself)],
	["nodes", "count", ({ nodes }) => nodes],
	["names", "count", ({ names }) => names],
	["depth", "count", ({ depth }) => depth],
	...OF_TREE.map((name) => [name, "count", ({ counts }: PythonFacts) => counts[name]] as const),
];

/** Names of the structure numbers, in their order. */
export const STRUCTURE_NAMES: readonly string[] = STRUCTURE.map(([name]) => name);

/** It parses, returns a value and reads no name that is not bound. */
export function isValid({ parses, returnsValue, undefinedNames }: PythonFacts): boolean {
	return parses && returnsValue && undefinedNames.length === 0;
}

/** Flags as 0 and 1, counts as they are. */
export function structureCounts(facts: PythonFacts): number[] {
	return STRUCTURE.map(([, , read]) => read(facts));
}

/** What is read off a program's tree: flags, the logarithm of one more than each count, and names that nothing binds. */
export function structureNumbers(code: string, entryPoint: string | null): { facts: number[]; unbound: string[] } {
	const facts = pythonFacts(code, entryPoint ?? "");
	return {
		facts: STRUCTURE.map(([, kind, read]) => (kind === "count" ? logarithm(read(facts)) : read(facts))),
		unbound: facts.undefinedNames,
	};
}

/** To five digits: what is written as text is read as the same number. */
function logarithm(count: number): number {
	return Math.round(Math.log1p(count) * 1e5) / 1e5;
}
