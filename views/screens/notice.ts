import type { Model } from "../model/model.js";
import type { Message } from "../model/state.js";
import { cellWidth, toCells } from "../text/cells.js";
import { bold, cyan, dim, type Paint, red, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";

const MORE = "! all of it";
/** What is longer is in the message log. */
const MOST_ROWS = 2;
const PAINTS: Record<Message["level"], Paint> = { note: cyan, warning: yellow, error: red, command: dim };

/** A warning or an error, in rows of its own above the hints: whoever reads it needs the keys too. */
export function drawNotice(model: Model, width: number): string[] {
	const { notice } = model.ui.getState();
	if (notice === null || notice.level === "note") return [];
	const paint = PAINTS[notice.level];
	const lines = wrapText(`${notice.level}: ${notice.text}`, width - 2);
	if (lines.length <= MOST_ROWS) return lines.map((line) => paint(toCells(` ${line}`, width)));
	const [first = "", ...rest] = lines;
	const room = width - cellWidth(MORE) - 3;
	return [paint(toCells(` ${first}`, width)), `${paint(toCells(` ${rest.join(" ")}`, room))} ${bold(MORE)}  `];
}

/** A note, before the hints; "" where there is none, or the strip shows it. */
export function drawNote(model: Model, width: number, hasStrip: boolean): string {
	const { notice } = model.ui.getState();
	if (notice?.level !== "note" || hasStrip) return "";
	const text = ` ${notice.text}  `;
	if (cellWidth(text) <= width) return PAINTS.note(text);
	const room = width - cellWidth(MORE) - 3;
	return `${PAINTS.note(toCells(text.trimEnd(), room))} ${bold(MORE)}  `;
}
