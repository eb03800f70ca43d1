import { resolve } from "node:path";
import { z } from "zod";
import { readJsonLines } from "../lib/jsonl.js";
import { atPlace, parseFields } from "../lib/schema.js";

const Generated = z.object({ task_id: z.string().min(1), generations: z.array(z.string()) });

/** Where a completion goes on to something else than assertions. */
const STOPS = /\n(?:class|def|#|if|print)/;
/** Of one generation: a model that rambles is not to outvote the others. */
const OF_ONE = 5;

/**
 * Assertions that a model wrote for each task, distinct ones, from JSON lines with `task_id` and `generations`, each the
 * text after an `assert`, as CodeT publishes them (Chen et al. 2022, section 3).
 */
export async function readModelTests(
	path: string,
	entryPoints: ReadonlyMap<string, string>,
): Promise<Map<string, string[]>> {
	const found = new Map<string, string[]>();
	for await (const { line, value } of readJsonLines(resolve(path))) {
		const { task_id: id, generations } = atPlace(`${path}:${line}`, () => parseFields(Generated, value));
		const entryPoint = entryPoints.get(id);
		if (entryPoint === undefined) continue;
		const assertions = new Set(found.get(id));
		for (const text of generations) for (const assertion of assertionsIn(text, entryPoint)) assertions.add(assertion);
		found.set(id, [...assertions]);
	}
	return found;
}

function assertionsIn(generation: string, entryPoint: string): string[] {
	const text = `assert ${generation}`.split(STOPS)[0] ?? "";
	const parts = text
		.split("assert ")
		.map((part) => part.trim())
		.filter((part) => part.includes(`${entryPoint}(`));
	return parts.slice(0, OF_ONE).map((part) => `assert ${part}`);
}
