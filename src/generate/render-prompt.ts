import type { PromptInput } from "../domain/task.js";
import { canonicalJson, sha256 } from "../lib/hash.js";
import type { Prompt } from "./language-model.js";
import type { PromptTemplate } from "./prompt-templates.js";

/** An earlier attempt, for templates that ask for a better one. */
export interface Revision {
	code: string;
	/** What the public tests said of it. */
	feedback: string;
}

export interface PromptParts {
	revision?: Revision;
	/** Files of the repository that the model may read. */
	files?: readonly { path: string; text: string }[];
}

/**
 * The template with the task's texts in place. It has a PromptInput to draw from and nothing else, so that no hidden test
 * and no reference can get into a prompt. Inserted texts are not searched for names again.
 */
export function renderPrompt(template: PromptTemplate, input: PromptInput, parts: PromptParts = {}): Prompt {
	const values: Record<string, string> = {
		language: input.language,
		instruction: input.prompt,
		task: taskText(input),
		opening: openingText(input),
		publicTests: input.publicTests.length === 0 ? "(none)" : fenced(input.publicTests.join("\n"), input.language),
		code: parts.revision?.code.trimEnd() ?? "",
		feedback: parts.revision?.feedback ?? "",
		files: (parts.files ?? []).map(({ path, text }) => `${path}\n${fenced(text, "")}`).join("\n\n"),
	};
	const filled = (text: string): string => text.replace(/\{\{(\w+)\}\}/g, (all, name: string) => values[name] ?? all);
	const messages = template.messages.map(({ role, content }) => ({ role, content: filled(content) }));
	return template.kind === "text"
		? { kind: "text", text: messages.map(({ content }) => content).join("") }
		: { kind: "chat", messages };
}

export function promptSha256(prompt: Prompt): string {
	return sha256(canonicalJson(prompt));
}

function taskText({ prompt, starterCode, completionMode, language, entryPoint }: PromptInput): string {
	if (completionMode === "append") return `Complete this ${language} code:\n${fenced(starterCode, language)}`;
	const start = starterCode.trim() === "" ? "" : `\n\nStart from this code:\n${fenced(starterCode, language)}`;
	const named = entryPoint === null ? "" : `\n\nThe entry point is \`${entryPoint}\`.`;
	return `${prompt.trimEnd()}${start}${named}`;
}

/** What a chat model is asked for is the whole program, but where the task itself is the beginning of one it may go on from there. */
export function continuesStarter(template: PromptTemplate, { completionMode }: PromptInput): boolean {
	return template.kind === "text" || completionMode === "append";
}

/** What a model without chat continues: the starter code, below the task in a comment where the code does not say it. */
function openingText({ prompt, starterCode, completionMode }: PromptInput): string {
	if (completionMode === "append" || starterCode.includes(prompt.trim())) return starterCode;
	const comment = prompt
		.trim()
		.split("\n")
		.map((line) => `# ${line}`.trimEnd())
		.join("\n");
	return `${comment}\n${starterCode}`;
}

/** A fence that is longer than any in the text. */
function fenced(text: string, language: string): string {
	const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
	const fence = "`".repeat(longest + 1);
	return `${fence}${language}\n${text.replace(/\n$/, "")}\n${fence}`;
}
