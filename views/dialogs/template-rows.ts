import type { TemplateRow } from "../../src/app/workbench.js";
import type { Model } from "../model/model.js";
import { markedOf, type TemplatesDialog } from "../model/templates.js";
import { setTextMarks } from "../model/text-marks.js";
import { isSideBySide } from "../screens/candidate-diff.js";
import { toCells } from "../text/cells.js";
import { diffRows } from "../text/diff-rows.js";
import { bold, cursorLine, cyan, dim } from "../text/style.js";
import { wrapText } from "../text/wrap.js";

const ID_CELLS = 18;
const KIND_CELLS = 17;

export function templatesTitle(dialog: TemplatesDialog): string {
	const { templates, position, shown } = dialog;
	if (shown === "list") return "Prompt templates";
	return shown === "one" ? `Template ${templates[position]?.id ?? ""}` : "Two templates";
}

/** One row a template; the cursor's says below the list what it is for. */
export function templateListRows({ templates, position, marked }: TemplatesDialog, width: number): string[] {
	const rows = templates.map(({ id, serves, kind, description }, i) => {
		const sign = `${i === position ? "▸" : " "}${id === marked ? "*" : " "}`;
		const facts = `${toCells(id, ID_CELLS)}${toCells(`${serves}, ${kind}`, KIND_CELLS)}`;
		const row = `${sign}${facts}${toCells(description, width - ID_CELLS - KIND_CELLS - 2)}`;
		return i === position ? cursorLine(bold(row)) : row;
	});
	const here = templates[position];
	const about = here ? [here.description, `sha256 ${here.sha256.slice(0, 16)}`] : [];
	return [
		...rows,
		"",
		...about.flatMap((text) => wrapText(text, width - 2)).map((text) => dim(toCells(`  ${text}`, width))),
	];
}

/** The text of one, or what differs between the marked one and it. */
export function templateTextRows(model: Model, dialog: TemplatesDialog, width: number): string[] {
	const here = dialog.templates[dialog.position];
	const other = markedOf(dialog);
	if (!here) return [];
	if (dialog.shown === "one" || other === null) return oneRows(here, width);
	const side = ({ id, text }: TemplateRow) => ({ name: id, text });
	const layout = { wraps: true, left: 0, sideBySide: isSideBySide(model, width), isPython: false };
	const { rows, marks } = diffRows(side(other), side(here), width, layout);
	setTextMarks(model, "dialog", marks);
	return rows;
}

function oneRows({ description, revises, sha256, text }: TemplateRow, width: number): string[] {
	const when = revises ? "; asked in self-debug loops, after a program that failed" : "";
	const head = [`${description}${when}`, `sha256 ${sha256}`].flatMap((line) => wrapText(line, width));
	const body = text.split("\n").flatMap((line) => {
		const isRole = /^\[(system|user|assistant)\]$/.test(line);
		return wrapText(line, width).map((row) => (isRole ? bold(cyan(toCells(row, width))) : toCells(row, width)));
	});
	return [...head.map((row) => dim(toCells(row, width))), "", ...body];
}
