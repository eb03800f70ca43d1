import { crc32 } from "node:zlib";
import type { Task } from "../domain/task.js";
import type { Likeness } from "../domain/training.js";
import { codeTokens, textTokens } from "../languages/code-tokens.js";
import { sha256 } from "../lib/hash.js";

/** `assay.likeness.v1`: whoever changes a number here, or how texts are cut, gives it another name. */
const WORDS = 3;
const TOKENS = 5;
/** Hashes in a sketch. */
export const SKETCH = 64;
const MIN_WORDS = 16;
const MIN_TOKENS = 32;
/** `return sum(xs)` is the solution of too many tasks. */
const MIN_EXACT_TOKENS = 9;

/** What is alike in questions (`askedBy`) that differ in white space and case. */
export function promptLikeness(asked: string): Likeness {
	const text = asked.toLowerCase();
	const words = textTokens(text.replace(SIGNATURE, ""));
	return {
		exact: digest(text.replace(/[ \t\n\r\f\v]+/g, " ").replace(/^ | $/g, "")),
		near: words.length < MIN_WORDS ? null : sketch(words, WORDS),
	};
}

/**
 * What is alike in programs that differ in chosen names, annotations, parameters, imports, comments and layout; null: too
 * short to tell it from those of other tasks.
 */
export function solutionLikeness(code: string): Likeness | null {
	const tokens = plain(codeTokens(code.replace(IMPORT, ""), (name) => `$${name}`));
	if (tokens.length < MIN_EXACT_TOKENS) return null;
	const numbers = new Map<string, string>();
	const numbered = tokens.map((token) => {
		if (!isChosen(token)) return token;
		const known = numbers.get(token) ?? `$${numbers.size}`;
		numbers.set(token, known);
		return known;
	});
	const alike = tokens.map((token) => (isChosen(token) ? "$" : token));
	return { exact: digest(numbered.join(" ")), near: tokens.length < MIN_TOKENS ? null : sketch(alike, TOKENS) };
}

/** Without the entry point's name and the tests that MBPP's prompts end in: they differ where the question does not. */
export function askedBy(task: Task): string {
	if (task.kind === "repository") return task.instruction;
	const shown = task.tests.flatMap((test) =>
		test.visibility === "public" && test.kind === "program" ? [test.code] : [],
	);
	return shown.reduce((text, code) => text.replace(code, ""), task.prompt).replaceAll(`${task.entryPoint}(`, "x(");
}

/** HumanEval's reference repeats the prompt; only what follows is the solution. */
export function solutionOf(task: { reference: string | null; starterCode: string; completionMode: string }): string {
	const reference = task.reference ?? "";
	const repeats = task.completionMode === "append" && reference.startsWith(task.starterCode);
	return repeats ? reference.slice(task.starterCode.length) : reference;
}

const SIGNATURE = /(?<![^\n])[ \t]*(?:async )?def [^\n]*/g;
const IMPORT = /(?<![^\n])[ \t]*(?:import|from)[ \t][^\n]*/g;

function isChosen(token: string): boolean {
	return token.length > 1 && token.startsWith("$");
}

/** Parentheses that are not needed and `else: if` are layout, too. */
const LONG: ReadonlyMap<string, readonly string[]> = new Map([
	["(", []],
	[")", []],
	[";", []],
	["elif", ["else", ":", "if"]],
]);

/** Without signatures, so that a body is like the whole function, and without what an author may write or leave out. */
function plain(tokens: readonly string[]): string[] {
	const kept: string[] = [];
	let depth = -1;
	for (const token of tokens) {
		if (depth < 0 && token === "def") depth = 0;
		else if (depth < 0) kept.push(...(LONG.get(token) ?? [token]));
		else if (token === ":" && depth === 0) depth = -1;
		else if ("([{".includes(token)) depth++;
		else if (")]}".includes(token)) depth--;
	}
	return kept;
}

/** The smallest hashes of a set are a fair sample of it (bottom-k: Cohen and Kaplan 2007); of a small one they are all. */
function sketch(tokens: readonly string[], size: number): string {
	const hashes = new Set<number>();
	for (let start = 0; start + size <= Math.max(tokens.length, size); start++) {
		hashes.add(mixed(crc32(tokens.slice(start, start + size).join(" "))));
	}
	const smallest = Uint32Array.from(hashes).sort().subarray(0, SKETCH);
	const bytes = Buffer.alloc(smallest.length * 4);
	smallest.forEach((hash, at) => {
		bytes.writeUInt32LE(hash, at * 4);
	});
	return bytes.toString("base64");
}

/** The finaliser of MurmurHash3: close checksums are far apart afterwards. */
function mixed(hash: number): number {
	let h = hash;
	h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
	return (h ^ (h >>> 16)) >>> 0;
}

function digest(text: string): string {
	return sha256(text).slice(0, 16);
}
