import { diffArrays } from "diff";
import type { Message } from "../model/state.js";
import type { SpokenLine, SpokenPage } from "./page.js";

/** What has been said, so that only news is said. */
export interface Announcer {
	/** The lines to say now, oldest message first. */
	next(page: SpokenPage): SpokenLine[];
	/** The next page is said as a whole. */
	forget(): void;
}

export function createAnnouncer(): Announcer {
	let before: SpokenPage | null = null;
	/** The page below a dialog. */
	let below: SpokenPage | null = null;
	/** Places whose lists and keys have been read. */
	const known = new Set<string>();
	let lastMessage: Message | null = null;

	function newMessages({ messages }: SpokenPage): SpokenLine[] {
		const news = messages.slice(lastMessage === null ? 0 : messages.lastIndexOf(lastMessage) + 1);
		lastMessage = messages.at(-1) ?? lastMessage;
		return news.filter(({ level }) => level !== "command").map(messageLine);
	}

	function arrived(page: SpokenPage): SpokenLine[] {
		const isKnown = known.has(page.place);
		known.add(page.place);
		const saidBefore = (line: SpokenLine) => before?.lines.some((was) => was.kind === "fact" && isSame(was, line));
		return page.lines.filter((line) => {
			if (line.kind === "fact") return !saidBefore(line);
			return !isKnown || line.isSelected || (line.kind !== "item" && line.kind !== "keys");
		});
	}

	function linesOf(page: SpokenPage): SpokenLine[] {
		if (before?.place === page.place) return changes(before, page);
		// A dialog went away: what is below it was read before.
		if (before?.hasDialog && below?.place === page.place) {
			const news = changes(below, page);
			return page.lines.filter(
				(line) => line.kind === "place" || line.isSelected || news.some(({ text }) => text === line.text),
			);
		}
		return arrived(page);
	}

	return {
		next(page) {
			const lines = linesOf(page);
			if (!page.hasDialog) below = page;
			before = page;
			return [...newMessages(page), ...lines];
		},
		forget() {
			before = null;
			below = null;
			known.clear();
		},
	};
}

function messageLine({ level, text }: Message): SpokenLine {
	const said = level === "note" ? text : `${level}: ${text}`;
	return { kind: "fact", text: said, sense: said, isSelected: false };
}

/** What is news at the same place. */
function changes(before: SpokenPage, now: SpokenPage): SpokenLine[] {
	const textOf = ({ lines }: SpokenPage) => lines.filter(({ kind }) => kind === "text");
	const added = diffArrays(textOf(before), textOf(now), { comparator: isSame })
		.filter((part) => part.added)
		.flatMap(({ value }) => value);
	const isNews = (line: SpokenLine) => {
		if (line.kind === "fact" || line.kind === "typed") return !before.lines.some((was) => isSame(was, line));
		if (line.kind === "item")
			return line.isSelected && !before.lines.some((was) => was.isSelected && isSame(was, line));
		return line.kind === "text" && added.includes(line);
	};
	return now.lines.filter(isNews);
}

const isSame = (a: SpokenLine, b: SpokenLine) => a.sense === b.sense;
