import { z } from "zod";
import type { TrainingEntry } from "../domain/training.js";
import { AssayError } from "../lib/errors.js";
import { readJsonLines } from "../lib/jsonl.js";
import { promptLikeness, solutionLikeness } from "../tasks/likeness.js";
import { fencedBlocks } from "../verify/fences.js";

const PROMPTS = ["prompt", "instruction", "question", "problem", "query"];
const ANSWERS = ["completion", "response", "output", "answer", "solution", "chosen", "program", "after"];
const IDS = ["taskId", "task_id", "problem_id"];
/** Whoever has these is a task and no example. */
const TESTS = ["test", "tests", "test_list", "public_tests", "hidden_tests", "entry_point", "entryPoint"];

const Messages = z.array(z.object({ role: z.string(), content: z.string() })).min(1);
const Row = z.record(z.string(), z.unknown());

/** Whether the first record of a JSON lines file looks like something that a model learns from, and not like a task. */
export async function holdsExamples(path: string): Promise<boolean> {
	for await (const { value } of readJsonLines(path)) return entryOf(value) !== null;
	return false;
}

/**
 * What a training manifest keeps of the examples of any trainer, one entry a line: prompt and completion under their usual
 * names, `messages` of a conversation, or `text`. Throws `usage` with file and line for what is none of these.
 */
export async function* foreignEntries(path: string): AsyncGenerator<TrainingEntry> {
	for await (const { line, value } of readJsonLines(path)) {
		const entry = entryOf(value);
		if (entry === null) {
			throw new AssayError("usage", `${path}:${line}: no training example: it has no prompt, messages or text`, {
				hint: `expected one of ${PROMPTS.join(", ")} with one of ${ANSWERS.join(", ")}; or messages; or text`,
			});
		}
		yield entry;
	}
}

function entryOf(value: unknown): TrainingEntry | null {
	const row = Row.safeParse(value);
	if (!row.success || TESTS.some((name) => name in row.data)) return null;
	const taskId = textIn(row.data, IDS);
	const messages = Messages.safeParse(row.data.messages);
	if (messages.success) {
		const said = (role: string) =>
			messages.data.filter((message) => message.role === role).map(({ content }) => content);
		return entry(taskId, said("user"), said("assistant"));
	}
	const prompt = textIn(row.data, PROMPTS);
	const answers = ANSWERS.flatMap((name) => textIn(row.data, [name]) ?? []);
	if (prompt !== null || answers.length > 0) return entry(taskId, prompt === null ? [] : [prompt], answers);
	const text = textIn(row.data, ["text"]);
	return text === null ? null : entry(taskId, [text.split("```")[0] ?? ""], [text]);
}

function entry(taskId: string | null, prompts: readonly string[], answers: readonly string[]): TrainingEntry {
	const asked = prompts.join("\n").trim();
	const likenesses = answers.flatMap(programsIn).map(solutionLikeness);
	const solutions = likenesses.filter((likeness) => likeness !== null);
	return {
		taskId,
		contentSha256: null,
		prompt: asked === "" ? null : promptLikeness(asked),
		solutions: [...new Map(solutions.map((likeness) => [likeness.exact, likeness])).values()],
	};
}

/** The fenced blocks of an answer, or all of it. */
function programsIn(answer: string): string[] {
	const blocks = fencedBlocks(answer);
	return blocks.length === 0 ? [answer] : blocks.map(({ text }) => text);
}

function textIn(row: Readonly<Record<string, unknown>>, names: readonly string[]): string | null {
	for (const name of names) {
		const value = row[name];
		if (typeof value === "string" && value !== "") return value;
		if (typeof value === "number" && IDS.includes(name)) return String(value);
	}
	return null;
}
