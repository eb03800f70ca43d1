import { createTwoFilesPatch } from "diff";
import {
	type PromptTemplate,
	promptTemplates,
	templateOf,
	templateSha256,
	templateText,
} from "../src/generate/prompt-templates.js";
import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, tableLines, writeJson, writeLine } from "./cli/print.js";

export async function listPrompts(context: CommandContext): Promise<ExitCode> {
	const templates = promptTemplates();
	if (context.json) {
		for (const template of templates) await writeJson(context.stdout, described(template));
		return 0;
	}
	const columns = [
		{ title: "template", text: ({ id }: PromptTemplate) => id },
		{ title: "for", text: ({ serves, kind }: PromptTemplate) => `${serves}, ${kind}` },
		{ title: "sha256", text: (template: PromptTemplate) => templateSha256(template).slice(0, 12) },
		{ title: "what it says", text: ({ description }: PromptTemplate) => description },
	];
	for await (const line of tableLines(columns, templates)) await writeLine(context.stdout, line);
	return 0;
}

export async function showPrompt(context: CommandContext, name: string): Promise<ExitCode> {
	const template = named(name);
	if (context.json) {
		await writeJson(context.stdout, { ...described(template), messages: template.messages });
		return 0;
	}
	await writeLine(context.stdout, `${template.id}, sha256 ${templateSha256(template)}\n${template.description}\n`);
	await writeLine(context.stdout, printable(templateText(template), "\n").trimEnd());
	return 0;
}

/** A unified diff of two templates, or of two versions of one. */
export async function diffPrompts(context: CommandContext, from: string, to: string): Promise<ExitCode> {
	const [before, after] = [named(from), named(to)];
	const patch = createTwoFilesPatch(before.id, after.id, templateText(before), templateText(after));
	if (context.json) await writeJson(context.stdout, { from: before.id, to: after.id, patch });
	else await writeLine(context.stdout, printable(patch.replace(/^=+\n/, ""), "\n\t").trimEnd());
	return 0;
}

function described(template: PromptTemplate) {
	const { id, description, kind, serves, revises } = template;
	return { id, sha256: templateSha256(template), description, kind, serves, revises };
}

function named(name: string): PromptTemplate {
	const template = templateOf(name);
	if (template !== null) return template;
	throw new AssayError("usage", `no template is called ${JSON.stringify(name)}`, {
		hint: `known: ${promptTemplates()
			.map(({ id }) => id)
			.join(", ")}`,
	});
}
