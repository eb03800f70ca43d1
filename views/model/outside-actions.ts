import type { OutsideProgram, OutsideText } from "../../src/lib/outside-program.js";
import { visible } from "../text/cells.js";
import { tabText } from "./candidate-texts.js";
import { logCommand, type Model, tell, tellError } from "./model.js";
import { selectedTask } from "./task-actions.js";

type Kind = OutsideProgram["kind"];

/** The file of the selected task, at its line; the pager gets what the screen may show of it. */
export async function openTaskOutside(model: Model, kind: Kind): Promise<void> {
	const row = selectedTask(model);
	if (!row) return;
	try {
		const { location, input } = await model.workbench.openTask(row.id);
		const parts = [input.prompt, input.starterCode, input.publicTests.join("\n")].filter((part) => part?.trim());
		const text = { name: `${row.id}.txt`, text: `${parts.join("\n\n")}\n` };
		await runOutside(model, kind, kind === "editor" ? { path: location.file, line: location.line } : text);
	} catch (error) {
		tellError(model, "not opened", error);
	}
}

/** A copy of what the tab of the candidate shows. */
export async function openCandidateOutside(model: Model, kind: Kind): Promise<void> {
	const source = tabText(model);
	if (!source) {
		tell(model, "note", "there is nothing to open yet");
		return;
	}
	try {
		await runOutside(model, kind, { name: source.file, text: await source.load() });
	} catch (error) {
		tellError(model, "not opened", error);
	}
}

async function runOutside(model: Model, kind: Kind, text: OutsideText): Promise<void> {
	const { command, problem, changed } = await model.terminal.runOutside({ kind, text: shownBy(kind, text) });
	logCommand(model, command);
	if (problem !== null) tell(model, "warning", problem, `set ${SETTINGS[kind]} to another one`);
	else if (changed) tell(model, "note", "path" in text ? REREAD : "a copy was changed; the record stays as it is");
}

const SETTINGS: Record<Kind, string> = { editor: "VISUAL or EDITOR", pager: "PAGER" };
const REREAD = "the file of the task was changed; it is read again at the next start";

/** A pager may hand what it gets to the terminal as it is. */
function shownBy(kind: Kind, text: OutsideText): OutsideText {
	if (kind === "editor" || "path" in text) return text;
	return { ...text, text: text.text.split("\n").map(visible).join("\n") };
}
