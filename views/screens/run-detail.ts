import type { LineageNode } from "../../src/domain/lineage.js";
import type { RunRow } from "../../src/domain/run-row.js";
import { sizeText } from "../../src/lib/file-size.js";
import { lineageRows } from "../../src/store/lineage-rows.js";
import type { Model } from "../model/model.js";
import { selectedRun } from "../model/runs-actions.js";
import type { RunDetail } from "../model/state.js";
import { toCells } from "../text/cells.js";
import { formatCount, formatScore, plural } from "../text/format.js";
import { bold, dim, green, type Paint, plain, red, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { type PaneText, positionText } from "./pane-text.js";
import { intervalOf } from "./run-table.js";

/** What is known of the run under the cursor and its lineage. */
export function drawRunDetail(model: Model, width: number, height: number): PaneText {
	const { runDetail, foldersOpen } = model.ui.getState();
	const row = selectedRun(model);
	const all =
		row === null
			? [dim(toCells("  no run", width))]
			: [...factRows(row, width), "", ...lineageLines(runDetail, width, foldersOpen)];
	const top = model.scroll.top("run", height, all.length);
	const position = positionText(top, height, all.length);
	return {
		title: position === "" ? "Lineage" : `Lineage · ${position}`,
		rows: all.slice(top, top + height).map((text) => (text === "" ? toCells("", width) : text)),
	};
}

function factRows(row: RunRow, width: number): string[] {
	const { passAt1, statusCounts, sampleCount, taskCount, n } = row;
	const score = passAt1 === null ? "nothing judged" : `pass@1 ${formatScore(passAt1.value)}`;
	const interval = passAt1?.interval ? `, 95 % over tasks ${intervalOf(row)}` : "";
	const facts = [
		`${row.kind} ${row.outcome}, ${row.startedAt.replace(/\.\d+Z$/, "Z")}${row.recorded ? ", ships with assay" : ""}`,
		`${plural(taskCount, "task")}, ${n === null ? "samples of a file" : `N ${formatCount(n)}`}, backend ${row.backend}${row.backend === "mock" ? " (no model)" : ""}`,
		`${formatCount(statusCounts.accepted ?? 0)} of ${formatCount(sampleCount)} accepted, ${score}${interval}`,
		`tier ${row.tier ?? "not known yet"}, ${sizeText(row.bytes)}${row.parent === null ? "" : `, from ${row.parent}`}`,
		...(row.experiment === null ? [] : [`experiment ${row.experiment}`]),
	];
	return [bold(toCells(` ${row.runId}`, width)), ...facts.flatMap((fact) => wrapped(fact, width))];
}

function wrapped(text: string, width: number): string[] {
	return wrapText(text, width - 2).map((line) => toCells(` ${line}`, width));
}

function lineageLines(detail: RunDetail | null, width: number, foldersOpen: boolean): string[] {
	if (detail === null) return [];
	const { lineage, isChecked, error } = detail;
	if (error !== null) return wrapped(error, width).map((line) => yellow(line));
	if (lineage === null) return [dim(toCells(" reading", width))];
	const note = isChecked ? "files compared with their checksums" : "c compares the files with their checksums";
	return [
		...lineageRows(lineage, !foldersOpen).map(({ prefix, node }) =>
			typeof node === "string"
				? dim(toCells(` ${prefix}${node.replace(detail.runId, "…")}`, width))
				: STATE_PAINTS[node.state](toCells(` ${prefix}${nodeText(node, detail.runId)}`, width)),
		),
		dim(toCells(` ${note}`, width)),
	];
}

const STATE_PAINTS: Record<LineageNode["state"], Paint> = {
	not_compared: plain,
	same: green,
	changed: red,
	missing: yellow,
};
const STATE_SIGNS: Record<LineageNode["state"], string> = {
	not_compared: "",
	same: "✓ ",
	changed: "✗ changed ",
	missing: "! missing ",
};

/** The folder says what a file of a run is, and its end which one; the run's id stands above. */
function nodeText({ kind, id, detail, bytes, sha256, state }: LineageNode, runId: string): string {
	const what = kind === "file" ? (detail ?? id) : `${kind} ${id}`;
	const facts = [
		`${STATE_SIGNS[state]}${what}`,
		...(kind === "run" && detail !== null ? [`(${detail})`] : []),
		...(bytes === null ? [] : [sizeText(bytes)]),
		...(kind === "file" ? [id.replace(runId, "…")] : []),
		...(sha256 === null ? [] : [sha256.slice(0, 12)]),
	];
	return facts.join("  ");
}
