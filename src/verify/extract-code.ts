import type { ExtractionRecord } from "../domain/generation.js";
import type { FunctionTask, Task } from "../domain/task.js";
import { type FencedBlock, fencedBlocks } from "./fences.js";
import { dedent, reindent } from "./python-indent.js";
import { cutAtEndMark, cutProse, cutUnfinished } from "./python-prose.js";

export interface Extraction {
	/** The program or the diff; null when the completion holds none. */
	code: string | null;
	extraction: ExtractionRecord;
}

export interface Sample {
	completion: string;
	/** A whole program, taken as it is. */
	solution?: string | null;
	/** The model was to continue the starter code, whatever the task's samples usually are. */
	continues?: boolean;
}

/** From what a generator gave to what is judged. */
export function extractCode(task: Task, sample: Sample): Extraction {
	if (sample.solution !== undefined && sample.solution !== null) return found(sample.solution, "solution");
	const completion = cutAtEndMark(sample.completion);
	if (completion.trim() === "") return { code: null, extraction: { method: "none", blocks: 0, repairs: [] } };
	const repairs = completion === sample.completion ? [] : ["end_mark"];
	const blocks = fencedBlocks(completion);
	if (task.kind === "repository") return diffIn(completion, blocks, repairs);
	const block = programBlock(blocks, definitionOf(task));
	const continues = sample.continues ?? task.completionMode === "append";
	const program = tidied(block?.text ?? completion, task, continues, repairs);
	if (program.trim() === "") return { code: null, extraction: { method: "none", blocks: blocks.length, repairs } };
	const method =
		block !== null
			? block.closed
				? "fence"
				: "open_fence"
			: continues
				? "append"
				: repairs.includes("prose")
					? "chatter"
					: "whole";
	// Appended even when the completion starts over: the prompt's imports and helpers then stay in force.
	return found(continues ? joined(task, program) : program, method, blocks.length, repairs);
}

function found(
	code: string,
	method: ExtractionRecord["method"],
	blocks = 0,
	repairs: readonly string[] = [],
): Extraction {
	return { code, extraction: { method, blocks, repairs: [...repairs] } };
}

/**
 * A whole program needs a line of its own, also where the starter code ends in the middle of one, and no definition
 * above it that has no body yet.
 */
function joined(task: FunctionTask, program: string): string {
	const { starterCode, entryPoint } = task;
	const startsOver = new RegExp(
		`^\\s*(?:(?:from|import|@|#)[^\\n]*\\n\\s*)*(?:async\\s+)?(?:def|class)\\s+${escapeRegExp(entryPoint)}\\b`,
	);
	if (!startsOver.test(program)) return starterCode + program;
	const start = starterCode.trimEnd().endsWith(":") ? starterCode.search(definitionOf(task)) : -1;
	const kept = start < 0 ? starterCode : starterCode.slice(0, start);
	return kept + (kept.endsWith("\n") || kept === "" ? "" : "\n") + program;
}

/** Adds to `repairs` what it had to do. Other languages than Python are taken as they are. */
function tidied(text: string, task: FunctionTask, continues: boolean, repairs: string[]): string {
	if (task.language !== "python") return text;
	const apply = (name: string, change: (text: string) => string, before: string): string => {
		const after = change(before);
		if (after !== before) repairs.push(name);
		return after;
	};
	const definition = definitionOf(task);
	const code = apply("prose", cutProse, text);
	if (!continues || (definition.test(code) && !isBody(code, task))) {
		const whole = apply("dedented", dedent, code);
		return apply("unfinished", (program) => cutUnfinished(program, definition), whole);
	}
	const body = apply("indented", (program) => reindent(program, task.starterCode), code);
	// What stands before the first unindented line is the body that was asked for.
	return apply("unfinished", (program) => cutUnfinished(program, /^[ \t]+\S/m), body);
}

/** A body may have a variable or an inner function of the entry point's name; what returns in the open is a body. */
function isBody(code: string, { entryPoint }: FunctionTask): boolean {
	if (/^return\b/m.test(dedent(code))) return true;
	const isDefined = new RegExp(`^[ \\t]*(?:(?:async\\s+)?def\\b|class\\s+${escapeRegExp(entryPoint)}\\b)`, "m").test(
		code,
	);
	return !isDefined && /^[ \t]+return\b/m.test(code);
}

function definitionOf({ entryPoint, language }: FunctionTask): RegExp {
	const name = escapeRegExp(entryPoint);
	if (language !== "python") return new RegExp(`\\b${name}\\b`);
	return new RegExp(`^[ \\t]*(?:async\\s+)?(?:def|class)\\s+${name}\\b|^${name}\\s*=(?!=)`, "m");
}

const NO_PROGRAM = /^(?:bash|sh|shell|console|text|txt|output|json|diff|markdown|md|plaintext)\b/;

/** The first block that defines the entry point, else the first that may be a program, else the first. */
function programBlock(blocks: readonly FencedBlock[], definition: RegExp): FencedBlock | null {
	const written = blocks.filter(({ text }) => text.trim() !== "");
	return (
		written.find(({ text }) => definition.test(text)) ??
		written.find(({ tag }) => !NO_PROGRAM.test(tag)) ??
		written[0] ??
		null
	);
}

/** All diffs of an answer together: a model may write one block for each file. */
function diffIn(completion: string, blocks: readonly FencedBlock[], repairs: readonly string[]): Extraction {
	const isDiff = (text: string): boolean => /^(?:diff --git |--- )/m.test(text) && /^\+\+\+ /m.test(text);
	const diffs = blocks.filter(({ text }) => isDiff(text));
	if (diffs.length > 0) {
		const method = diffs.every(({ closed }) => closed) ? "fence" : "open_fence";
		return found(diffs.map(({ text }) => text).join(""), method, blocks.length, repairs);
	}
	if (!isDiff(completion)) return found(blocks[0]?.text ?? completion, "whole", blocks.length, repairs);
	const start = completion.search(/^(?:diff --git |--- )/m);
	const lines = completion.slice(start).split("\n");
	// What follows a hunk and has no sign in its first column is prose.
	const end = lines.findIndex(
		(line, index) =>
			index > 0 &&
			line !== "" &&
			!/^(?:[-+ @\\]|diff |index |new |deleted |old |similarity |rename |Binary )/.test(line),
	);
	const prose = start > 0 || end >= 0 ? ["prose"] : [];
	const diff = (end < 0 ? lines : [...lines.slice(0, end), ""]).join("\n");
	return found(diff, "diff", blocks.length, [...repairs, ...prose]);
}

function escapeRegExp(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
