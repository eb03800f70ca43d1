import { type RunField, type RunForm, runFields } from "../model/dialog.js";
import { toCells, visible } from "../text/cells.js";
import { plural } from "../text/format.js";
import { bold, cursorLine, dim, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";

const NAME_CELLS = 15;

export function runFormRows(form: RunForm, width: number): string[] {
	const backend = form.backends[form.backend];
	const field = (name: RunField, label: string, value: string) => {
		const isCursor = form.field === name;
		const text = toCells(`${isCursor ? "▸" : " "} ${label}`, NAME_CELLS) + toCells(value, width - NAME_CELLS);
		return isCursor ? cursorLine(bold(text)) : text;
	};
	const cursor = (name: RunField) => (form.field === name ? "_" : "");
	const name = [backend?.id ?? "none", ...(backend?.model ? [visible(backend.model)] : [])].join(" · ");
	const rows = [field("backend", "backend", `< ${name} >  ${form.backend + 1} of ${form.backends.length}`)];
	for (const line of wrapText(visible(backend?.description ?? ""), width - NAME_CELLS)) {
		rows.push(dim(toCells("", NAME_CELLS) + toCells(line, width - NAME_CELLS)));
	}
	if (runFields(form).includes("temperature")) {
		rows.push(field("temperature", "temperature", `${form.temperature}${cursor("temperature")}`));
	}
	rows.push(
		field("n", "N", `${form.n}${cursor("n")}`),
		field("seed", "seed", `${form.seed}${cursor("seed")}`),
		toCells("", width),
		servesRow(form, width),
	);
	if (form.error) rows.push(yellow(toCells(`  ${form.error}`, width)));
	return rows;
}

function servesRow(form: RunForm, width: number): string {
	const serves = form.backends[form.backend]?.serves ?? 0;
	const total = form.taskIds.length;
	const text = `  ${plural(total, "task")}${serves < total ? `, of which this backend can serve ${serves}` : ""}`;
	return (serves < total ? yellow : dim)(toCells(text, width));
}
