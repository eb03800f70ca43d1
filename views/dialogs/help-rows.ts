import { isEnabled, type KeyBinding, type KeyTable, shownKey } from "../keys/binding.js";
import { tablesOf } from "../keys/tables.js";
import type { Model } from "../model/model.js";
import { spokenKey } from "../reader/words.js";
import { cellWidth, toCells } from "../text/cells.js";
import { bold, dim } from "../text/style.js";

const KEY_CELLS = 7;

/** The keys of the screen below, made from its tables; keys that do nothing just now are dimmed. */
export function helpRows(model: Model, width: number): string[] {
	return tablesOf(model).flatMap((table) => [
		bold(toCells(table.title, width)),
		...inColumns(entriesOf(table, model), width, model.isSpoken),
		toCells("", width),
	]);
}

/** Bindings of a pair, such as j and k, are one entry: the first one shows both. */
function entriesOf(table: KeyTable, model: Model): { text: (cells: number) => string }[] {
	const shown = new Set<string>();
	return table.bindings.flatMap((binding) => {
		const key = shownKey(binding);
		if (shown.has(key)) return [];
		for (const part of [key, ...(binding.shown?.split(" ") ?? [])]) shown.add(part);
		return [{ text: entryText(binding, key, model) }];
	});
}

function entryText(binding: KeyBinding, key: string, model: Model): (cells: number) => string {
	return (cells) => {
		if (model.isSpoken) return `${spokenKey(key)}: ${binding.label}${isEnabled(binding, model) ? "" : ", not now"}`;
		const keyCells = Math.max(KEY_CELLS, cellWidth(key) + 1);
		const text = `${toCells(binding.label, cells - keyCells - 1)} `;
		return isEnabled(binding, model) ? bold(toCells(key, keyCells)) + text : dim(toCells(key, keyCells) + text);
	};
}

function inColumns(
	entries: readonly { text: (cells: number) => string }[],
	width: number,
	isSpoken: boolean,
): string[] {
	const count = width >= 70 && !isSpoken ? 2 : 1;
	const cells = Math.floor(width / count);
	const rows = Math.ceil(entries.length / count);
	return Array.from({ length: rows }, (_, row) => {
		const line = Array.from(
			{ length: count },
			(_, column) => entries[column * rows + row]?.text(cells) ?? " ".repeat(cells),
		);
		return line.join("") + " ".repeat(width - cells * count);
	});
}
