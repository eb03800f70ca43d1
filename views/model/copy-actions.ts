import { formatBytes } from "../text/format.js";
import { type CandidateText, candidateTexts } from "./candidate-texts.js";
import { evalCommand, resumeCommand, runCommand, showTaskCommand } from "./commands.js";
import type { PickItem } from "./dialog.js";
import { type Model, tell, tellError } from "./model.js";
import { selectedTask } from "./task-actions.js";

/** A menu of what can be copied here. */
export function openCopyMenu(model: Model): void {
	const { screen } = model.ui.getState();
	const texts = screen === 1 ? taskTexts(model) : runTexts(model);
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

function itemOf(model: Model, { name, text }: CandidateText): PickItem {
	const lines = text.trimEnd().split("\n");
	const detail = lines.length > 1 ? `${lines.length} lines, ${formatBytes(Buffer.byteLength(text))}` : text;
	return { label: name, detail, onPick: () => copy(model, name, text) };
}

function copy(model: Model, name: string, text: string): void {
	void model.terminal.copy(text).then(
		(path) =>
			path === null
				? tell(model, "note", `${name} copied`, "the terminal has to allow it (OSC 52)")
				: tell(model, "note", `${name} written to ${path}`),
		(error: unknown) => tellError(model, "not copied", error),
	);
}

function taskTexts(model: Model): CandidateText[] {
	const row = selectedTask(model);
	if (!row) return [];
	const { openTask } = model.ui.getState();
	const detail = openTask?.id === row.id ? openTask.detail : null;
	return [
		{ name: "task id", text: row.id },
		...(detail
			? [
					{ name: "prompt", text: detail.input.prompt },
					{ name: "starter code", text: detail.input.starterCode },
					{ name: "public tests", text: detail.input.publicTests.join("\n") },
				]
			: []),
		{ name: "command that shows it", text: showTaskCommand(model, row.id) },
	].filter(({ text }) => text.trim() !== "");
}

function runTexts(model: Model): CandidateText[] {
	const { run, runPane, runsPosition, runRows } = model.ui.getState();
	const texts = runPane === "runs" ? [] : candidateTexts(model);
	const runId = runPane === "runs" ? (runRows[runsPosition]?.runId ?? null) : (run?.runId ?? null);
	if (runId !== null) texts.push({ name: "run id", text: runId });
	const isOpen = run !== null && run.runId === runId;
	const again = isOpen ? runCommand(model, run) : null;
	if (again !== null) texts.push({ name: "command of this run", text: again });
	const resume = isOpen ? resumeCommand(model, run) : null;
	if (resume !== null) texts.push({ name: "command that resumes it", text: resume });
	if (runId !== null) texts.push({ name: "command for its scores", text: evalCommand(model, runId) });
	return texts;
}
