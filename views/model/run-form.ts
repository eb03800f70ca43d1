import type { StartRunOptions, TaskRow } from "../../src/app/workbench.js";
import type { KeyPress } from "../terminal/keys.js";
import { plural } from "../text/format.js";
import { editText } from "../text/text-entry.js";
import type { RunForm, RunNumber } from "./dialog.js";
import { type Model, tell } from "./model.js";
import { loadModels } from "./run-actions.js";
import { backendsFor, firstBackend } from "./run-form-backends.js";
import { choicesOf, movedChoice, possibleChoices } from "./run-form-choices.js";
import { isNumber, isText, modelNumbers, movedNumber, numbersOf, RUN_NUMBERS, runFields } from "./run-form-fields.js";
import { previewRunForm, readModelCard, submitRunForm } from "./run-form-start.js";
import { selectedTask } from "./task-actions.js";
import { openTemplates } from "./templates.js";

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

/** The same dialog for the marked tasks, or all there are, with a model that lies in a folder. */
export async function openEvaluationForm(model: Model, folder: string): Promise<void> {
	await loadModels(model);
	const { marks } = model.ui.getState();
	const tasks = model.tasks.rowsWhere(({ id, kind }) => kind === "function" && (marks.size === 0 || marks.has(id)));
	openForm(model, tasks, plural(tasks.length, marks.size === 0 ? "task" : "marked task"), null);
	const { dialog } = model.ui.getState();
	if (dialog?.kind !== "run") {
		tell(model, "warning", "there is no function task to evaluate it with");
		return;
	}
	const { form } = dialog;
	const known = form.backends.findIndex(({ generation }) => generation?.model === folder);
	const named = form.backends.findIndex(({ file }) => file === "folder");
	const backend = known < 0 ? named : known;
	const texts = known < 0 ? { ...form.texts, file: folder } : form.texts;
	const numbers = { ...form.numbers, ...modelNumbers(form.backends[backend]?.generation ?? null) };
	model.ui.setState({ dialog: { kind: "run", form: { ...form, backend, texts, numbers } } });
}

function openForm(model: Model, tasks: readonly TaskRow[], scope: string, was: StartRunOptions | null): void {
	if (tasks.length === 0) return;
	const backends = backendsFor(model, tasks, was);
	const backend = firstBackend(backends, tasks, was);
	const form: RunForm = {
		taskIds: tasks.map((task) => task.id),
		scope,
		functionCount: tasks.filter(({ kind }) => kind === "function").length,
		backends,
		templates: model.ui.getState().templates,
		backend,
		chosen: choicesOf(was),
		numbers: numbersOf(was, backends[backend]?.generation ?? null),
		texts: { file: was?.samples ?? "", experiment: was?.experiment ?? "" },
		field: "backend",
		error: null,
	};
	const opened = was ? form : { ...form, chosen: possibleChoices(form) };
	const hadModels = model.ui.getState().models.length > 0;
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "run", form: opened } });
	// What was trained since is there the next time; at the start of the program no model may be known yet.
	void loadModels(model).then(() => {
		const { dialog, models } = model.ui.getState();
		const isUntouched = dialog?.kind === "run" && dialog.form === opened;
		if (isUntouched && !hadModels && models.length > 0) openForm(model, tasks, scope, was);
	});
}

function chosenTasks(model: Model): TaskRow[] {
	const { marks } = model.ui.getState();
	const selected = selectedTask(model);
	if (marks.size === 0) return selected ? [selected] : [];
	return model.tasks.rowsWhere((row) => marks.has(row.id));
}

/** A key of the run dialog; numbers take digits, choices take left and right, the others text. */
export function pressInRunForm(model: Model, form: RunForm, press: KeyPress): void {
	const set = (patch: Partial<RunForm>) =>
		model.ui.setState({ dialog: { kind: "run", form: { ...form, error: null, ...patch } } });
	const key = press.kind === "key" ? press.name : "";
	const { field } = form;
	const fields = runFields(form);
	const at = fields.indexOf(field);
	const toField = (by: number) => set({ field: fields[(at + by + fields.length) % fields.length] ?? "backend" });
	const isTyping = isText(field);
	if (key === "esc") model.ui.setState({ dialog: null });
	else if (key === "down" || key === "tab" || (key === "j" && !isTyping)) toField(1);
	else if (key === "up" || key === "shift-tab" || (key === "k" && !isTyping)) toField(-1);
	else if (key === "enter") void submitRunForm(model, form, set);
	else if (key === "ctrl-t") void openTemplates(model, form.chosen.template);
	else if (isText(field)) {
		const text = editText(form.texts[field], press);
		if (text !== null) set({ texts: { ...form.texts, [field]: text } });
	} else if (key === "t") void openTemplates(model, form.chosen.template);
	else if (key === "i") void readModelCard(model, form, set);
	else if (key === "d") void previewRunForm(model, form, set);
	else if (isNumber(field)) {
		const text = typed(field, form.numbers[field], key);
		if (text !== null) set({ numbers: { ...form.numbers, [field]: text } });
	} else {
		const by = key === "left" || key === "h" ? -1 : key === "right" || key === "l" || key === "space" ? 1 : 0;
		if (by === 0) return;
		set(field === "backend" ? otherBackend(form, by) : { chosen: movedChoice(form, field, by) });
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
	const generation = form.backends[backend]?.generation ?? null;
	const changed = { ...form, backend, texts: { ...form.texts, file: "" } };
	return {
		backend,
		texts: changed.texts,
		chosen: possibleChoices(changed),
		numbers: { ...form.numbers, ...modelNumbers(generation) },
	};
}
