import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { artifactsRoot, trainingFiles } from "../artifacts/layout.js";
import { WorldConfig, type WorldJob } from "../domain/world-job.js";
import { AssayError } from "../lib/errors.js";
import { refuseUnplain } from "../lib/plain-name.js";
import { atPlace, parseFields } from "../lib/schema.js";
import { type GivenSettings, readSetting } from "../training/training-config.js";

export interface WorldOrder {
	workspace: string;
	/** Folder that `assay world build` wrote. */
	data: string;
	/** Of the model. */
	name: string;
	threads: number;
	device: WorldJob["device"];
	settings: GivenSettings;
}

/** Unless settings say otherwise; with the other defaults it is the recipe of the model that ships with assay. */
const STEPS = 600;

/** What is going to be run; checks that the data are there. */
export function planWorld(order: WorldOrder): WorldJob {
	refuseUnplain(order.name);
	const data = resolve(order.data);
	if (!existsSync(join(data, "manifest.json"))) {
		throw new AssayError("usage", `${order.data}: no manifest.json`, {
			hint: "the transitions are a folder that `assay world build` wrote",
		});
	}
	const given = Object.fromEntries(Object.entries(order.settings).map(([name, value]) => [name, readSetting(value)]));
	const hint = `settings are ${Object.keys(WorldConfig.shape).join(", ")}`;
	return {
		schema: "assay.training-job.v1",
		method: "world",
		name: order.name,
		data,
		run: trainingFiles(artifactsRoot(order.workspace), order.name).folder,
		threads: order.threads,
		device: order.device,
		config: atPlace("settings of world", () => parseFields(WorldConfig, { steps: STEPS, ...given }), hint),
	};
}
