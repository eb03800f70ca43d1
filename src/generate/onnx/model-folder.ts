import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { AssayError } from "../../lib/errors.js";
import { parseAt } from "../../lib/schema.js";

/** What a model says of itself, in the files beside its weights. */
export interface ModelFolder {
	hasChatTemplate: boolean;
	/** What it is meant to be sampled with; null: it does not say. */
	temperature: number | null;
	topP: number | null;
	maxTokens: number | null;
	/** Of its card; null: there is none. */
	license: string | null;
}

const GenerationFile = z.object({
	temperature: z.number().nullish(),
	top_p: z.number().nullish(),
	max_new_tokens: z.int().nullish(),
});
const TokenizerFile = z.object({ chat_template: z.unknown().optional() });

const NEEDED = ["config.json", "tokenizer.json", "tokenizer_config.json", "onnx/model.onnx"];

/** null: `model` is no folder but a name on the hub. Throws `usage` for a folder that lacks what a model needs. */
export function readModelFolder(model: string): ModelFolder | null {
	if (!isAbsolute(model)) return null;
	const missing = NEEDED.filter((name) => !existsSync(join(model, name)));
	if (missing.length > 0) {
		throw new AssayError("usage", `${model}: not a model: it lacks ${missing.join(", ")}`, {
			hint: "an ONNX decoder with a KV cache, in the layout of transformers.js",
		});
	}
	const tokenizer = read(model, "tokenizer_config.json", TokenizerFile);
	const generation = existsSync(join(model, "generation_config.json"))
		? read(model, "generation_config.json", GenerationFile)
		: {};
	const template = tokenizer.chat_template;
	return {
		hasChatTemplate: (template !== undefined && template !== null) || existsSync(join(model, "chat_template.jinja")),
		temperature: generation.temperature ?? null,
		topP: generation.top_p ?? null,
		maxTokens: generation.max_new_tokens ?? null,
		license: licenseOf(model),
	};
}

function read<T>(folder: string, name: string, schema: z.ZodType<T>): T {
	const path = join(folder, name);
	let value: unknown;
	try {
		value = JSON.parse(readFileSync(path, "utf8"));
	} catch (cause) {
		throw new AssayError("usage", `${path}: not valid JSON`, { cause });
	}
	return parseAt(schema, value, path);
}

/** What its makers say of it; null: the folder has no card. */
export function modelCard(folder: string): string | null {
	const path = join(folder, "README.md");
	return existsSync(path) ? readFileSync(path, "utf8") : null;
}

/** From the front matter of the model card. */
function licenseOf(folder: string): string | null {
	const matter = /^---\n(.*?)\n---/s.exec(modelCard(folder) ?? "")?.[1] ?? "";
	return /^license:\s*(\S.*)$/m.exec(matter)?.[1]?.trim() ?? null;
}
