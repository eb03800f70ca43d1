import { go } from "fuzzysort";
import type { Dialog, PickItem } from "../model/dialog.js";
import type { Model } from "../model/model.js";
import type { KeyPress } from "../terminal/keys.js";
import { editText } from "../text/text-entry.js";

/** Above the entries: what is typed, and a line. */
export const TYPED_HEAD_ROWS = 2;
/** Letters that are further apart or in another order than this are no match. */
export const LEAST_SCORE = 0.25;

const MOVES: Readonly<Record<string, number>> = {
	down: 1,
	tab: 1,
	"ctrl-n": 1,
	up: -1,
	"shift-tab": -1,
	pagedown: 10,
	"ctrl-d": 10,
	pageup: -10,
};

/** What a key does to a list whose entries are found by typing; null: nothing. */
export type TypedListStep =
	| { kind: "close" }
	| { kind: "choose" }
	| { kind: "move"; position: number }
	| { kind: "type"; text: string };

export function typedListStep(
	{ text, position }: { text: string; position: number },
	press: KeyPress,
	count: () => number,
): TypedListStep | null {
	const name = press.kind === "key" ? press.name : "";
	if (name === "esc" || (name === "backspace" && text === "")) return { kind: "close" };
	if (name === "enter") return { kind: "choose" };
	const by = MOVES[name];
	if (by !== undefined) return { kind: "move", position: Math.max(0, Math.min(position + by, count() - 1)) };
	const typed = editText(text, press);
	return typed === null ? null : { kind: "type", text: typed };
}

type FindDialog = Extract<Dialog, { kind: "find" }>;

/** Best match first; without a text all of them, in their order. */
export function foundItems({ items, text }: FindDialog): readonly PickItem[] {
	if (text.trim() === "") return items;
	return go(text, [...items], { keys: ["label", "detail"], limit: 0, threshold: LEAST_SCORE }).map(({ obj }) => obj);
}

export function pressInFind(model: Model, dialog: FindDialog, press: KeyPress): void {
	const step = typedListStep(dialog, press, () => foundItems(dialog).length);
	if (step === null) return;
	switch (step.kind) {
		case "close":
			model.ui.setState({ dialog: null });
			return;
		case "move":
			model.ui.setState({ dialog: { ...dialog, position: step.position } });
			return;
		case "type":
			model.ui.setState({ dialog: { ...dialog, text: step.text, position: 0 } });
			return;
		case "choose":
			model.ui.setState({ dialog: null });
			foundItems(dialog)[dialog.position]?.onPick();
	}
}
