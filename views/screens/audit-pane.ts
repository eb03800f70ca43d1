import type { AuditItem } from "../../src/domain/audit.js";
import type { Model } from "../model/model.js";
import type { Audit } from "../model/state.js";
import { toCells } from "../text/cells.js";
import { formatBytes, plural } from "../text/format.js";
import { bold, dim, green, type Paint, red, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { type PaneText, positionText } from "./pane-text.js";

type Finding = Extract<AuditItem, { kind: "finding" }>;

const SIGNS: Record<Finding["level"], { glyph: string; paint: Paint }> = {
	good: { glyph: "✓", paint: green },
	open: { glyph: "?", paint: yellow },
	bad: { glyph: "✗", paint: red },
};

/** What an audit has found so far; null: there is none. */
export function drawAudit(model: Model, width: number, height: number): PaneText | null {
	const { audit } = model.ui.getState();
	if (audit === null) return null;
	const all = [
		...wrapText(summaryOf(audit), width - 2).map((line) => bold(toCells(` ${line}`, width))),
		...audit.findings.flatMap((finding) => findingRows(finding, width)),
	];
	const top = model.scroll.top("run", height, all.length);
	const position = positionText(top, height, all.length);
	return { title: position === "" ? audit.title : `${audit.title} · ${position}`, rows: all.slice(top, top + height) };
}

function summaryOf({ title, of, findings, done, total, state }: Audit): string {
	const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
	if (typeof state === "object") return `${of}: ${state.error}`;
	const how =
		state === "going on"
			? total > 0
				? `, ${formatBytes(done)} of ${formatBytes(total)}`
				: ", going on"
			: state === "stopped"
				? ", stopped"
				: "";
	if (title === "Secrets") {
		const words =
			count("bad") + count("open") === 0
				? "nothing found"
				: `${plural(count("bad"), "secret")}, ${count("open")} to look at`;
		return `${of}: ${words}${how}`;
	}
	const [good, open, bad] =
		title === "Claims" ? ["supported", "open", "blocked"] : ["as recorded", "with warnings", "wrong"];
	return `${of}: ${count("good")} ${good}, ${count("open")} ${open}, ${count("bad")} ${bad}${how}`;
}

function findingRows({ level, text, notes }: Finding, width: number): string[] {
	const { glyph, paint } = SIGNS[level];
	const [first = "", ...more] = wrapText(text, width - 4);
	return [
		paint(toCells(` ${glyph} ${first}`, width)),
		...more.map((line) => paint(toCells(`   ${line}`, width))),
		...notes.flatMap((note) => wrapText(note, width - 6).map((line) => dim(toCells(`     ${line}`, width)))),
	];
}
