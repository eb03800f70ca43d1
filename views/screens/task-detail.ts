import type { TaskDetail } from "../../src/app/workbench.js";
import type { Model } from "../model/model.js";
import { cellWidth, shortId, toCells } from "../text/cells.js";
import { formatBytes, formatMs } from "../text/format.js";
import { CUT, layPieces } from "../text/pieces.js";
import { colourPython } from "../text/python-colours.js";
import { bold, dim, yellow } from "../text/style.js";
import { joinProse, wrapText } from "../text/wrap.js";
import { type PaneText, positionText } from "./pane-text.js";

/** Prompt and starter code; in narrower layouts the tests and the facts follow in the same text. */
export function drawTaskDetail(model: Model, width: number, height: number, withFacts: boolean): PaneText {
	return drawSections(model, "task", width, height, (detail, w) => [
		...promptSection(detail, w),
		...(withFacts ? [...testsSection(detail, w), ...factsSection(detail, w)] : []),
	]);
}

export function drawTaskFacts(model: Model, width: number, height: number): PaneText {
	const drawn = drawSections(model, "tests", width, height, (detail, w) => [
		...testsSection(detail, w),
		...factsSection(detail, w),
	]);
	return { ...drawn, title: "Tests and facts" };
}

function drawSections(
	model: Model,
	pane: string,
	width: number,
	height: number,
	make: (detail: TaskDetail, width: number) => string[],
): PaneText {
	const { openTask } = model.ui.getState();
	if (!openTask) return { title: "Task", rows: [] };
	if (openTask.error !== null) return { title: openTask.id, rows: [yellow(toCells(` ${openTask.error}`, width))] };
	if (!openTask.detail) return { title: openTask.id, rows: [dim(toCells(" reading", width))] };
	const all = make(openTask.detail, width - 1);
	const top = model.scroll.top(pane, height, all.length);
	const position = positionText(top, height, all.length);
	const rest = position && ` · ${position}`;
	return {
		title: shortId(openTask.id, width - cellWidth(rest) - 4) + rest,
		rows: all.slice(top, top + height).map((row) => ` ${row}`),
	};
}

/** Long lines are broken, not cut: a test that cannot be read to its end is no use. */
export function codeRows(code: string, width: number): string[] {
	return colourPython(wrapText(code.trimEnd(), width)).flatMap((line) => layPieces(line, width, CUT));
}

const heading = (text: string, width: number) => bold(toCells(text, width));
const wrapped = (text: string, width: number) => wrapText(text, width).map((line) => toCells(line, width));

function promptSection(detail: TaskDetail, width: number): string[] {
	const { input } = detail;
	const rows = [heading(detail.title, width)];
	if (detail.tags.length > 0) rows.push(dim(toCells(detail.tags.join(", "), width)));
	rows.push("");
	if (input.prompt.trim() !== input.starterCode.trim())
		rows.push(...wrapped(joinProse(input.prompt.trim()), width), "");
	if (input.starterCode.trim() !== "") {
		rows.push(heading("Starter code", width), ...codeRows(input.starterCode, width), "");
	}
	return rows;
}

function testsSection(detail: TaskDetail, width: number): string[] {
	const { publicTests } = detail.input;
	const rows = [heading(`Public tests ${detail.publicTests}`, width)];
	for (const test of publicTests) rows.push(...codeRows(test, width));
	rows.push(
		"",
		heading(`Hidden tests ${detail.hiddenTests}`, width),
		dim(toCells("H shows them, after a question", width)),
		"",
	);
	return rows;
}

function factsSection(detail: TaskDetail, width: number): string[] {
	const { limits, source, location } = detail;
	const missing = "not stated";
	const facts: [string, string][] = [
		["kind", `${detail.kind}, ${detail.language}`],
		["difficulty", detail.difficulty ?? missing],
		["split", detail.split ?? "none"],
		["entry point", detail.input.entryPoint ?? "none"],
		["recorded", `${detail.candidates} candidates`],
		["cpu limit", formatMs(limits.cpuTimeMs)],
		["memory limit", formatBytes(limits.memoryBytes)],
		["output limit", formatBytes(limits.outputBytes)],
		["processes", String(limits.processes)],
		["disk limit", formatBytes(limits.diskBytes)],
		[
			"harness",
			detail.harness === "split"
				? "split: tests run apart from the candidate"
				: "in_guest: tests share the candidate's process",
		],
		["source", source.url ? `${source.origin} ${source.url}` : source.origin],
		["licence", source.license ?? missing],
		["contamination", detail.contamination ?? "nobody has said"],
		["file", location.line === null ? location.file : `${location.file}:${location.line}`],
	];
	return [heading("Facts", width), ...facts.flatMap(([name, value]) => factRows(name, value, width))];
}

const NAME_CELLS = 14;

/** A name and a value that may take several lines. */
export function factRows(name: string, value: string, width: number): string[] {
	const lines = wrapText(value, Math.max(8, width - NAME_CELLS));
	return lines.map((line, i) => dim(toCells(i === 0 ? name : "", NAME_CELLS)) + toCells(line, width - NAME_CELLS));
}
