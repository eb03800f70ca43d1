import type { Model } from "../model/model.js";
import type { Message } from "../model/state.js";
import { toCells } from "../text/cells.js";
import { dim, type Paint, plain, red, yellow } from "../text/style.js";
import type { PaneText } from "./pane-text.js";

const PAINTS: Record<Message["level"], Paint> = { note: plain, warning: yellow, error: red };
const WORDS: Record<Message["level"], string> = { note: "      ", warning: "warn  ", error: "error " };

/** The last messages, newest last. */
export function drawStrip(model: Model, width: number, height: number): PaneText {
	const { messages } = model.ui.getState();
	const rows = messages.slice(-height).map((message) => messageRow(message, width));
	return {
		title: `Messages ${messages.length} · \` hides`,
		rows: rows.length > 0 ? rows : [dim(toCells(" nothing yet", width))],
	};
}

export function messageRow(message: Message, width: number): string {
	const time = ` ${message.at.slice(11, 19)} `;
	return `${dim(time)}${PAINTS[message.level](toCells(`${WORDS[message.level]}${message.text}`, width - time.length))}`;
}
