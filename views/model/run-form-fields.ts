import type { StartRunOptions } from "../../src/app/workbench.js";
import type { GenerationConfig } from "../../src/domain/generation.js";
import type { RunField, RunForm, RunNumber, RunText } from "./dialog.js";
import { asksModel, backendOf } from "./run-form-backends.js";

interface NumberField {
	/** In a sentence that says what it has to be. */
	name: string;
	least: number;
	most: number;
	/** Of the arrow keys. */
	by: number;
	isWhole: boolean;
	/** What it means that nothing is typed; null: something has to be. */
	empty: string | null;
}

const whole = { by: 1, isWhole: true, empty: null };
const budget = { least: 1, most: 999_999_999, isWhole: true, empty: "no limit" };
const ofModel = { least: 0, isWhole: false, empty: "the model's own" };
const ofTask = { least: 1, isWhole: true, empty: "each task's own" };

export const RUN_NUMBERS: Readonly<Record<RunNumber, NumberField>> = {
	temperature: { ...ofModel, name: "a temperature", most: 5, by: 0.1 },
	topP: { ...ofModel, name: "top-p", most: 1, by: 0.05 },
	maxTokens: { ...ofModel, name: "the most tokens of an answer", least: 1, most: 1_000_000, by: 64, isWhole: true },
	concurrency: { ...whole, name: "the number of requests at a time", least: 1, most: 1000 },
	maxCost: { ...budget, name: "the cap in dollars", least: 0.01, most: 1_000_000, by: 1, isWhole: false },
	maxTotalTokens: { ...budget, name: "the cap in tokens", by: 10_000 },
	revisions: { ...whole, name: "the number of revisions", least: 0, most: 1000 },
	branch: { ...whole, name: "the number of revisions at a time", least: 1, most: 100 },
	tokens: { ...budget, name: "the budget of tokens", by: 1000 },
	seconds: { ...budget, name: "the budget of seconds", by: 10 },
	n: { ...whole, name: "N", least: 1, most: 10_000 },
	seed: { ...whole, name: "a seed", least: 0, most: 999_999_999 },
	stopOn: { ...whole, name: "the number of accepted ones", least: 1, most: 10_000, empty: "never" },
	nMax: { ...whole, name: "the most candidates of a mixed task", least: 2, most: 10_000, empty: "N for all" },
	cpuSeconds: { ...ofTask, name: "the CPU time", least: 0.1, most: 600, by: 1, isWhole: false },
	memoryMb: { ...ofTask, name: "the memory", least: 16, most: 65_536, by: 256 },
};

/** What can be set, from top to bottom. */
export function runFields(form: RunForm): RunField[] {
	const { chosen, numbers, texts } = form;
	const { strategy } = chosen;
	const backend = backendOf(form);
	const asks = asksModel(backend);
	const isLoop = strategy !== null;
	const isSampled = asks && backend?.file !== "script";
	const when = (is: boolean, ...fields: RunField[]): RunField[] => (is ? fields : []);
	return [
		"backend",
		...when(backend?.file != null, "file"),
		...when(isSampled, "temperature"),
		...when(asks, "strategy"),
		...when(isLoop && strategy !== "none", "revisions", "branch"),
		...when(isLoop, "tokens", "seconds"),
		"n",
		"seed",
		...when(asks, "template"),
		...when(!isLoop, "stopOn", "nMax"),
		...when(!isLoop && numbers.nMax !== "", "widen"),
		...when(!isLoop, "dedupe", "select"),
		"experiment",
		...when(!isLoop && texts.experiment !== "", "skipExisting"),
		...when(isSampled, "topP", "maxTokens", "concurrency", "logprobs"),
		...when(backend?.generation?.server != null, "maxCost", "maxTotalTokens"),
		"cpuSeconds",
		"memoryMb",
		"gate",
	];
}

export const isNumber = (field: RunField): field is RunNumber => field in RUN_NUMBERS;
export const isText = (field: RunField): field is RunText => field === "file" || field === "experiment";

/** The number that an arrow key makes of what is typed. */
export function movedNumber(field: RunNumber, text: string, steps: -1 | 1): string {
	const { least, most, by, empty } = RUN_NUMBERS[field];
	const next = Number((Number(text) + steps * by).toFixed(2));
	if (empty !== null && next < least && steps < 0) return "";
	return String(Math.min(most, Math.max(least, next)));
}

/** The first field that cannot be what is typed, and why; null: all can. */
export function wrongField(form: RunForm): { field: RunField; error: string } | null {
	const fields = runFields(form);
	for (const field of fields.filter(isNumber)) {
		const { name, least, most, empty } = RUN_NUMBERS[field];
		const text = form.numbers[field];
		if (text === "" && empty !== null) continue;
		if (text !== "" && Number(text) >= least && Number(text) <= most) continue;
		return { field, error: `${name} is from ${least} to ${most}` };
	}
	return wrongTogether(form, fields);
}

/** What cannot be wanted at the same time. */
function wrongTogether(form: RunForm, fields: readonly RunField[]): { field: RunField; error: string } | null {
	const { numbers, texts } = form;
	const backend = backendOf(form);
	if (fields.includes("nMax") && numbers.nMax !== "") {
		if (numbers.stopOn !== "") return { field: "nMax", error: "a task that stops early has no first N to go by" };
		if (Number(numbers.nMax) <= Number(numbers.n)) return { field: "nMax", error: "this is no more than N" };
	}
	if (backend?.file === "folder" && texts.file === "") return { field: "file", error: "the model's folder is needed" };
	if (backend?.file === "script" && texts.file === "")
		return { field: "file", error: "a file with the answers is needed" };
	if (fields.includes("maxCost") && numbers.maxCost !== "" && backend?.generation?.server?.prices == null)
		return { field: "maxCost", error: "a cap in dollars needs the model's prices, in assay.yaml" };
	if (texts.experiment !== "" && !/^[\p{L}\p{N}_.-]{1,64}$/u.test(texts.experiment))
		return { field: "experiment", error: "letters, digits, dots, dashes and underscores, at most 64" };
	return null;
}

const NUMBERS = {
	...{ revisions: "3", branch: "1", tokens: "", seconds: "", n: "8", seed: "1" },
	...{ stopOn: "", nMax: "", cpuSeconds: "", memoryMb: "" },
};

/** How a model is asked, as it is typed. */
export function modelNumbers(generation: GenerationConfig | null) {
	const { sampling = null, server = null, concurrency = 8 } = generation ?? {};
	return {
		temperature: textOf(sampling?.temperature),
		topP: textOf(sampling?.topP),
		maxTokens: textOf(sampling?.maxTokens),
		concurrency: String(concurrency),
		maxCost: textOf(server?.maxCostUsd),
		maxTotalTokens: textOf(server?.maxTotalTokens),
	};
}

/** As the earlier run was started, or as most runs are. */
export function numbersOf(was: StartRunOptions | null, generation: GenerationConfig | null): RunForm["numbers"] {
	const fresh = { ...NUMBERS, ...modelNumbers(was?.generation ?? generation) };
	if (was === null) return fresh;
	const { debug, n, seed, stopOnAccepted, widen, limits } = was;
	const loop = debug && {
		revisions: String(debug.maxRevisions),
		branch: String(debug.branch),
		tokens: textOf(debug.maxTokens),
		seconds: textOf(debug.maxWallMs === null ? null : debug.maxWallMs / 1000),
	};
	return {
		...fresh,
		...loop,
		n: String(n),
		seed: String(seed),
		stopOn: textOf(stopOnAccepted),
		nMax: textOf(widen?.nMax),
		cpuSeconds: textOf(limits.cpuTimeMs === null ? null : limits.cpuTimeMs / 1000),
		memoryMb: textOf(limits.memoryBytes === null ? null : Math.round(limits.memoryBytes / 2 ** 20)),
	};
}

const textOf = (value: number | null | undefined) => (value === null || value === undefined ? "" : String(value));
