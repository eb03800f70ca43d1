import type { Strategy } from "../../src/domain/trace.js";
import type { RunField, RunForm } from "../model/dialog.js";
import { isNumber, RUN_NUMBERS, runFields } from "../model/run-form-fields.js";
import { toCells, visible } from "../text/cells.js";
import { plural } from "../text/format.js";
import { bold, cursorLine, dim, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";

const NAME_CELLS = 15;

const LABELS: Record<RunField, string> = {
	backend: "backend",
	temperature: "temperature",
	strategy: "self-debug",
	revisions: "revisions",
	branch: "at a time",
	tokens: "most tokens",
	seconds: "most seconds",
	n: "N",
	seed: "seed",
};

const STRATEGY_TEXTS: Record<Strategy, string> = {
	none: "propose and run the public tests; nothing is revised",
	retry: "ask the same again while a public test fails",
	feedback: "show what failed, ask for the whole program again",
	reflection: "ask what is wrong first, then for the program",
	"edit-blocks": "show what failed, ask for search/replace blocks",
	"edit-diff": "show what failed, ask for a unified diff",
};

/** The fields from top to bottom, below a choice what it means. */
export function runFormRows(form: RunForm, width: number): string[] {
	const rows = runFields(form).flatMap((field) => {
		const isCursor = form.field === field;
		const text =
			toCells(`${isCursor ? "▸" : " "} ${LABELS[field]}`, NAME_CELLS) +
			toCells(fieldText(form, field), width - NAME_CELLS);
		return [isCursor ? cursorLine(bold(text)) : text, ...explained(form, field, width)];
	});
	rows.push(toCells("", width), servesRow(form, width));
	if (form.error) rows.push(yellow(toCells(`  ${form.error}`, width)));
	return rows;
}

function fieldText(form: RunForm, field: RunField): string {
	if (isNumber(field)) {
		const text = form.numbers[field];
		const cursor = form.field === field ? "_" : "";
		return text === "" && RUN_NUMBERS[field].isOptional ? `no limit${cursor}` : `${text}${cursor}`;
	}
	if (field === "strategy") return `< ${form.strategy ?? "off"} >`;
	const backend = form.backends[form.backend];
	const name = [backend?.id ?? "none", ...(backend?.model ? [visible(backend.model)] : [])].join(" · ");
	return `< ${name} >  ${form.backend + 1} of ${form.backends.length}`;
}

function explained(form: RunForm, field: RunField, width: number): string[] {
	const row = (line: string) => dim(toCells("", NAME_CELLS) + toCells(line, width - NAME_CELLS));
	if (field === "strategy") return form.strategy === null ? [] : [row(STRATEGY_TEXTS[form.strategy])];
	if (field !== "backend") return [];
	return wrapText(visible(form.backends[form.backend]?.description ?? ""), width - NAME_CELLS).map(row);
}

function servesRow(form: RunForm, width: number): string {
	const serves = form.backends[form.backend]?.serves ?? 0;
	const total = form.taskIds.length;
	const text = `  ${plural(total, "task")}${serves < total ? `, of which this backend can serve ${serves}` : ""}`;
	return (serves < total ? yellow : dim)(toCells(text, width));
}
