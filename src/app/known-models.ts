import { basename } from "node:path";
import { strategiesFor } from "../agents/strategies.js";
import { generationConfigOf } from "../generate/generation-config.js";
import { readModelFolder } from "../generate/onnx/model-folder.js";
import { readSettings } from "./read-settings.js";
import type { ModelRow } from "./workbench.js";

/** Models that can be asked without being described first: the one that ships, and those that assay.yaml names. */
export async function knownModels(workspace: string, shippedModel: string | null): Promise<ModelRow[]> {
	const settings = await readSettings(workspace);
	const rows: ModelRow[] = [];
	const add = (
		row: Omit<ModelRow, "generation" | "strategies">,
		options: { model: string; provider?: string },
	): void => {
		const generation = generationConfigOf(row.backend, options, { settings });
		if (generation !== null) rows.push({ ...row, generation, strategies: strategiesFor(generation) });
	};
	if (shippedModel !== null) {
		const license = readModelFolder(shippedModel)?.license ?? "unknown";
		const name = basename(shippedModel);
		const description = `${name}, a small demonstration model on this machine; licence ${license}`;
		add({ backend: "onnx", name, description }, { model: shippedModel });
	}
	for (const [provider, { baseUrl, models }] of Object.entries(settings.providers)) {
		for (const model of models) {
			const description = `${model} by ${provider}, ${baseUrl}; its licence is for its server to say`;
			add({ backend: "openai", name: model, description }, { model, provider });
		}
	}
	return rows;
}
