import { type LogDialog, type LogPart, selectMessages } from "../model/message-log.js";
import type { Model } from "../model/model.js";
import { messageRows } from "../screens/strip.js";
import { toCells } from "../text/cells.js";
import { formatCount } from "../text/format.js";
import { bold, dim } from "../text/style.js";

const TITLES: Record<LogPart, string> = { all: "Messages", alerts: "Alerts", commands: "Commands" };
const NOTHING: Record<LogPart, string> = {
	all: "nothing yet",
	alerts: "no warning and no error",
	commands: "no command yet: what you do here is written down as a command line",
};

/** The log's title, the line of its filter where there is one, and its rows, oldest first. */
export function messageLogRows(
	model: Model,
	dialog: LogDialog,
	width: number,
): { title: string; head: string[]; rows: string[] } {
	const { messages } = model.ui.getState();
	const { shown, terms } = selectMessages(messages, dialog);
	const rows = shown.flatMap((message) => messageRows(message, width, terms));
	const isCut = shown.length < messages.length;
	const count = isCut ? `${formatCount(shown.length)} of ${formatCount(messages.length)}` : formatCount(shown.length);
	const { filter, typing } = dialog;
	return {
		title: `${TITLES[dialog.part]} · ${count}`,
		head: typing || filter !== "" ? [bold(toCells(`/${filter}${typing ? "_" : ""}`, width))] : [],
		rows: rows.length > 0 ? rows : [dim(toCells(filter ? "nothing matches" : NOTHING[dialog.part], width))],
	};
}
