import type { StepEntry, StepOf, Trace } from "./traces.js";

export interface TreeRow {
	step: number;
	/** Lines that join it to what it goes on from; "" where nothing branches. */
	branch: string;
}

/**
 * The steps in the order of the tree that they make: below each program its tests, then what was made of it. Programs
 * move to the right only where a tree branches, so a loop without branches is a plain list. What was handed in, and
 * what was said of it, comes last.
 */
export function treeOf(trace: Trace): TreeRow[] {
	const rows: TreeRow[] = [];
	const last: TreeRow[] = [];
	const children = new Map<number | null, number[]>();
	const testsOf = new Map<number, number[]>();
	trace.steps.forEach(({ outline }, step) => {
		if (outline.kind === "generation") push(children, programBefore(trace, step), step);
		else if (outline.kind === "tests") push(testsOf, outline.of, step);
		else last.push({ step, branch: "" });
	});
	/** A stack instead of recursion: chains may be long. */
	const waiting = [...(children.get(null) ?? [])].reverse().map((step) => ({ step, branch: "", below: "" }));
	for (let next = waiting.pop(); next; next = waiting.pop()) {
		const { step, branch, below } = next;
		rows.push({ step, branch });
		const after = children.get(step) ?? [];
		const forks = after.length > 1;
		for (const test of testsOf.get(step) ?? []) rows.push({ step: test, branch: below + (forks ? "│ " : "") });
		for (const [i, child] of [...after.entries()].reverse()) {
			const isLast = i === after.length - 1;
			waiting.push(
				forks
					? { step: child, branch: `${below}${isLast ? "└ " : "├ "}`, below: `${below}${isLast ? "  " : "│ "}` }
					: { step: child, branch: below, below },
			);
		}
	}
	return [...rows, ...last];
}

/** What a step has to do with: its program, that program's tests, and what it was made from. */
export interface StepContext {
	entry: StepEntry;
	/** The step that made the program; null: there is none. */
	program: StepEntry | null;
	tests: StepEntry | null;
	/** The program that it was revised from, and its tests. */
	base: StepEntry | null;
	baseTests: StepEntry | null;
	/** What all tests said of the program. */
	verdicts: StepEntry[];
}

export function contextOf(trace: Trace, step: number): StepContext | null {
	const entry = trace.steps[step];
	if (!entry) return null;
	const of = entry.outline.kind === "generation" ? step : entry.outline.of;
	const program = of === null ? null : (trace.steps[of] ?? null);
	const base = of === null ? null : programWithCodeBefore(trace, of);
	return {
		entry,
		program,
		tests: of === null ? null : testsOfProgram(trace, of),
		base: base === null ? null : (trace.steps[base] ?? null),
		baseTests: base === null ? null : testsOfProgram(trace, base),
		verdicts: trace.steps.filter(({ outline }) => outline.kind === "verdict" && outline.of === of),
	};
}

/** Whether tests turned since those of the program before: from red to green, from green to red, or some of each. */
export function turnOf(trace: Trace, tests: StepOf<"tests">): "better" | "worse" | "mixed" | null {
	const base = programWithCodeBefore(trace, tests.of);
	const before = base === null ? null : (testsOfProgram(trace, base)?.outline ?? null);
	if (before === null || before.kind !== "tests" || before.status === null || tests.status === null) return null;
	const isMended = before.failing.some((id) => !tests.failing.includes(id));
	const isBroken = tests.failing.some((id) => !before.failing.includes(id));
	if (isMended) return isBroken ? "mixed" : "better";
	return isBroken ? "worse" : null;
}

/** The steps where a test turned, in the order of time. */
export function turnsOf(trace: Trace): number[] {
	return trace.steps.flatMap(({ outline }, step) =>
		outline.kind === "tests" && turnOf(trace, outline) !== null ? [step] : [],
	);
}

function testsOfProgram(trace: Trace, of: number): StepEntry | null {
	return trace.steps.find(({ outline }) => outline.kind === "tests" && outline.of === of) ?? null;
}

function programWithCodeBefore(trace: Trace, step: number): number | null {
	let before = programBefore(trace, step);
	while (before !== null) {
		const outline = trace.steps[before]?.outline;
		if (outline?.kind === "generation" && outline.hasCode) return before;
		before = programBefore(trace, before);
	}
	return null;
}

/** The nearest generation that a step goes on from, over tests in between. */
function programBefore(trace: Trace, step: number): number | null {
	let at = trace.steps[step]?.outline.parent ?? null;
	while (at !== null) {
		const outline = trace.steps[at]?.outline;
		if (outline?.kind === "generation") return at;
		// A parent comes before its children, so this ends even in a damaged file.
		const parent: number | null = outline?.parent ?? null;
		at = parent !== null && parent < at ? parent : null;
	}
	return null;
}

function push<K>(map: Map<K, number[]>, key: K, step: number): void {
	const known = map.get(key);
	if (known) known.push(step);
	else map.set(key, [step]);
}
