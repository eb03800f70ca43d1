import type { Model } from "../model/model.js";
import { compareTemplate, leaveTemplates, show, type TemplatesDialog } from "../model/templates.js";
import { jumpToMark } from "../model/text-marks.js";
import { type KeyTable, moveKeys, paneScrolling } from "./binding.js";

const withDialog = (act: (m: Model, dialog: TemplatesDialog) => void) => (m: Model) => {
	const { dialog } = m.ui.getState();
	if (dialog?.kind === "templates") act(m, dialog);
};
const isShown =
	(...shown: TemplatesDialog["shown"][]) =>
	(m: Model) => {
		const { dialog } = m.ui.getState();
		return dialog?.kind === "templates" && shown.includes(dialog.shown);
	};

const scrolling = paneScrolling("dialog");
const moveTo = (next: (position: number) => number) =>
	withDialog((m, dialog) => {
		const position = Math.max(0, Math.min(next(dialog.position), dialog.templates.length - 1));
		show(m, { ...dialog, position });
	});

/** Prompt templates: a list, and the text of one or the difference of two, which scroll. */
export const templateKeys: KeyTable = {
	title: "Prompt templates",
	bindings: [
		...moveKeys("template or text", {
			by: (m, rows) => (isShown("list")(m) ? moveTo((was) => was + rows)(m) : scrolling.by(m, rows)),
			page: scrolling.page,
			toStart: (m) => (isShown("list")(m) ? moveTo(() => 0)(m) : scrolling.toStart(m)),
			toEnd: (m) => (isShown("list")(m) ? moveTo(() => Number.MAX_SAFE_INTEGER)(m) : scrolling.toEnd(m)),
		}),
		{
			keys: ["enter", "right", "l"],
			label: "read it",
			hint: 1,
			enabled: isShown("list"),
			run: withDialog((m, dialog) => show(m, { ...dialog, shown: "one" })),
		},
		{
			keys: ["v", "space"],
			label: "compare: mark one, then v on another",
			hint: 2,
			hintLabel: (m) => (withMark(m) ? "compare with the marked one" : "mark, to compare"),
			enabled: isShown("list", "one"),
			run: withDialog(compareTemplate),
		},
		{
			keys: ["n"],
			shown: "n N",
			label: "next and previous hunk",
			hint: 3,
			hintLabel: "hunk",
			enabled: isShown("two"),
			run: (m) => jumpToMark(m, "dialog", 1),
		},
		{ keys: ["N"], label: "previous hunk", enabled: isShown("two"), run: (m) => jumpToMark(m, "dialog", -1) },
		{
			keys: ["esc", "q", "left", "h"],
			shown: "Esc",
			label: "back, then close",
			hint: 4,
			hintLabel: (m) => (isShown("list")(m) ? "close" : "back"),
			run: withDialog(leaveTemplates),
		},
	],
};

function withMark(m: Model): boolean {
	const { dialog } = m.ui.getState();
	return dialog?.kind === "templates" && dialog.marked !== null;
}
