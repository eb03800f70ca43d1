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

type FindDialog = Extract<Dialog, { kind: "find" }>;
type TypedDialog = FindDialog | Extract<Dialog, { kind: "palette" }>;

/** What a key does to a dialog whose entries are found by typing. `chosen`: what the entry under the cursor does. */
export function pressInTypedList(
	model: Model,
	dialog: TypedDialog,
	press: KeyPress,
	{ count, chosen }: { count: () => number; chosen: () => (() => void) | undefined },
): void {
	const { text, position } = dialog;
	const name = press.kind === "key" ? press.name : "";
	const by = MOVES[name];
	if (name === "esc" || (name === "backspace" && text === "")) model.ui.setState({ dialog: null });
	else if (name === "enter") {
		const act = chosen();
		model.ui.setState({ dialog: null });
		act?.();
	} else if (by !== undefined) {
		model.ui.setState({ dialog: { ...dialog, position: Math.max(0, Math.min(position + by, count() - 1)) } });
	} else {
		const typed = editText(text, press);
		if (typed !== null) model.ui.setState({ dialog: { ...dialog, text: typed, position: 0 } });
	}
}

/** Best match first; without a text all of them, in their order. */
export function foundItems({ items, text }: FindDialog): readonly PickItem[] {
	if (text.trim() === "") return items;
	return go(text, [...items], { keys: ["label", "detail"], limit: 0, threshold: LEAST_SCORE }).map(({ obj }) => obj);
}

export function pressInFind(model: Model, dialog: FindDialog, press: KeyPress): void {
	pressInTypedList(model, dialog, press, {
		count: () => foundItems(dialog).length,
		chosen: () => foundItems(dialog)[dialog.position]?.onPick,
	});
}
