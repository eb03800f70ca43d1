import type { TraceStep } from "../domain/trace.js";
import { questionOf } from "../tasks/question.js";
import { draftOf, type Looked } from "./world-drafts.js";
import type { WorldTasks } from "./world-tasks.js";

/** LDB puts this above every program, and a star brings in names that nobody can tell. */
const LDB_IMPORTS =
	"from typing import *\nimport math\nfrom heapq import *\nimport itertools\nimport re\nimport typing\nimport heapq\n_str=str\nimport re\n";

/** A step as far as it matters for later ones: its program, what tests said of one, or what was thought of it. */
interface Earlier {
	parent: number | null;
	code: string | null;
	said: string | null;
	/** The step whose program was tested; null: these are no tests. */
	of: number | null;
}

/** Of each try in a trace its first program, and each one that came after another with what was said in between. */
export async function* draftsOfTrace(
	tasks: WorldTasks,
	dataset: string,
	steps: AsyncIterable<TraceStep>,
): AsyncGenerator<Looked> {
	const open = new Map<string, Map<number, Earlier>>();
	const refused = new Set<string>();
	for await (const step of steps) {
		const key = `${dataset} ${step.taskId} ${step.sampleIndex}`;
		const known = tasks.get(step.taskId);
		if (known === null) {
			if (!refused.has(key)) yield { dropped: tasks.reasonAgainst(step.taskId) ?? "unknown_task", id: key };
			refused.add(key);
			continue;
		}
		if (step.kind === "verdict") {
			if (step.which === "final") open.delete(key);
			continue;
		}
		const tried = open.get(key) ?? new Map<number, Earlier>();
		open.set(key, tried);
		const earlier = earlierOf(step);
		tried.set(step.step, earlier);
		if (step.kind !== "generation" || earlier.code === null) continue;
		const { before, said } = above(tried, step.parent);
		const of = { after: earlier.code, generator: step.model ?? dataset, dataset };
		const text = [questionOf(known.task), ...said].join("\n\n");
		yield before === null
			? draftOf(known, { ...of, source: "sample" })
			: draftOf(known, { ...of, source: "revision", before, text });
	}
}

function earlierOf(step: TraceStep): Earlier {
	const { parent } = step;
	if (step.kind === "tests") return { parent, code: null, said: step.feedback, of: step.of };
	if (step.kind !== "generation") return { parent, code: null, said: null, of: null };
	const { code, purpose, completion } = step;
	if (code === null) return { parent, code, said: purpose === "reflect" ? completion : null, of: null };
	const own = code.startsWith(LDB_IMPORTS) ? code.slice(LDB_IMPORTS.length) : code;
	return { parent, code: own, said: null, of: null };
}

/** The nearest program above, and what its tests said and was thought of it since. */
function above(steps: ReadonlyMap<number, Earlier>, from: number | null): { before: string | null; said: string[] } {
	const thought: string[] = [];
	for (let at = from; at !== null; ) {
		const step = steps.get(at);
		if (step === undefined) break;
		if (step.code !== null) {
			const told = [...steps.values()].filter(({ of }) => of === at).map(({ said }) => said);
			return { before: step.code, said: [...told, ...thought].filter((said) => said !== null) };
		}
		if (step.said !== null && step.of === null) thought.unshift(step.said);
		at = step.parent;
	}
	return { before: null, said: thought };
}
