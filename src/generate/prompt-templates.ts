import { canonicalJson, sha256 } from "../lib/hash.js";
import type { Message } from "./language-model.js";

/**
 * What a model is asked. `{{name}}` stands for a text of the task: see `renderPrompt`. A template never changes once it
 * has been published: what is better gets the next version, so that the prompts of recorded runs stay known.
 */
export interface PromptTemplate {
	/** Name and version, e.g. `direct.v1`. */
	id: string;
	description: string;
	/** `text`: the model continues it; `chat`: messages. */
	kind: "chat" | "text";
	/** Which tasks it is for, and whether it needs an earlier attempt. */
	serves: "function" | "repository";
	revises: boolean;
	messages: readonly Message[];
}

const SYSTEM =
	"You are an expert {{language}} programmer. You answer with complete, correct code and follow the given names and types exactly.";

const CODE_ONLY =
	"Answer with the whole program in one fenced code block. Give no tests, no example calls and no explanation.";

const TEMPLATES: readonly PromptTemplate[] = [
	{
		id: "complete.v1",
		description: "the starter code as it is, which the model continues; for models without a chat template",
		kind: "text",
		serves: "function",
		revises: false,
		messages: [{ role: "user", content: "{{opening}}" }],
	},
	{
		id: "direct.v1",
		description: "the task, asked once",
		kind: "chat",
		serves: "function",
		revises: false,
		messages: [
			{ role: "system", content: SYSTEM },
			{ role: "user", content: `{{task}}\n\n${CODE_ONLY}` },
		],
	},
	{
		id: "direct-tests.v1",
		description: "the task with its public tests",
		kind: "chat",
		serves: "function",
		revises: false,
		messages: [
			{ role: "system", content: SYSTEM },
			{ role: "user", content: `{{task}}\n\nYour code must pass these tests:\n{{publicTests}}\n\n${CODE_ONLY}` },
		],
	},
	{
		id: "self-debug.v1",
		description: "the task, an attempt, and what its public tests said; asks for the whole program again",
		kind: "chat",
		serves: "function",
		revises: true,
		messages: [
			{ role: "system", content: SYSTEM },
			{ role: "user", content: `{{task}}\n\n${CODE_ONLY}` },
			{ role: "assistant", content: "```{{language}}\n{{code}}\n```" },
			{
				role: "user",
				content: `This does not pass:\n\n{{feedback}}\n\nSay in one or two sentences what is wrong. Then answer with the whole corrected program in one fenced code block.`,
			},
		],
	},
	{
		id: "reflect.v1",
		description: "the task, an attempt and its feedback; asks what is wrong, for no code",
		kind: "chat",
		serves: "function",
		revises: true,
		messages: [
			{ role: "system", content: SYSTEM },
			{
				role: "user",
				content:
					"{{task}}\n\nThis is the program so far:\n```{{language}}\n{{code}}\n```\n\nIt does not pass:\n\n{{feedback}}\n\nSay in at most four sentences what is wrong with it and what to change. Write no code.",
			},
		],
	},
	{
		id: "edit-blocks.v1",
		description: "the task, an attempt and its feedback; asks for search/replace blocks",
		kind: "chat",
		serves: "function",
		revises: true,
		messages: [
			{ role: "system", content: SYSTEM },
			{
				role: "user",
				content:
					"{{task}}\n\nThis is the program so far:\n```{{language}}\n{{code}}\n```\n\nIt does not pass:\n\n{{feedback}}\n\nAnswer with edits only, each in this form, where SEARCH is copied from the program exactly:\n<<<<<<< SEARCH\nlines to be replaced\n=======\nlines that replace them\n>>>>>>> REPLACE",
			},
		],
	},
	{
		id: "edit-diff.v1",
		description: "the task, an attempt and its feedback; asks for a unified diff",
		kind: "chat",
		serves: "function",
		revises: true,
		messages: [
			{ role: "system", content: SYSTEM },
			{
				role: "user",
				content:
					"{{task}}\n\nThis is the program so far, in the file solution:\n```{{language}}\n{{code}}\n```\n\nIt does not pass:\n\n{{feedback}}\n\nAnswer with one unified diff (--- a/solution, +++ b/solution) in a fenced block marked diff.",
			},
		],
	},
	{
		id: "patch.v1",
		description: "a repository's files and an instruction; asks for a unified diff",
		kind: "chat",
		serves: "repository",
		revises: false,
		messages: [
			{ role: "system", content: SYSTEM },
			{
				role: "user",
				content:
					"{{instruction}}\n\nThe repository:\n\n{{files}}\n\nAnswer with one unified diff against these files (--- a/path, +++ b/path, with hunk headers) in a fenced block marked diff. Change no tests.",
			},
		],
	},
];

export function promptTemplates(): readonly PromptTemplate[] {
	return TEMPLATES;
}

/** By its id, or by its name alone: then the newest version. */
export function templateOf(idOrName: string): PromptTemplate | null {
	return TEMPLATES.find(({ id }) => id === idOrName) ?? TEMPLATES.findLast(({ id }) => nameOf(id) === idOrName) ?? null;
}

/** Over all that reaches a model. */
export function templateSha256({ kind, messages }: PromptTemplate): string {
	return sha256(canonicalJson({ kind, messages }));
}

/** The template as people read it: each message below the name of its role. */
export function templateText({ messages }: PromptTemplate): string {
	return messages.map(({ role, content }) => `[${role}]\n${content}\n`).join("\n");
}

function nameOf(id: string): string {
	return id.replace(/\.v\d+$/, "");
}
