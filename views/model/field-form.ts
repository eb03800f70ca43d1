import type { KeyPress } from "../terminal/keys.js";
import { editText } from "../text/text-entry.js";
import type { FieldForm, FormField } from "./dialog.js";
import type { Model } from "./model.js";

/** A key of a form: letters and digits go to its fields, arrows change choices and numbers. */
export function pressInForm(model: Model, form: FieldForm, press: KeyPress): void {
	const set = (patch: Partial<FieldForm>) =>
		model.ui.setState({ dialog: { kind: "form", form: { ...form, error: null, ...patch } } });
	const key = press.kind === "key" ? press.name : "";
	const field = form.fields[form.at];
	const count = form.fields.length;
	const isTyping = field?.kind === "text";
	const toField = (by: number) => set({ at: (form.at + by + count) % count });
	if (key === "esc") {
		model.ui.setState({ dialog: null });
		form.onClose?.();
	} else if (key === "down" || key === "tab" || (key === "j" && !isTyping)) toField(1);
	else if (key === "up" || key === "shift-tab" || (key === "k" && !isTyping)) toField(-1);
	else if (key === "enter") void submit(model, form, set);
	else if (field !== undefined) {
		const text = changed(field, form.texts[field.id] ?? "", press);
		if (text !== null) set({ texts: { ...form.texts, [field.id]: text } });
	}
}

async function submit(model: Model, form: FieldForm, set: (patch: Partial<FieldForm>) => void): Promise<void> {
	for (const [at, field] of form.fields.entries()) {
		const error = wrongText(field, form.texts[field.id] ?? "");
		if (error !== null) {
			set({ at, error });
			return;
		}
	}
	const error = await form.onEnter(form.texts);
	const { dialog } = model.ui.getState();
	if (error !== null && dialog?.kind === "form" && dialog.form.onEnter === form.onEnter) set({ error });
}

function wrongText(field: FormField, text: string): string | null {
	if (field.kind === "choice") return field.options.length === 0 ? `${field.label}: there is nothing to choose` : null;
	if (text.trim() === "") return field.empty === null ? `${field.label}: something has to be typed` : null;
	if (field.kind === "text") return null;
	const { least, most, isWhole, label } = field;
	const value = Number(text);
	if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return null;
	return `${label}: ${isWhole ? "a whole number " : ""}from ${least} to ${most}`;
}

/** The text of a field after a key; null: the key does not change it. */
function changed(field: FormField, text: string, press: KeyPress): string | null {
	const key = press.kind === "key" ? press.name : "";
	const by = key === "right" || key === "l" || key === "+" ? 1 : key === "left" || key === "h" || key === "-" ? -1 : 0;
	switch (field.kind) {
		case "choice": {
			const steps = key === "space" ? 1 : by;
			const count = field.options.length;
			if (steps === 0 || count === 0) return null;
			const at = field.options.findIndex(({ value }) => value === text);
			return field.options[(at + steps + count) % count]?.value ?? null;
		}
		case "number": {
			if (by !== 0) return moved(field, text, by);
			if (key === "backspace" || key === "ctrl-u" || key === "." || /^\d$/.test(key)) return editText(text, press);
			return null;
		}
		case "text":
			return editText(text, press);
	}
}

function moved(field: Extract<FormField, { kind: "number" }>, text: string, steps: 1 | -1): string {
	const { least, most, by, empty } = field;
	if (text === "" && empty !== null) return steps < 0 ? "" : String(least);
	const next = Number((Number(text) + steps * by).toFixed(4));
	if (empty !== null && next < least) return "";
	return String(Math.min(most, Math.max(least, next)));
}
