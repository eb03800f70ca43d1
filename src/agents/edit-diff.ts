import { applyPatch, parsePatch } from "diff";
import { EditProblem } from "./edit-blocks.js";

/** Applies the one unified diff in the completion, hunks up to two lines off their context. Throws EditProblem. */
export function applyEditDiff(code: string, completion: string): string {
	const text = diffIn(completion);
	if (text === null) throw new EditProblem("the answer holds no unified diff");
	let hunks: number;
	try {
		const patches = parsePatch(text);
		if (patches.length !== 1) throw new EditProblem(`the answer changes ${patches.length} files; there is only one`);
		hunks = patches[0]?.hunks.length ?? 0;
	} catch (error) {
		if (error instanceof EditProblem) throw error;
		throw new EditProblem(`the diff cannot be read: ${error instanceof Error ? error.message : String(error)}`);
	}
	if (hunks === 0) throw new EditProblem("the diff holds no hunk");
	const result = applyPatch(code.replace(/\r\n/g, "\n"), text, { fuzzFactor: 2 });
	if (result === false) throw new EditProblem("the lines around the change are not those of the program");
	return result;
}

const FENCED = /^[ \t]*(```+|~~~+)[ \t]*(?:diff|patch|udiff)?[ \t]*\n([\s\S]*?)^[ \t]*\1[ \t]*$/m;

function diffIn(completion: string): string | null {
	const fenced = FENCED.exec(completion)?.[2];
	const text = (fenced ?? completion).replace(/\r\n/g, "\n");
	const start = /^(?:--- |@@ )/m.exec(text);
	if (start === null) return null;
	const body = text.slice(start.index);
	return `${body.startsWith("@@") ? "--- a/solution\n+++ b/solution\n" : ""}${body.trimEnd()}\n`;
}
