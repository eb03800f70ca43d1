import type { FieldForm, FormField } from "../model/dialog.js";
import { toCells, visible } from "../text/cells.js";
import { bold, cursorLine, dim, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import type { FormRows } from "./run-form-rows.js";

/** The fields from top to bottom; below the one that the cursor is on what it means. */
export function fieldFormRows({ fields, texts, at, error }: FieldForm, width: number): FormRows {
	const nameCells = Math.max(...fields.map(({ label }) => label.length)) + 4;
	const rows: string[] = [];
	let [cursor, cursorEnd] = [0, 0];
	for (const [index, field] of fields.entries()) {
		const isCursor = index === at;
		const name = toCells(`${isCursor ? "▸" : " "} ${field.label}`, nameCells);
		const text = name + toCells(fieldText(field, texts[field.id] ?? "", isCursor), width - nameCells);
		if (isCursor) cursor = rows.length;
		rows.push(isCursor ? cursorLine(bold(text)) : text);
		if (!isCursor) continue;
		const about = wrapText(field.about, width - nameCells);
		rows.push(...about.map((line) => dim(toCells("", nameCells) + toCells(line, width - nameCells))));
		cursorEnd = rows.length - 1;
	}
	const foot =
		error === null ? [] : wrapText(visible(error), width - 2).map((line) => yellow(`  ${toCells(line, width - 2)}`));
	return { rows, cursor, cursorEnd, foot };
}

function fieldText(field: FormField, text: string, isCursor: boolean): string {
	if (field.kind === "choice") {
		const at = field.options.findIndex(({ value }) => value === text);
		return `< ${visible(field.options[at]?.label ?? "nothing")} >  ${at + 1} of ${field.options.length}`;
	}
	const mark = isCursor ? "_" : "";
	if (field.kind === "text" && field.isHidden === true) return `${"*".repeat(text.length)}${mark}`;
	return text === "" && field.empty !== null ? `${field.empty}${mark}` : `${visible(text)}${mark}`;
}
