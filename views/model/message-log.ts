import { type FilterTerm, parseFilter } from "../../src/store/row-filter.js";
import type { Dialog } from "./dialog.js";
import { type Model, tell, tellError } from "./model.js";
import type { Message } from "./state.js";

export type LogDialog = Extract<Dialog, { kind: "messages" }>;
export type LogPart = LogDialog["part"];
export const LOG_PARTS: readonly LogPart[] = ["all", "alerts", "commands"];

export function openLog(model: Model, part: LogPart): void {
	showLog(model, { kind: "messages", part, filter: "", typing: false });
}

/** Goes to the end, where the newest is. */
export function showLog(model: Model, dialog: LogDialog): void {
	model.scroll.reset("dialog");
	model.ui.setState({ dialog });
}

/** What the log shows, oldest first, and the words that were looked for. */
export function selectMessages(
	messages: readonly Message[],
	{ part, filter }: Pick<LogDialog, "part" | "filter">,
): { shown: Message[]; terms: FilterTerm[] } {
	const terms = parseFilter(filter);
	const shown = messages.filter((message) => {
		const text = `${message.level} ${message.text}`.toLowerCase();
		return isIn(part, message) && terms.every((term) => term.isIn(text) !== term.isNegated);
	});
	return { shown, terms };
}

function isIn(part: LogPart, { level }: Message): boolean {
	if (part === "commands") return level === "command";
	return part === "all" || level === "warning" || level === "error";
}

/** Copies what the log shows, one message a line. */
export async function copyLog(model: Model, dialog: LogDialog): Promise<void> {
	const { shown } = selectMessages(model.ui.getState().messages, dialog);
	const lines = shown.map(({ at, level, text }) => (dialog.part === "commands" ? text : `${at} ${level} ${text}`));
	if (lines.length === 0) return;
	try {
		const path = await model.terminal.copy(`${lines.join("\n")}\n`);
		tell(model, "note", path === null ? "the log is copied" : `the log is written to ${path}`);
	} catch (error) {
		tellError(model, "not copied", error);
	}
}
