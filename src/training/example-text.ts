import type { FunctionTask } from "../domain/task.js";
import { promptInputOf } from "../domain/task.js";
import type { Message, Prompt } from "../generate/language-model.js";
import type { PromptTemplate } from "../generate/prompt-templates.js";
import { renderPrompt } from "../generate/render-prompt.js";

export function promptOf(template: PromptTemplate, task: FunctionTask): Prompt {
	return renderPrompt(template, promptInputOf(task));
}

/**
 * What a model should have answered for `code` to be judged, without any of the chatter that it was found in. null: the
 * program does not go on from the starter code that a text template ends with.
 */
export function answerFor(template: PromptTemplate, task: FunctionTask, code: string): string | null {
	if (template.kind === "chat") return `\`\`\`${task.language}\n${code.trimEnd()}\n\`\`\``;
	return code.startsWith(task.starterCode) ? code.slice(task.starterCode.length) : null;
}

/** A conversation as one text, for trainers that know no chat template. */
export function promptAsText(prompt: Prompt): string {
	return prompt.kind === "text" ? prompt.text : `${prompt.messages.map(({ content }) => content).join("\n\n")}\n\n`;
}

export function promptAsMessages(prompt: Prompt): Message[] {
	return prompt.kind === "text" ? [{ role: "user", content: prompt.text }] : [...prompt.messages];
}
