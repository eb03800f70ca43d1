import type { TemplateRow } from "../../src/app/workbench.js";
import { contextOf } from "../../src/store/trace-tree.js";
import type { Dialog } from "./dialog.js";
import { logCommand, type Model, tell, tellError } from "./model.js";
import { readStepOf } from "./step-reading.js";
import { selectedStep, selectedTrace, tracesState } from "./traces-state.js";

export type TemplatesDialog = Extract<Dialog, { kind: "templates" }>;

/** Opens the list; at the template with this id, where it is known, its text. */
export async function openTemplates(model: Model, id: string | null = null): Promise<void> {
	const below = model.ui.getState().dialog;
	try {
		const templates = await model.workbench.templates();
		// Something else was opened while they were read.
		if (model.ui.getState().dialog !== below) return;
		const at = templates.findIndex((template) => template.id === id);
		if (id !== null && at < 0) tell(model, "warning", `no template is called ${id} any more`);
		const position = Math.max(0, at);
		show(model, { kind: "templates", templates, position, marked: null, shown: at < 0 ? "list" : "one", below });
	} catch (error) {
		tellError(model, "templates", error);
	}
}

/** At what the cursor's step of a trace was asked with, or the open run. */
export function openTemplatesHere(model: Model): void {
	const { screen, run } = model.ui.getState();
	const state = run?.store.getState().run;
	if (screen === 4) void templateOfStep(model).then((id) => openTemplates(model, id));
	else void openTemplates(model, screen === 2 ? (state?.config?.generation?.template.id ?? null) : null);
}

/** Of the step that made the program which the cursor's step is about; null where it is not known. */
async function templateOfStep(model: Model): Promise<string | null> {
	const trace = selectedTrace(model);
	const source = tracesState(model).open?.source() ?? null;
	const context = trace ? contextOf(trace, selectedStep(model, trace)) : null;
	if (!trace || source === null) return null;
	const look = () => readStepOf(model, { source, trace, kind: "generation" }, context?.program ?? null);
	if (look()?.state === "reading") await model.cache.settled();
	const read = look();
	return read?.state === "read" ? read.value.template : null;
}

export function show(model: Model, dialog: TemplatesDialog): void {
	const { templates, position, shown } = dialog;
	const before = model.ui.getState().dialog;
	if (before?.kind !== "templates" || before.shown !== shown) model.scroll.reset("dialog");
	model.ui.setState({ dialog });
	const other = markedOf(dialog);
	const id = templates[position]?.id ?? "";
	if (shown === "one") logCommand(model, `assay prompts show ${id}`);
	if (shown === "two" && other) logCommand(model, `assay prompts diff ${other.id} ${id}`);
}

export function markedOf({ templates, marked }: TemplatesDialog): TemplateRow | null {
	return templates.find(({ id }) => id === marked) ?? null;
}

/** With the marked one. Where none is, this one becomes it, and another is to be chosen. */
export function compareTemplate(model: Model, dialog: TemplatesDialog): void {
	const here = dialog.templates[dialog.position] ?? null;
	const other = markedOf(dialog);
	if (here === null) return;
	if (other === null || other === here) {
		show(model, { ...dialog, marked: here.id, shown: "list" });
		tell(model, "note", `${here.id} marked: v on another template shows what differs`);
	} else show(model, { ...dialog, shown: "two" });
}

/** One layer out. */
export function leaveTemplates(model: Model, dialog: TemplatesDialog): void {
	if (dialog.shown === "list") model.ui.setState({ dialog: dialog.below });
	else show(model, { ...dialog, shown: "list" });
}
