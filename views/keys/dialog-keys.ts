import type { Dialog } from "../model/dialog.js";
import type { Model } from "../model/model.js";
import { type KeyTable, moveKeys, paneScrolling } from "./binding.js";
import { messageLogKeys } from "./message-log-keys.js";
import { templateKeys } from "./template-keys.js";

const close = (m: Model) => {
	const { dialog } = m.ui.getState();
	m.ui.setState({ dialog: dialog?.kind === "text" ? (dialog.below ?? null) : null });
};

/** Help and texts: scroll and close. */
export const readingKeys: KeyTable = {
	title: "Reading",
	bindings: [
		...moveKeys("scroll", paneScrolling("dialog")),
		{ keys: ["esc", "q", "enter", "?", "i"], shown: "Esc", label: "close", hint: 1, run: close },
	],
};

export const confirmKeys: KeyTable = {
	title: "Question",
	bindings: [
		...moveKeys("scroll", paneScrolling("dialog")),
		{
			keys: ["y", "Y"],
			label: "yes",
			hint: 1,
			run: (m) => {
				const { dialog } = m.ui.getState();
				close(m);
				if (dialog?.kind === "confirm") dialog.onYes();
			},
		},
		{
			keys: ["n", "esc", "q"],
			label: "no",
			hint: 2,
			run: (m) => {
				const { dialog } = m.ui.getState();
				close(m);
				if (dialog?.kind === "confirm") dialog.onNo?.();
			},
		},
	],
};

export const pickKeys: KeyTable = {
	title: "List",
	bindings: [
		...moveKeys("choice", {
			by: (m, rows) => movePick(m, (was) => was + rows),
			page: (m) => m.scroll.page("dialog"),
			toStart: (m) => movePick(m, () => 0),
			toEnd: (m) => movePick(m, () => Number.MAX_SAFE_INTEGER),
		}),
		{
			keys: ["enter", "l", "right"],
			label: "choose",
			hint: 1,
			run: (m) => {
				const { dialog } = m.ui.getState();
				if (dialog?.kind !== "pick") return;
				close(m);
				dialog.items[dialog.position]?.onPick();
			},
		},
		{ keys: ["esc", "q", "h", "left"], label: "close", hint: 2, run: close },
	],
};

function movePick(m: Model, next: (position: number) => number): void {
	const { dialog } = m.ui.getState();
	if (dialog?.kind !== "pick") return;
	const position = Math.max(0, Math.min(next(dialog.position), dialog.items.length - 1));
	m.ui.setState({ dialog: { ...dialog, position } });
}

/** null: the dialog takes text, and keys go to it as they are. */
export function tableOfDialog(dialog: Dialog): KeyTable | null {
	switch (dialog.kind) {
		case "help":
		case "summary":
		case "text":
			return readingKeys;
		case "messages":
			return messageLogKeys;
		case "confirm":
			return confirmKeys;
		case "pick":
			return pickKeys;
		case "templates":
			return templateKeys;
		case "palette":
		case "find":
		case "run":
		case "form":
		case "seek":
			return null;
	}
}
