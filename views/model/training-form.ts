import type { TrainingChoices, TrainingWish } from "../../src/app/trainings.js";
import {
	ALARM_NAMES,
	type AlarmName,
	DEFAULT_SEED,
	LOOP_DEFAULTS,
	TRAINING_ENGINES,
	TRAINING_LIBRARIES,
	type TrainingMethod,
} from "../../src/domain/choices.js";
import type { HostRow } from "../../src/domain/host-activity.js";
import type { FormField } from "./dialog.js";
import { hostFields, remoteTerms } from "./host-fields.js";
import {
	choice,
	commonWish,
	type Filled,
	LENGTH_FIELDS,
	MACHINE_FIELDS,
	oneOf,
	SEED_MOST,
	settingsFields,
	settingsIn,
	type Texts,
	text,
	textIn,
	whole,
} from "./training-fields.js";

const share = { kind: "number", by: 0.1, isWhole: false, empty: null, least: 0, most: 1 } as const;
const LEARNT_FROM: Record<TrainingMethod, string> = { sft: "sft", grpo: "grpo", ppo: "grpo" };

/** Everything that `assay loop` takes but for the judge, which is the one that is open here. */
export function loopForm({ models, settings }: TrainingChoices, tasks: string, hosts: readonly HostRow[]): Filled {
	const fields: FormField[] = [
		modelField(models),
		{ ...text, id: "tasks", label: "tasks", about: "a file or folder of tasks that have splits" },
		{
			...whole,
			id: "iterations",
			label: "iterations",
			about: "how often it generates, trains and measures",
			most: 100,
		},
		{ ...whole, id: "n", label: "N", about: "samples of a task to learn from" },
		{ ...whole, id: "evaluationN", label: "N held out", about: "samples of a held-out task", empty: "the same as N" },
		{ ...text, id: "split", label: "learns from", about: "the split whose tasks are learnt from" },
		{ ...text, id: "heldOut", label: "measured by", about: "splits, with commas; nothing learns from them" },
		{ ...whole, id: "perTask", label: "per task", about: "examples of one task at most; 0: any number", least: 0 },
		{ ...choice("base", "previous"), id: "from", label: "begins with", about: FROM },
		{ ...share, id: "replay", label: "replay", about: "of all examples, those of earlier iterations at most; 1: all" },
		{
			...share,
			id: "curriculum",
			label: "curriculum",
			about: "0: every task is asked; up to 1: less, if it was solved",
		},
		{ ...whole, id: "patience", label: "patience", about: "iterations without a gain that end it; 0: never", least: 0 },
		{
			...text,
			id: "stopOn",
			label: "ends at",
			about: `alarms, with commas: ${ALARM_NAMES.join(", ")}`,
			empty: "no alarm",
		},
		{ ...whole, ...TEMPERATURE, id: "temperature", label: "temperature" },
		{
			...whole,
			id: "maxTokens",
			label: "answer max",
			about: "tokens of an answer",
			most: 1e6,
			by: 64,
			empty: "the usual",
		},
		{ ...whole, id: "seed", label: "seed", about: "of everything random", least: 0, most: SEED_MOST },
		{ ...text, id: "name", label: "name", about: "of the loop and its checkpoints", empty: "a new one" },
		...hostFields(hosts),
		...settingsFields(settings.sft),
	];
	const { stopOn, heldOut, ...usual } = LOOP_DEFAULTS;
	const given = Object.entries({
		...usual,
		stopOn: stopOn.join(","),
		heldOut: heldOut.join(","),
		seed: DEFAULT_SEED,
		tasks,
	});
	const texts = Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
	return { fields, texts: { ...texts, host: "", model: models[0]?.path ?? "" } };
}

/** Between asking a training on a host to end and ending it. */
const GRACE_SECONDS = 10;
const FROM = "what each training begins with: the first model, or the checkpoint before";
const TEMPERATURE = { about: "of sampling", least: 0, most: 5, by: 0.1, isWhole: false, empty: "the usual" } as const;

/** Everything that `assay train` takes. */
export function trainingForm(
	choices: TrainingChoices,
	method: TrainingMethod,
	name: string,
	hosts: readonly HostRow[],
): Filled {
	const { models, data, settings } = choices;
	const toLearn = data.filter(({ format }) => format === LEARNT_FROM[method]);
	const prompts = data.filter(({ format }) => format === "grpo");
	const of = ({ name: value, examples }: (typeof data)[number]) => ({ value, label: `${value}, ${examples} examples` });
	const learnt = `\`assay data export --format ${LEARNT_FROM[method]}\` makes such data`;
	const none = { value: "", label: "none" };
	const fields: FormField[] = [
		modelField(models),
		{ kind: "choice", options: toLearn.map(of), id: "data", label: "learns from", about: learnt },
		{
			kind: "choice",
			options: [none, ...prompts.map(of)],
			id: "heldOut",
			label: "measured by",
			about: "prompts that are asked now and then, and never learnt from",
		},
		{ ...text, id: "name", label: "name", about: "of the checkpoint" },
		...hostFields(hosts),
		...LENGTH_FIELDS,
		{ ...choice("binary", "fractional"), id: "reward", label: "reward", about: "what an attempt earns" },
		...MACHINE_FIELDS,
		{ ...choice(...TRAINING_LIBRARIES), id: "library", label: "library", about: "whose code holds the model" },
		{
			...choice(...TRAINING_ENGINES),
			id: "engine",
			label: "engine",
			about: "what trains; builtin: assay's own trainer",
		},
		{ ...choice("auto", "bwrap", "rlimit"), id: "tier", label: "sandbox", about: "isolation of the attempts" },
		{ ...whole, id: "workers", label: "workers", about: "judge processes", empty: "one a core" },
		...settingsFields(settings[method]),
	];
	const texts = { data: toLearn[0]?.name ?? "", heldOut: "", name, reward: "binary" };
	const usual = {
		host: "",
		threads: "1",
		device: "auto",
		library: "auto",
		engine: TRAINING_ENGINES[0],
		tier: "auto",
		model: models[0]?.path ?? "",
	};
	return { fields, texts: { ...texts, ...usual } };
}

const modelField = (models: TrainingChoices["models"]): FormField => ({
	id: "model",
	label: "model",
	about: "what it begins with",
	kind: "choice",
	options: models.map(({ name, path }) => ({ value: path, label: name })),
});

/** What the form asks for, or why it cannot be. */
export function loopWish(texts: Texts): TrainingWish | string {
	const of = textIn(texts);
	const number = (name: string) => Number(of(name));
	const optional = (name: string) => (of(name) === "" ? null : number(name));
	const stopOn = alarmsIn(of("stopOn"));
	const settings = settingsIn(of("settings"));
	if (typeof stopOn === "string") return stopOn;
	if (typeof settings === "string") return settings;
	const terms = remoteTerms(texts);
	if (typeof terms === "string") return terms;
	return {
		kind: "loop",
		remote: terms && { ...terms, graceSeconds: GRACE_SECONDS, env: [] },
		settingsFile: of("settingsFile") === "" ? null : of("settingsFile"),
		model: of("model"),
		tasks: of("tasks"),
		iterations: number("iterations"),
		n: number("n"),
		evaluationN: optional("evaluationN"),
		split: of("split"),
		heldOut: of("heldOut").split(","),
		perTask: number("perTask") === 0 ? null : number("perTask"),
		from: of("from") === "previous" ? "previous" : "base",
		replay: number("replay"),
		curriculum: number("curriculum"),
		patience: number("patience") === 0 ? null : number("patience"),
		stopOn,
		sampling: { temperature: optional("temperature"), maxTokens: optional("maxTokens") },
		seed: number("seed"),
		name: of("name") === "" ? null : of("name"),
		settings,
	};
}

export function trainingWish(texts: Texts, method: TrainingMethod): TrainingWish | string {
	const of = textIn(texts);
	const common = commonWish(texts);
	if (typeof common === "string") return common;
	const tier = oneOf(of("tier"), ["auto", "bwrap", "rlimit"]);
	return {
		kind: "training",
		...common,
		method,
		model: of("model"),
		data: of("data"),
		heldOut: of("heldOut") === "" ? null : of("heldOut"),
		reward: oneOf(of("reward"), ["binary", "fractional"]),
		library: oneOf(of("library"), TRAINING_LIBRARIES),
		engine: oneOf(of("engine"), TRAINING_ENGINES),
		tier: tier === "auto" ? null : tier,
		workers: of("workers") === "" ? null : Number(of("workers")),
	};
}

function alarmsIn(typed: string): AlarmName[] | string {
	const names = typed === "" ? [] : typed.split(",").map((name) => name.trim());
	const wrong = names.find((name) => !ALARM_NAMES.some((known) => known === name));
	return wrong === undefined
		? ALARM_NAMES.filter((known) => names.includes(known))
		: `ends at: no alarm is called ${wrong}`;
}
