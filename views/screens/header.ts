import type { Model } from "../model/model.js";
import { isGoingOn } from "../model/run-actions.js";
import { cellWidth, toCells } from "../text/cells.js";
import { plural } from "../text/format.js";
import { bold, cyan, dim, inverse, yellow } from "../text/style.js";
import { SCREENS, screenOf } from "./screens.js";

/** Where we are on the left, what isolates candidates on the right. */
export function drawHeader(model: Model, width: number): string {
	const state = model.ui.getState();
	const screen = screenOf(state);
	const tabs = SCREENS.map(({ id }) => (id === screen.id ? inverse(bold(`[${id}]`)) : ` ${id} `)).join("");
	const where = screen.crumbs(model).join(" › ");
	const right = rightSide(model, width);
	const room = width - SCREENS.length * 3 - 1 - right.cells - 2;
	const { name } = screen;
	const shortWhere = shorten(where, room - cellWidth(name) - 3);
	const crumbs = toCells(` ${name}${shortWhere ? ` › ${shortWhere}` : ""}`, Math.max(0, room + 1));
	return `${tabs}${bold(crumbs)}  ${right.text}`;
}

function rightSide(model: Model, width: number): { text: string; cells: number } {
	const parts: { plain: string; text: string }[] = [];
	const live = model.ui.getState().liveRuns.filter(isGoingOn);
	if (live.length > 0) {
		const plain = width >= 100 ? `● ${plural(live.length, "live run")}` : `●${live.length}`;
		parts.push({ plain, text: cyan(plain) });
	}
	const problems = model.ui.getState().messages.filter(({ level }) => level === "warning" || level === "error").length;
	parts.push(sandboxPart(model, width));
	parts.push({ plain: `!${problems}`, text: problems > 0 ? yellow(`!${problems}`) : dim("!0") });
	return {
		text: parts.map((part) => part.text).join("  "),
		cells: parts.reduce((sum, part) => sum + cellWidth(part.plain), 0) + 2 * (parts.length - 1),
	};
}

/** The tier in force, and what it does not give. A run shows the tier it was judged in. */
function sandboxPart(model: Model, width: number): { plain: string; text: string } {
	const { sandbox } = model.ui.getState();
	const recorded = screenOf(model.ui.getState()).sandbox?.(model) ?? null;
	const shown = recorded ?? sandbox;
	if (recorded && typeof sandbox === "object" && recorded.tier !== sandbox.tier) {
		const plain = `judged in ${recorded.tier}; sandbox now ${sandbox.tier}`;
		return { plain, text: bold(yellow(plain)) };
	}
	if (shown === "probing") return { plain: "sandbox: probing", text: dim("sandbox: probing") };
	if (shown === "failed") return { plain: "sandbox: none works", text: yellow("sandbox: none works") };
	if (shown.tier === "rlimit") {
		const plain = width >= 100 ? "sandbox rlimit: no file or network isolation" : "sandbox rlimit: NO ISOLATION";
		return { plain, text: bold(yellow(plain)) };
	}
	const lacks = shown.missing.length > 0 ? (width >= 120 ? ` (lacks ${shown.missing.join(", ")})` : " (partial)") : "";
	const plain = `sandbox ${shown.tier}${lacks}`;
	const cut = cellWidth(plain) > 60 ? toCells(plain, 60) : plain;
	return { plain: cut, text: lacks ? yellow(cut) : cut };
}

/** Paths lose their beginning: the end tells more. */
function shorten(path: string, width: number): string {
	if (width < 4) return "";
	return cellWidth(path) <= width ? path : `…${path.slice(-(width - 1))}`;
}
