import { noteFault } from "../model/faults.js";
import type { Fault, Model } from "../model/model.js";
import { toCells } from "../text/cells.js";
import { bold, dim, red } from "../text/style.js";
import { wrapText } from "../text/wrap.js";

/** Draws one part of the screen; where that fails, `instead` is drawn and all other parts are as they were. */
export function guarded<Drawn>(
	model: Model,
	where: string,
	draw: () => Drawn,
	instead: (fault: Fault) => Drawn,
): Drawn {
	try {
		return draw();
	} catch (error) {
		return instead(noteFault(model, where, error));
	}
}

/** What happened, where to read more, and how to go on. */
export function faultRows({ where, message, path }: Fault, width: number): string[] {
	const lines = (text: string) => wrapText(text, Math.max(1, width - 2)).map((line) => toCells(` ${line}`, width));
	return [
		...lines(`! a bug in assay: ${where}`).map((line) => bold(red(line))),
		...lines(message),
		toCells("", width),
		...lines(path === null ? "its stack is not saved" : `its stack is in ${path}`),
		...lines("what runs goes on: Tab or a digit goes elsewhere, ^l draws again, ! shows messages, Q quits").map(dim),
	];
}

/** The same in one row. */
export function faultRow({ where, message }: Fault, width: number): string {
	return red(toCells(` ! a bug in assay: ${where}: ${message}`, width));
}
