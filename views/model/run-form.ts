import type { StartRunOptions, TaskRow } from "../../src/app/workbench.js";
import type { GenerationConfig } from "../../src/domain/generation.js";
import { plural } from "../text/format.js";
import { type RunField, type RunForm, runFields } from "./dialog.js";
import { startRun } from "./live-runs.js";
import { type Model, tell } from "./model.js";
import { selectedTask } from "./task-actions.js";

const MAX_N = 10_000;
const DEFAULT_N = 8;
type Choice = RunForm["backends"][number];

/** What a model may be sampled with. */
const MAX_TEMPERATURE = 5;
const TEMPERATURE_STEP = 0.1;
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
		temperature: temperatureOf(was?.generation ?? backends[backend]?.generation ?? null),
		n: String(was?.n ?? DEFAULT_N),
		seed: String(was?.seed ?? 1),
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
		return { id, model: null, description, serves: tasks.filter((task) => serves(task)).length, generation: null };
	});
	const models = ui.getState().models.map(({ backend, name, description, generation }) => {
		const isEarlier = earlier?.backend === backend && isSameModel(generation, earlier.generation);
		const asked = isEarlier && earlier.generation ? earlier.generation : generation;
		return { id: backend, model: name, description, serves: functions, generation: asked };
	});
	const known: Choice[] = [...atHand, ...models];
	if (!earlier?.generation || models.some(({ generation }) => generation === earlier.generation)) return known;
	const { backend, generation } = earlier;
	const description = `${generation.model}, as it was asked then`;
	return [...known, { id: backend, model: generation.model, description, serves: tasks.length, generation }];
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

/** A key of the run dialog; text fields take digits, the backend field takes left and right. */
export function pressInRunForm(model: Model, form: RunForm, key: string): void {
	const set = (patch: Partial<RunForm>) =>
		model.ui.setState({ dialog: { kind: "run", form: { ...form, error: null, ...patch } } });
	const fields = runFields(form);
	const at = fields.indexOf(form.field);
	const field = (by: number): RunField => fields[(at + by + fields.length) % fields.length] ?? "backend";
	if (key === "esc") {
		model.ui.setState({ dialog: null });
		return;
	}
	if (key === "down" || key === "tab" || key === "j") {
		set({ field: field(1) });
		return;
	}
	if (key === "up" || key === "shift-tab" || key === "k") {
		set({ field: field(-1) });
		return;
	}
	if (key === "enter") {
		submit(model, form, set);
		return;
	}
	if (form.field === "backend") {
		const step = key === "left" || key === "h" ? -1 : key === "right" || key === "l" || key === "space" ? 1 : 0;
		if (step === 0) return;
		const backend = (form.backend + step + form.backends.length) % form.backends.length;
		set({ backend, temperature: temperatureOf(form.backends[backend]?.generation ?? null) });
		return;
	}
	const text = form[form.field];
	const change = (by: number) => set({ [form.field]: moved(form.field, text, by) });
	if (key === "." && form.field === "temperature" && !text.includes(".")) set({ temperature: `${text || "0"}.` });
	else if (/^\d$/.test(key)) set({ [form.field]: (text === "0" ? key : text + key).slice(0, 9) });
	else if (key === "backspace") set({ [form.field]: text.slice(0, -1) });
	else if (key === "ctrl-u") set({ [form.field]: "" });
	else if (key === "right" || key === "+" || key === "l") change(1);
	else if (key === "left" || key === "-" || key === "h") change(-1);
}

function moved(field: RunField, text: string, by: number): string {
	if (field !== "temperature") return String(Math.max(0, Number(text) + by));
	const next = Number(text) + by * TEMPERATURE_STEP;
	return String(Number(Math.min(MAX_TEMPERATURE, Math.max(0, next)).toFixed(2)));
}

function submit(model: Model, form: RunForm, set: (patch: Partial<RunForm>) => void): void {
	const n = Number(form.n);
	const backend = form.backends[form.backend];
	if (!(n >= 1 && n <= MAX_N)) {
		set({ field: "n", error: `N is from 1 to ${MAX_N}` });
		return;
	}
	if (form.seed === "") {
		set({ field: "seed", error: "a seed is a whole number" });
		return;
	}
	if (!backend) {
		set({ error: "there is no backend" });
		return;
	}
	if (backend.serves === 0) {
		set({ field: "backend", error: `${backend.id} can serve none of these tasks` });
		return;
	}
	const temperature = Number(form.temperature);
	if (backend.generation !== null && (form.temperature === "" || temperature > MAX_TEMPERATURE)) {
		set({ field: "temperature", error: `a temperature is from 0 to ${MAX_TEMPERATURE}` });
		return;
	}
	const { generation: asked } = backend;
	const generation = asked && { ...asked, sampling: { ...asked.sampling, temperature } };
	model.ui.setState({ dialog: null });
	startRun(model, { taskIds: form.taskIds, backend: backend.id, n, seed: Number(form.seed), generation });
}
