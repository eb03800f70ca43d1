import type { StartRunOptions, TaskRow } from "../../src/app/workbench.js";
import { STRATEGIES } from "../../src/domain/choices.js";
import type { GenerationConfig } from "../../src/domain/generation.js";
import type { RunForm, RunFormBackend } from "./dialog.js";
import type { Model } from "./model.js";

/** Later ones show more of a run. */
const PREFERRED = ["patch", "static", "mock"];

const OF_NO_MODEL = { model: null, generation: null, strategies: [], asks: null, card: null };
/** What is asked is named in the form. */
const NAMED_HERE: readonly RunFormBackend[] = [
	{
		...OF_NO_MODEL,
		id: "onnx",
		description: "another model on this machine: its folder, in the layout of transformers.js",
		serves: null,
		strategies: STRATEGIES,
		file: "folder",
	},
	{
		...OF_NO_MODEL,
		id: "script",
		description: "answers from a JSONL file, by what the prompt holds; no model",
		serves: null,
		strategies: STRATEGIES,
		asks: "chat",
		file: "script",
	},
];

/** Backends that have candidates at hand, the models that are known, the one of an earlier run, and those to be named. */
export function backendsFor(
	model: Model,
	tasks: readonly TaskRow[],
	earlier: StartRunOptions | null,
): RunFormBackend[] {
	const { ui, workbench } = model;
	const atHand = workbench.backends().map(({ id, description, serves }): RunFormBackend => {
		const served = tasks.filter((task) => serves(task)).length;
		return { ...OF_NO_MODEL, id, description, serves: served, file: id === "static" ? "samples" : null };
	});
	const models = ui.getState().models.map(({ backend, name, description, generation, strategies, asks, card }) => {
		const isEarlier = earlier?.backend === backend && isSameModel(generation, earlier.generation);
		const asked = isEarlier && earlier.generation ? earlier.generation : generation;
		const row = { id: backend, model: name, description, serves: null, strategies, asks, card, file: null };
		return { ...row, generation: asked } satisfies RunFormBackend;
	});
	const known = [...atHand, ...models];
	if (!earlier?.generation || models.some(({ generation }) => generation === earlier.generation)) {
		return [...known, ...NAMED_HERE];
	}
	const { backend, generation, debug } = earlier;
	const again: RunFormBackend = {
		...OF_NO_MODEL,
		id: backend,
		model: generation.model,
		description: `${generation.model}, as it was asked then`,
		serves: tasks.length,
		generation,
		// Whether it can talk is not known here, but it could do what it did.
		strategies: debug === null ? [] : [debug.strategy],
		file: null,
	};
	return [...known, again, ...NAMED_HERE];
}

/** The place of the one of the earlier run, or of the one that serves most of the tasks; of two, the one that shows more. */
export function firstBackend(
	backends: readonly RunFormBackend[],
	tasks: readonly TaskRow[],
	earlier: StartRunOptions | null,
): number {
	const isEarlier = ({ id, generation, file }: RunFormBackend) =>
		id === earlier?.backend && isSameModel(generation, earlier.generation) && (file === null || file === "samples");
	if (earlier) return Math.max(0, backends.findIndex(isEarlier));
	const rank = ({ id }: RunFormBackend) => PREFERRED.indexOf(id);
	const functions = tasks.filter(({ kind }) => kind === "function").length;
	const servedBy = ({ serves, generation }: RunFormBackend) => serves ?? (generation === null ? 0 : functions);
	const [best] = [...backends].sort(
		(a, b) => Number(a.id === "noop") - Number(b.id === "noop") || servedBy(b) - servedBy(a) || rank(b) - rank(a),
	);
	const isUsed = (backend: RunFormBackend) =>
		best !== undefined && servedBy(best) > 0 ? backend === best : backend.id === "noop";
	return Math.max(0, backends.findIndex(isUsed));
}

function isSameModel(a: GenerationConfig | null, b: GenerationConfig | null): boolean {
	return a?.model === b?.model && a?.server?.baseUrl === b?.server?.baseUrl;
}

export function backendOf({ backends, backend }: RunForm): RunFormBackend | null {
	return backends[backend] ?? null;
}

export function asksModel(backend: RunFormBackend | null): boolean {
	return backend !== null && (backend.generation !== null || backend.file === "script" || backend.file === "folder");
}

/** Tasks of the form for which it has something, asked with the template that is chosen. */
export function servedCount(form: RunForm): number {
	const { taskIds, functionCount, templates, chosen, texts } = form;
	const backend = backendOf(form);
	if (backend === null) return 0;
	if (backend.file === "samples" && texts.file !== "") return taskIds.length;
	if (backend.serves !== null) return backend.serves;
	const id = chosen.template ?? backend.generation?.template.id;
	const serves = templates.find((template) => template.id === id)?.serves ?? "function";
	return serves === "function" ? functionCount : taskIds.length - functionCount;
}
