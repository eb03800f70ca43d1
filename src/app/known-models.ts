import { basename, resolve } from "node:path";
import { strategiesFor } from "../agents/strategies.js";
import { artifactsRoot } from "../artifacts/layout.js";
import type { GenerationConfig } from "../domain/generation.js";
import type { Settings } from "../domain/settings.js";
import { generationConfigOf } from "../generate/generation-config.js";
import { modelCard, readModelFolder } from "../generate/onnx/model-folder.js";
import { templateOf } from "../generate/prompt-templates.js";
import { AssayError } from "../lib/errors.js";
import { checkpointFolders } from "./checkpoints.js";
import { readSettings } from "./read-settings.js";
import type { ModelRow } from "./workbench.js";

/**
 * Models that can be asked without being described first: the one that ships, those that were trained in the workspace,
 * and those that assay.yaml names.
 */
export async function knownModels(workspace: string, shippedModel: string | null): Promise<ModelRow[]> {
	const settings = await readSettings(workspace);
	const shipped = shippedModel === null ? [] : [folderRow(shippedModel, "a small demonstration model", settings)];
	const trained = checkpointFolders([artifactsRoot(workspace)]).flatMap((folder) => {
		try {
			return [folderRow(folder, "trained in this workspace", settings)];
		} catch (error) {
			// One whose export is not done is no model yet.
			if (error instanceof AssayError) return [];
			throw error;
		}
	});
	const served = Object.entries(settings.providers).flatMap(([provider, { baseUrl, models }]) =>
		models.map((model) => {
			const description = `${model} by ${provider}, ${baseUrl}; its licence is for its server to say`;
			const generation = generationConfigOf("openai", { model, provider }, { settings });
			return rowOf({ backend: "openai", name: model, description, card: null }, generation);
		}),
	);
	return [...shipped, ...trained, ...served];
}

/** A model that is named by its folder, or a script of answers by its file. Throws `usage` for what is neither. */
export async function modelAt(backend: "onnx" | "script", path: string): Promise<ModelRow> {
	const settings: Settings = { providers: {}, prices: {} };
	const file = resolve(path);
	if (backend === "onnx") return folderRow(file, "the model in this folder", settings);
	const { openScriptedModel } = await import("../generate/scripted-model.js");
	await openScriptedModel(file);
	const generation = generationConfigOf("script", { model: file }, { settings });
	return rowOf({ backend, name: basename(file), description: "answers from a file; no model", card: null }, generation);
}

function folderRow(folder: string, what: string, settings: Settings): ModelRow {
	const generation = generationConfigOf("onnx", { model: folder }, { settings });
	const license = readModelFolder(folder)?.license ?? "unknown";
	const name = basename(folder);
	const description = `${name}, ${what} on this machine; licence ${license}`;
	return rowOf({ backend: "onnx", name, description, card: modelCard(folder) }, generation);
}

function rowOf(
	row: Pick<ModelRow, "backend" | "name" | "description" | "card">,
	generation: GenerationConfig | null,
): ModelRow {
	if (generation === null) throw new AssayError("usage", `backend ${row.backend} asks no model`);
	const asks = templateOf(generation.template.id)?.kind ?? "chat";
	return { ...row, generation, strategies: strategiesFor(generation), asks };
}
