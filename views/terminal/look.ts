import type { Look } from "./compositor.js";

export interface Surroundings {
	TERM?: string | undefined;
	NO_COLOR?: string | undefined;
	LC_ALL?: string | undefined;
	LC_CTYPE?: string | undefined;
	LANG?: string | undefined;
}

/** How to draw here. A terminal that knows nothing gets plain letters; a locale without UTF-8 gets ASCII. */
export function lookFor(env: Surroundings, wants: { ascii: boolean; colour: boolean }): Look {
	const isDumb = env.TERM === "dumb";
	const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
	// No locale at all is common in containers whose terminal is UTF-8 all the same; "C" and "POSIX" are a statement.
	const isUnicode = locale === "" || /utf-?8/i.test(locale);
	const isMonochrome = (env.NO_COLOR ?? "") !== "" || !wants.colour;
	return {
		style: isDumb ? "none" : isMonochrome ? "monochrome" : "colour",
		ascii: wants.ascii || isDumb || !isUnicode,
	};
}
