import { promptTemplates, templateSha256, templateText } from "../generate/prompt-templates.js";
import type { TemplateRow } from "./workbench.js";

/** The templates that models are asked with, as people read them. */
export function listTemplates(): TemplateRow[] {
	return promptTemplates().map((template) => {
		const { id, description, kind, serves, revises } = template;
		return { id, description, kind, serves, revises, sha256: templateSha256(template), text: templateText(template) };
	});
}
