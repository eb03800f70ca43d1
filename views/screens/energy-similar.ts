import { type RankedCandidate, worldProblem } from "../model/energy-actions.js";
import { energyState } from "../model/energy-state.js";
import type { Model } from "../model/model.js";
import { plural } from "../text/format.js";
import { bold, dim, plain, yellow } from "../text/style.js";
import { paragraph } from "./comparison-summary.js";
import { type MarkedText, note } from "./marked-text.js";

/** Past edits that change a program as the candidate does; of these nothing is in its energy. */
export function similarText(model: Model, { task, sampleIndex }: RankedCandidate, width: number): MarkedText {
	const { open } = energyState(model);
	const problem = worldProblem(model);
	if (!open || problem !== null) return { rows: paragraph(problem ?? "", width, dim), marks: [] };
	if (open.world?.index == null) {
		const how =
			"assay world index TRANSITIONS --model FOLDER --out artifacts/world-index writes one, or assay open --world-index FOLDER names it";
		return { rows: [...paragraph("no index of past edits", width, yellow), ...paragraph(how, width, dim)], marks: [] };
	}
	const { runId, allowSeen } = open.request;
	const read = model.cache.read(`similar:${runId}:${allowSeen}:${sampleIndex}:${task.taskId}`, () =>
		model.workbench.similarToRanked(open.request, task.taskId, sampleIndex),
	);
	if (read.state === "reading") return note("looking through past edits", width);
	if (read.state === "failed") return { rows: paragraph(read.message, width, yellow), marks: [] };
	const edits = read.value;
	const rows = paragraph(
		edits.length === 0
			? "the index is empty"
			: `${plural(edits.length, "past edit")} nearest to what #${sampleIndex} changes, nearest first, by squared distance; they are in no energy`,
		width,
		dim,
	);
	const marks: number[] = [];
	const asked = new Set<string>();
	const { showsVerdicts } = energyState(model);
	for (const { distance, group, source, split, label, changedLines, action } of edits) {
		marks.push(rows.length);
		// An equal program of the same task would tell this one's verdict.
		const verdict = label === null ? "not run" : showsVerdicts ? label : "verdict hidden";
		const facts = [source, verdict, `${plural(changedLines, "line")} changed`, split];
		rows.push(...paragraph(`${distance.toFixed(3)}  ${group}: ${facts.join(", ")}`, width, bold));
		// Of one question there are often many.
		const question = action.replace(/\s+/g, " ").trim();
		if (!asked.has(question)) rows.push(...paragraph(question, width, plain));
		asked.add(question);
	}
	return { rows, marks };
}
