import type { StartRunOptions, TaskRow } from "../../src/app/workbench.js";
import type { GenerationConfig } from "../../src/domain/generation.js";
import { plural } from "../text/format.js";
import type { RunForm, RunNumber } from "./dialog.js";
import { startRun } from "./live-runs.js";
import { type Model, tell } from "./model.js";
import {
	debugOf,
	isNumber,
	movedNumber,
	movedStrategy,
	numbersOf,
	RUN_NUMBERS,
	runFields,
	wrongNumber,
} from "./run-form-fields.js";
import { selectedTask } from "./task-actions.js";

type Choice = RunForm["backends"][number];

/** Later ones show more of a run. */
const PREFERRED = ["patch", "static", "mock"];

/** The run dialog for the marked tasks, or for the selected one when none is marked. */
export function openRunForm(model: Model): void {
	const { marks } = model.ui.getState();
	const tasks = chosenTasks(model);
	openForm(model, tasks, marks.size > 0 ? plural(tasks.length, "marked task") : (tasks[0]?.id ?? ""), null);
}

/** The same dialog for the tasks of the open run, as that one was started. */
export function openRunAgainForm(model: Model): void {
	const options = model.ui.getState().run?.options;
	if (!options) return;
	const wanted = new Set(options.taskIds);
	const tasks = model.tasks.rowsWhere((row) => wanted.has(row.id));
	if (tasks.length < wanted.size) {
		const missing = plural(wanted.size - tasks.length, "task");
		tell(model, "warning", `${missing} of this run are not in ${model.workbench.tasksPath}`);
	}
	openForm(model, tasks, tasks.length === 1 ? (tasks[0]?.id ?? "") : plural(tasks.length, "task"), options);
}

function openForm(model: Model, tasks: readonly TaskRow[], scope: string, was: StartRunOptions | null): void {
	if (tasks.length === 0) return;
	const backends = backendsFor(model, tasks, was);
	const isChosen = was
		? ({ id, generation }: Choice) => id === was.backend && isSameModel(generation, was.generation)
		: isBest(backends);
	const backend = Math.max(0, backends.findIndex(isChosen));
	const form: RunForm = {
		taskIds: tasks.map((task) => task.id),
		scope,
		backends,
		backend,
		strategy: was?.debug?.strategy ?? null,
		numbers: numbersOf(was, temperatureOf(was?.generation ?? backends[backend]?.generation ?? null)),
		field: "backend",
		error: null,
	};
	model.ui.setState({ dialog: { kind: "run", form } });
}

/** The one that serves most of the tasks; of two, the one that shows more. */
function isBest(backends: readonly Choice[]): (backend: Choice) => boolean {
	const rank = (id: string) => PREFERRED.indexOf(id);
	const [best] = [...backends].sort(
		(a, b) => Number(a.id === "noop") - Number(b.id === "noop") || b.serves - a.serves || rank(b.id) - rank(a.id),
	);
	return best && best.serves > 0 ? (backend) => backend === best : ({ id }) => id === "noop";
}

/** Backends that have candidates at hand, the models that are known, and the one of an earlier run. */
function backendsFor({ ui, workbench }: Model, tasks: readonly TaskRow[], earlier: StartRunOptions | null): Choice[] {
	const functions = tasks.filter(({ kind }) => kind === "function").length;
	const atHand = workbench.backends().map(({ id, description, serves }) => {
		const served = tasks.filter((task) => serves(task)).length;
		return { id, model: null, description, serves: served, generation: null, strategies: [] };
	});
	const models = ui.getState().models.map(({ backend, name, description, generation, strategies }) => {
		const isEarlier = earlier?.backend === backend && isSameModel(generation, earlier.generation);
		const asked = isEarlier && earlier.generation ? earlier.generation : generation;
		return { id: backend, model: name, description, serves: functions, generation: asked, strategies };
	});
	const known: Choice[] = [...atHand, ...models];
	if (!earlier?.generation || models.some(({ generation }) => generation === earlier.generation)) return known;
	const { backend, generation, debug } = earlier;
	return [
		...known,
		{
			id: backend,
			model: generation.model,
			description: `${generation.model}, as it was asked then`,
			serves: tasks.length,
			generation,
			// Whether it can talk is not known here, but it could do what it did.
			strategies: debug === null ? [] : [debug.strategy],
		},
	];
}

function isSameModel(a: GenerationConfig | null, b: GenerationConfig | null): boolean {
	return a?.model === b?.model && a?.server?.baseUrl === b?.server?.baseUrl;
}

function temperatureOf(generation: GenerationConfig | null): string {
	return generation === null ? "" : String(generation.sampling.temperature);
}

function chosenTasks(model: Model): TaskRow[] {
	const { marks } = model.ui.getState();
	const selected = selectedTask(model);
	if (marks.size === 0) return selected ? [selected] : [];
	return model.tasks.rowsWhere((row) => marks.has(row.id));
}

/** A key of the run dialog; numbers take digits, choices take left and right. */
export function pressInRunForm(model: Model, form: RunForm, key: string): void {
	const set = (patch: Partial<RunForm>) =>
		model.ui.setState({ dialog: { kind: "run", form: { ...form, error: null, ...patch } } });
	const fields = runFields(form);
	const at = fields.indexOf(form.field);
	const toField = (by: number) => set({ field: fields[(at + by + fields.length) % fields.length] ?? "backend" });
	if (key === "esc") model.ui.setState({ dialog: null });
	else if (key === "down" || key === "tab" || key === "j") toField(1);
	else if (key === "up" || key === "shift-tab" || key === "k") toField(-1);
	else if (key === "enter") submit(model, form, set);
	else if (isNumber(form.field)) {
		const text = typed(form.field, form.numbers[form.field], key);
		if (text !== null) set({ numbers: { ...form.numbers, [form.field]: text } });
	} else {
		const by = key === "left" || key === "h" ? -1 : key === "right" || key === "l" || key === "space" ? 1 : 0;
		if (by === 0) return;
		set(form.field === "strategy" ? { strategy: movedStrategy(form, by) } : otherBackend(form, by));
	}
}

/** What a key makes of a number; null: nothing. */
function typed(field: RunNumber, text: string, key: string): string | null {
	if (/^\d$/.test(key)) return (text === "0" ? key : text + key).slice(0, 9);
	if (key === "." && !RUN_NUMBERS[field].isWhole && !text.includes(".")) return `${text || "0"}.`;
	if (key === "backspace") return text.slice(0, -1);
	if (key === "ctrl-u") return "";
	if (key === "right" || key === "+" || key === "l") return movedNumber(field, text, 1);
	if (key === "left" || key === "-" || key === "h") return movedNumber(field, text, -1);
	return null;
}

function otherBackend(form: RunForm, by: -1 | 1): Partial<RunForm> {
	const backend = (form.backend + by + form.backends.length) % form.backends.length;
	const chosen = form.backends[backend];
	const isPossible = form.strategy !== null && chosen?.strategies.includes(form.strategy) === true;
	return {
		backend,
		strategy: isPossible ? form.strategy : null,
		numbers: { ...form.numbers, temperature: temperatureOf(chosen?.generation ?? null) },
	};
}

function submit(model: Model, form: RunForm, set: (patch: Partial<RunForm>) => void): void {
	const backend = form.backends[form.backend];
	const wrong = wrongNumber(form);
	if (wrong !== null) set(wrong);
	else if (!backend) set({ error: "there is no backend" });
	else if (backend.serves === 0) set({ field: "backend", error: `${backend.id} can serve none of these tasks` });
	else {
		const { temperature, n, seed } = form.numbers;
		const { generation: asked } = backend;
		const sampled = asked && { ...asked, sampling: { ...asked.sampling, temperature: Number(temperature) } };
		model.ui.setState({ dialog: null });
		startRun(model, {
			taskIds: form.taskIds,
			backend: backend.id,
			n: Number(n),
			seed: Number(seed),
			generation: sampled,
			debug: debugOf(form),
		});
	}
}
