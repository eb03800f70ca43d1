import type { FilterTerm } from "../../src/store/row-filter.js";
import type { Model } from "../model/model.js";
import type { Message } from "../model/state.js";
import { toCells } from "../text/cells.js";
import { dim, type Paint, plain, red, yellow } from "../text/style.js";
import { underlineTerms } from "../text/underlined.js";
import { wrapText } from "../text/wrap.js";
import type { PaneText } from "./pane-text.js";

const PAINTS: Record<Message["level"], Paint> = { note: plain, warning: yellow, error: red, command: dim };
const WORDS: Record<Message["level"], string> = {
	note: "      ",
	warning: "warn  ",
	error: "error ",
	command: "    $ ",
};

/** The last messages, newest last. */
export function drawStrip(model: Model, width: number, height: number): PaneText {
	const { messages } = model.ui.getState();
	const rows = messages
		.slice(-height)
		.flatMap((message) => messageRows(message, width))
		.slice(-height);
	return {
		title: `Messages ${messages.length} · \` hides`,
		rows: rows.length > 0 ? rows : [dim(toCells(" nothing yet", width))],
	};
}

/** As many rows as the message needs: an error that cannot be read to its end is no use. */
export function messageRows(message: Message, width: number, terms: readonly FilterTerm[] = []): string[] {
	const time = ` ${message.at.slice(11, 19)} `;
	const head = `${time}${WORDS[message.level]}`;
	const paint = PAINTS[message.level];
	return wrapText(message.text, width - head.length - 1).map((line, i) => {
		const word = i === 0 ? WORDS[message.level] : " ".repeat(WORDS[message.level].length);
		return (
			dim(i === 0 ? time : " ".repeat(time.length)) +
			paint(underlineTerms(toCells(`${word}${line}`, width - time.length), terms))
		);
	});
}
