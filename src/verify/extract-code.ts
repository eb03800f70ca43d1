import type { Task } from "../domain/task.js";

export interface Extraction {
	/** The program or the diff; null when the completion holds none. */
	code: string | null;
	method: "solution" | "append" | "fence" | "whole" | "none";
}

/** From what a generator gave to what is judged. A `solution` is taken as it is. */
export function extractCode(task: Task, sample: { completion: string; solution?: string | null }): Extraction {
	if (sample.solution !== undefined && sample.solution !== null) return { code: sample.solution, method: "solution" };
	const { completion } = sample;
	if (task.kind === "repository") return { code: fenced(completion, () => true) ?? completion, method: "whole" };
	if (completion.trim() === "") return { code: null, method: "none" };
	const definition = new RegExp(`^(?:async\\s+)?(?:def|class)\\s+${escapeRegExp(task.entryPoint)}\\b`, "m");
	const block = fenced(completion, (text) => definition.test(text));
	const body = block ?? completion;
	// Appended even when the completion starts over: the prompt's imports and helpers then stay in force.
	if (task.completionMode === "append")
		return { code: task.starterCode + body, method: block === null ? "append" : "fence" };
	return { code: body, method: block === null ? "whole" : "fence" };
}

const FENCE = /^[ \t]*(```+|~~~+)[^\n]*\n([\s\S]*?)^[ \t]*\1[ \t]*$/gm;

/** The first fenced block that `wanted` accepts, else the first one; null without a closed fence. */
function fenced(text: string, wanted: (block: string) => boolean): string | null {
	if (!text.includes("```") && !text.includes("~~~")) return null;
	const blocks = [...text.matchAll(FENCE)].map((match) => match[2] ?? "");
	return blocks.find(wanted) ?? blocks[0] ?? null;
}

function escapeRegExp(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
