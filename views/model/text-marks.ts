import type { Model } from "./model.js";

/** Rows of a pane's text that n and N jump to: hunks of a diff, failing lines and tests. Set when the text is made. */
const marksOf = new WeakMap<Model, Map<string, readonly number[]>>();

export function setTextMarks(model: Model, pane: string, rows: readonly number[]): void {
	const all = marksOf.get(model) ?? new Map<string, readonly number[]>();
	marksOf.set(model, all.set(pane, rows));
}

export function jumpToMark(model: Model, pane: string, direction: 1 | -1): void {
	const marks = marksOf.get(model)?.get(pane) ?? [];
	const { top } = model.scroll.place(pane);
	const next = direction === 1 ? marks.find((row) => row > top + 1) : marks.findLast((row) => row < top + 1);
	if (next === undefined) return;
	model.scroll.jump(pane, Math.max(0, next - 1));
	model.changed();
}
