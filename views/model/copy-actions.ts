import { formatBytes } from "../text/format.js";
import { type CopyText, candidateTexts, known } from "./candidate-texts.js";
import { evalCommand, resumeCommand, runCommand, showTaskCommand } from "./commands.js";
import type { PickItem } from "./dialog.js";
import { type Model, tell, tellError } from "./model.js";
import { selectedTask } from "./task-actions.js";

/** A menu of what can be copied. */
export function openCopyMenu(model: Model, texts: readonly CopyText[]): void {
	model.scroll.reset("dialog");
	model.ui.setState({
		dialog: {
			kind: "pick",
			title: "Copy",
			items: texts.map((text) => itemOf(model, text)),
			position: 0,
			empty: "there is nothing to copy here",
		},
	});
}

function itemOf(model: Model, text: CopyText): PickItem {
	return {
		label: text.name,
		detail: text.text === null ? "" : describe(text.text),
		onPick: () => void copy(model, text),
	};
}

function describe(text: string): string {
	const lines = text.trimEnd().split("\n");
	return lines.length > 1 ? `${lines.length} lines, ${formatBytes(Buffer.byteLength(text))}` : text;
}

async function copy(model: Model, { name, load }: CopyText): Promise<void> {
	try {
		const text = await load();
		if (text === "") {
			tell(model, "warning", `${name}: there is nothing in it`);
			return;
		}
		const path = await model.terminal.copy(text);
		if (path === null) tell(model, "note", `${name} copied`, "the terminal has to allow it (OSC 52)");
		else tell(model, "note", `${name} written to ${path}`);
	} catch (error) {
		tellError(model, "not copied", error);
	}
}

export function taskTexts(model: Model): CopyText[] {
	const row = selectedTask(model);
	if (!row) return [];
	const { openTask } = model.ui.getState();
	const detail = openTask?.id === row.id ? openTask.detail : null;
	return [
		known("task id", row.id),
		...(detail
			? [
					known("prompt", detail.input.prompt),
					known("starter code", detail.input.starterCode),
					known("public tests", detail.input.publicTests.join("\n")),
				]
			: []),
		known("command that shows it", showTaskCommand(model, row.id)),
	].filter(({ text }) => text?.trim() !== "");
}

export function runTexts(model: Model): CopyText[] {
	const { run } = model.ui.getState();
	const texts = candidateTexts(model);
	const runId = run?.runId ?? null;
	if (runId !== null) texts.push(known("run id", runId));
	const isOpen = run !== null && run.runId === runId;
	const again = isOpen ? runCommand(model, run) : null;
	if (again !== null) texts.push(known("command of this run", again));
	const resume = isOpen ? resumeCommand(model, run) : null;
	if (resume !== null) texts.push(known("command that resumes it", resume));
	if (runId !== null) texts.push(known("command for its scores", evalCommand(model, runId)));
	return texts;
}
