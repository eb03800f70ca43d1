import type { ModelRow, StartRunOptions } from "../../src/app/workbench.js";
import type { GenerationConfig } from "../../src/domain/generation.js";
import type { RunForm, RunNumber } from "./dialog.js";
import { startRun } from "./live-runs.js";
import { type Model, messageOf } from "./model.js";
import { backendOf, servedCount } from "./run-form-backends.js";
import { runFields, wrongField } from "./run-form-fields.js";

/** Puts the form back, changed: for what is found out while it is open. */
type Change = (patch: Partial<RunForm>) => void;

/** Starts what the form says, or says in the form why it cannot be. */
export async function submitRunForm(model: Model, form: RunForm, set: Change): Promise<void> {
	const options = await optionsOf(model, form, set);
	if (options === null || formOf(model) !== form) return;
	model.ui.setState({ dialog: null });
	startRun(model, options);
}

/** The first request of such a run, above the form. */
export async function previewRunForm(model: Model, form: RunForm, set: Change): Promise<void> {
	const options = await optionsOf(model, form, set);
	if (options === null || formOf(model) !== form) return;
	try {
		const text = await model.workbench.previewStart(options);
		readAbove(model, form, "The first request; nothing was sent", text);
	} catch (error) {
		if (formOf(model) === form) set({ error: messageOf(error) });
	}
}

/** What the makers of the chosen model say of it. */
export async function readModelCard(model: Model, form: RunForm, set: Change): Promise<void> {
	const backend = backendOf(form);
	try {
		const named = backend?.file === "folder" ? await modelIn(model, form) : null;
		const card = named?.card ?? backend?.card ?? null;
		if (card === null) set({ error: "there is no model card on this machine for it" });
		else readAbove(model, form, `Card of ${named?.name ?? backend?.model ?? "the model"}`, card);
	} catch (error) {
		if (formOf(model) === form) set({ field: "file", error: messageOf(error) });
	}
}

function readAbove(model: Model, form: RunForm, title: string, text: string): void {
	const { dialog } = model.ui.getState();
	if (formOf(model) !== form || dialog === null) return;
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "text", title, text, below: dialog } });
}

function formOf(model: Model): RunForm | null {
	const { dialog } = model.ui.getState();
	return dialog?.kind === "run" ? dialog.form : null;
}

/** null: it cannot be, and the form says why. */
async function optionsOf(model: Model, form: RunForm, set: Change): Promise<StartRunOptions | null> {
	const backend = backendOf(form);
	const wrong = wrongField(form);
	if (wrong !== null) set(wrong);
	else if (backend === null) set({ error: "there is no backend" });
	else if (servedCount(form) === 0) set({ field: "backend", error: `${backend.id} can serve none of these tasks` });
	else {
		try {
			const named = backend.file === "script" || backend.file === "folder" ? await modelIn(model, form) : null;
			const problem = named === null ? null : problemWith(form, named);
			if (problem === null) return startOptions(form, backend.id, generationOf(form, named));
			set(problem);
		} catch (error) {
			if (formOf(model) === form) set({ field: "file", error: messageOf(error) });
		}
	}
	return null;
}

async function modelIn(model: Model, { texts, ...form }: RunForm): Promise<ModelRow> {
	const { id = "" } = form.backends[form.backend] ?? {};
	return await model.workbench.modelAt(id === "script" ? "script" : "onnx", texts.file);
}

/** Of a model that is known only now. */
function problemWith({ chosen, templates }: RunForm, { asks, strategies }: ModelRow): Partial<RunForm> | null {
	const kind = templates.find(({ id }) => id === chosen.template)?.kind ?? asks;
	if (kind !== asks) {
		const needed = asks === "chat" ? "is sent messages" : "continues text";
		return { field: "template", error: `this model ${needed}, and ${chosen.template} is for others` };
	}
	if (chosen.strategy === null || strategies.includes(chosen.strategy)) return null;
	return { field: "strategy", error: "this model only continues text: it can retry, no more" };
}

/** How the model is asked; null: none is. */
function generationOf(form: RunForm, named: ModelRow | null): GenerationConfig | null {
	const base = named?.generation ?? backendOf(form)?.generation ?? null;
	if (base === null) return null;
	const { chosen, templates } = form;
	const isShown = new Set<string>(runFields(form));
	const number = <T>(field: RunNumber, otherwise: T): number | T =>
		isShown.has(field) && form.numbers[field] !== "" ? Number(form.numbers[field]) : otherwise;
	const template = templates.find(({ id }) => id === chosen.template) ?? base.template;
	const { sampling, server } = base;
	return {
		...base,
		template: { id: template.id, sha256: template.sha256 },
		sampling: {
			...sampling,
			temperature: number("temperature", sampling.temperature),
			topP: number("topP", sampling.topP),
			maxTokens: number("maxTokens", sampling.maxTokens),
		},
		logprobs: isShown.has("logprobs") ? chosen.logprobs : base.logprobs,
		concurrency: number("concurrency", base.concurrency),
		server: server && {
			...server,
			maxCostUsd: number("maxCost", null),
			maxTotalTokens: number("maxTotalTokens", null),
		},
	};
}

function startOptions(form: RunForm, backend: string, generation: GenerationConfig | null): StartRunOptions {
	const { chosen, texts, numbers } = form;
	const isShown = new Set<string>(runFields(form));
	const number = (field: RunNumber): number | null =>
		isShown.has(field) && numbers[field] !== "" ? Number(numbers[field]) : null;
	const nMax = number("nMax");
	const cpuSeconds = number("cpuSeconds");
	const memoryMb = number("memoryMb");
	const experiment = texts.experiment === "" ? null : texts.experiment;
	return {
		taskIds: form.taskIds,
		backend,
		samples: backendOf(form)?.file === "samples" && texts.file !== "" ? texts.file : null,
		n: Number(numbers.n),
		seed: Number(numbers.seed),
		generation,
		debug: debugOf(form),
		stopOnAccepted: number("stopOn"),
		dedupe: isShown.has("dedupe") ? chosen.dedupe : null,
		select: isShown.has("select") ? chosen.select : null,
		widen: nMax === null ? null : { nMax, groups: chosen.widen },
		experiment,
		skipExisting: isShown.has("skipExisting") && chosen.skipExisting,
		gate: chosen.gate,
		limits: {
			cpuTimeMs: cpuSeconds === null ? null : Math.round(cpuSeconds * 1000),
			memoryBytes: memoryMb === null ? null : memoryMb * 2 ** 20,
		},
	};
}

/** The loop that is asked for; null: none is. */
function debugOf({ chosen: { strategy }, numbers }: RunForm): StartRunOptions["debug"] {
	if (strategy === null) return null;
	const { tokens, seconds } = numbers;
	return {
		strategy,
		maxRevisions: Number(numbers.revisions),
		branch: Number(numbers.branch),
		maxTokens: tokens === "" ? null : Number(tokens),
		maxWallMs: seconds === "" ? null : Number(seconds) * 1000,
	};
}
