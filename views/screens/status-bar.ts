import { selectEtaMs, selectRate } from "../../src/store/select-run.js";
import type { Model } from "../model/model.js";
import { isGoingOn } from "../model/run-actions.js";
import { cellWidth, cutStart, toCells, visible } from "../text/cells.js";
import { formatClock, formatRate, plural } from "../text/format.js";
import { bold, cyan, dim, type Paint, plain, red, yellow } from "../text/style.js";
import { screenOf } from "./screens.js";

/** One fact, in its long and its shorter forms. An empty form leaves it out. */
interface Part {
	forms: readonly string[];
	paint: Paint;
}

/** The longest part that says what a sandbox lacks; all of it is in the message log. */
const MOST_SANDBOX_CELLS = 60;
const MOST_WORKSPACE_CELLS = 30;

/**
 * What runs, where, how candidates are isolated, and how many warnings there are. The first ones give way first; the
 * workspace, which does not change, is there only where all of it fits into `roomy` cells.
 */
export function drawStatusBar(model: Model, width: number, roomy: number): { text: string; cells: number } {
	const parts = [workspacePart(model), sandboxPart(model), jobsPart(model), problemsPart(model)];
	const form = parts.map(() => 0);
	const textOf = (i: number) => parts[i]?.forms[form[i] ?? 0] ?? "";
	const shown = () => parts.map((part, i) => ({ ...part, text: textOf(i) })).filter(({ text }) => text !== "");
	const cells = () => shown().reduce((sum, { text }) => sum + cellWidth(text) + 2, -2);
	if (cells() > Math.min(width, roomy)) form[0] = 1;
	for (const [i, part] of parts.entries()) {
		while (cells() > width && (form[i] ?? 0) < part.forms.length - 1) form[i] = (form[i] ?? 0) + 1;
	}
	return {
		text: shown()
			.map(({ text, paint }) => paint(text))
			.join("  "),
		cells: cells(),
	};
}

function workspacePart({ workbench }: Model): Part {
	return { forms: [`in ${cutStart(workbench.workspace, MOST_WORKSPACE_CELLS)}`, ""], paint: dim };
}

/** Runs of this session that go on, how fast they are judged, and when the last one will be done. */
function jobsPart(model: Model): Part {
	const live = model.ui.getState().liveRuns.filter(isGoingOn);
	if (live.length === 0) return { forms: [""], paint: plain };
	const states = live.map((run) => run.store.getState().run);
	const rate = states.reduce((sum, state) => sum + (selectRate(state) ?? 0), 0);
	const etas = states.map(selectEtaMs);
	const eta = etas.includes(null) ? null : Math.max(...etas.map((ms) => ms ?? 0));
	const speed = rate > 0 ? ` ${formatRate(rate)}` : "";
	const end = eta === null ? "" : ` ETA ${formatClock(eta)}`;
	const few = `●${live.length}`;
	return {
		forms: [`● ${plural(live.length, "live run")}${speed}${end}`, `${few}${speed}${end}`, `${few}${speed}`, few],
		paint: cyan,
	};
}

function problemsPart(model: Model): Part {
	const levels = model.ui.getState().messages.map(({ level }) => level);
	const count = levels.filter((level) => level === "warning" || level === "error").length;
	return { forms: [`!${count}`], paint: levels.includes("error") ? red : count > 0 ? yellow : dim };
}

/** The sandbox in a few words. */
export function sandboxText(model: Model): string {
	return sandboxPart(model).forms.at(-1) ?? "";
}

/** The tier in force, and what it does not give. A run shows the tier it was judged in. */
function sandboxPart(model: Model): Part {
	const { sandbox } = model.ui.getState();
	const recorded = screenOf(model.ui.getState()).sandbox?.(model) ?? null;
	const warn: Paint = (text) => bold(yellow(text));
	if (recorded && typeof sandbox === "object" && recorded.tier !== sandbox.tier) {
		return { forms: [`judged in ${recorded.tier}; sandbox now ${sandbox.tier}`], paint: warn };
	}
	const shown = recorded ?? sandbox;
	if (shown === "probing") return { forms: ["sandbox: probing"], paint: dim };
	if (shown === "failed") return { forms: ["sandbox: none works"], paint: yellow };
	const name = `sandbox ${shown.tier}`;
	if (shown.missing.length === 0) return { forms: [name], paint: plain };
	const lacks = visible(`${name} (lacks ${shown.missing.join(", ")})`);
	const long = cellWidth(lacks) > MOST_SANDBOX_CELLS ? toCells(lacks, MOST_SANDBOX_CELLS) : lacks;
	return { forms: [long, `${name} (partial)`], paint: shown.tier === "bwrap" ? yellow : warn };
}
