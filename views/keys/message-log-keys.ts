import { copyLog, LOG_PARTS, type LogDialog, showLog } from "../model/message-log.js";
import type { Model } from "../model/model.js";
import type { KeyPress } from "../terminal/keys.js";
import { editText } from "../text/text-entry.js";
import { type KeyTable, moveKeys, paneScrolling } from "./binding.js";

const logOf = (m: Model): LogDialog | null => {
	const { dialog } = m.ui.getState();
	return dialog?.kind === "messages" ? dialog : null;
};
const change = (m: Model, patch: Partial<LogDialog>) => {
	const dialog = logOf(m);
	if (dialog) showLog(m, { ...dialog, ...patch });
};

function nextPart(m: Model): void {
	const part = logOf(m)?.part ?? "all";
	change(m, { part: LOG_PARTS[(LOG_PARTS.indexOf(part) + 1) % LOG_PARTS.length] ?? "all" });
}

/** The log of messages and commands. */
export const messageLogKeys: KeyTable = {
	title: "Message log",
	bindings: [
		...moveKeys("scroll", paneScrolling("dialog")),
		{ keys: ["/"], label: "filter", hint: 1, run: (m) => change(m, { typing: true }) },
		{ keys: ["tab", "!", "@"], label: "all, alerts, commands", hint: 2, hintLabel: "alerts, commands", run: nextPart },
		{
			keys: ["y"],
			label: "copy what is shown",
			hint: 3,
			hintLabel: "copy",
			run: (m) => {
				const dialog = logOf(m);
				if (dialog) void copyLog(m, dialog);
			},
		},
		{ keys: ["esc"], label: "filter off, then close", hint: 4, hintLabel: "close", run: leave },
		{ keys: ["q", "enter"], label: "close", run: (m) => m.ui.setState({ dialog: null }) },
	],
};

function leave(m: Model): void {
	if (logOf(m)?.filter) change(m, { filter: "" });
	else m.ui.setState({ dialog: null });
}

/** While the filter is typed: Enter keeps it, Esc takes it away. */
export function pressInLogFilter(model: Model, dialog: LogDialog, press: KeyPress): void {
	const name = press.kind === "key" ? press.name : "";
	const filter = editText(dialog.filter, press);
	if (name === "enter") change(model, { typing: false });
	else if (name === "esc") change(model, { typing: false, filter: "" });
	else if (filter !== null) change(model, { filter });
}
