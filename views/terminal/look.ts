import { WriteStream } from "node:tty";
import { AssayError } from "../../src/lib/errors.js";
import { THEMES, type ThemeName } from "../../src/store/themes.js";
import { visible } from "../text/cells.js";
import type { Look } from "./compositor.js";
import type { ColourDepth } from "./palette.js";

export type Surroundings = Readonly<Record<string, string | undefined>>;

/** How to draw here. A terminal that knows nothing gets plain letters; a locale without UTF-8 gets ASCII. */
export function lookFor(env: Surroundings, wants: { ascii: boolean; colour: boolean }): Look {
	const isDumb = env.TERM === "dumb";
	const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
	// No locale at all is common in containers whose terminal is UTF-8 all the same; "C" and "POSIX" are a statement.
	const isUnicode = locale === "" || /utf-?8/i.test(locale);
	return {
		depth: isDumb ? "no style" : wants.colour ? depthFor(env) : "no colour",
		ascii: wants.ascii || isDumb || !isUnicode,
	};
}

/** Node knows the terminals, COLORTERM and FORCE_COLOR; NO_COLOR is stronger than all of them here. */
function depthFor(env: Surroundings): ColourDepth {
	if ((env.NO_COLOR ?? "") !== "") return "no colour";
	// An empty NO_COLOR says nothing, and CI nothing about the terminal that somebody looks at.
	const { NO_COLOR: _empty, CI: _ci, ...rest } = env;
	const depth = WriteStream.prototype.getColorDepth(rest);
	return depth === 4 || depth === 8 || depth === 24 ? depth : "no colour";
}

/** The theme that was asked for, the last one, or the one that fits the terminal's background where it says so. */
export function themeFor(env: Surroundings, asked: ThemeName | undefined, last: ThemeName | null): ThemeName {
	if (asked) return asked;
	if (env.ASSAY_THEME) {
		const named = THEMES.find((theme) => theme === env.ASSAY_THEME);
		if (named) return named;
		throw new AssayError("usage", `ASSAY_THEME: there is no theme ${visible(env.ASSAY_THEME)}`, {
			hint: `the themes are ${THEMES.join(", ")}`,
		});
	}
	if (last) return last;
	const background = Number(/;(\d+)$/.exec(env.COLORFGBG ?? "")?.[1] ?? Number.NaN);
	return background === 7 || background === 15 ? "light" : "dark";
}
