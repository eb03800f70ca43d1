import { existsSync } from "node:fs";
import { contaminationNote } from "../artifacts/contamination-note.js";
import { readRollouts } from "../artifacts/rollout-file.js";
import { claimLines } from "../compare/claim-text.js";
import { STATUSES } from "../domain/statuses.js";
import { openAtomicWriter } from "../lib/atomic-writer.js";
import { countOf } from "../lib/count.js";
import { escapeHtml, htmlBars, htmlTable, PAGE_END, pageHead } from "../lib/html.js";
import type { Evaluation } from "./evaluate-run.js";
import { htmlCandidate } from "./html-candidate.js";

/** A page of more is slow to open. */
const MOST_CANDIDATES = 2000;

/**
 * Writes the evaluation of a run as one HTML file that loads and runs nothing: figures, charts, tasks, and the candidates of the
 * rollouts file, folded. Memory is that of one candidate.
 */
export async function writeRunPage(
	evaluation: Evaluation,
	rollouts: string,
	path: string,
	signal: AbortSignal,
): Promise<void> {
	const page = await openAtomicWriter(path);
	try {
		await page.write(pageHead(`Run ${evaluation.runId}`));
		await page.write(figures(evaluation));
		await page.write("<h2>Candidates</h2>\n");
		let shown = 0;
		if (existsSync(rollouts)) {
			for await (const { rollout } of readRollouts(rollouts)) {
				signal.throwIfAborted();
				if (shown++ < MOST_CANDIDATES) await page.write(htmlCandidate(rollout));
			}
		}
		if (shown > MOST_CANDIDATES) {
			await page.write(`<p>${countOf(shown - MOST_CANDIDATES, "candidate")} more in the rollouts file.</p>\n`);
		}
		await page.write(PAGE_END);
		await page.commit();
	} finally {
		await page.discard();
	}
}

function figures(evaluation: Evaluation): string {
	const {
		outcome,
		backend,
		sampleCount,
		taskCount,
		tiers,
		passAtK,
		statusCounts,
		rewardMeans,
		tasks,
		training,
		seenIsScored,
	} = evaluation;
	const mock = backend === "mock" ? "<p><strong>mock</strong>: recorded candidates; no model made them.</p>\n" : "";
	const known = STATUSES.toReversed().filter((status) => statusCounts[status] !== undefined);
	return [
		`<p>${escapeHtml(`${outcome ?? "interrupted"}: ${countOf(sampleCount, "candidate")}, ${countOf(taskCount, "task")}, backend ${backend ?? "various"}, isolation ${tiers.join(" and ")}`)}</p>\n`,
		mock,
		"<h2>Scores</h2>\n",
		htmlTable(
			["", "value", "95 % interval over tasks", "tasks"],
			passAtK.map(({ k, value, interval, tasks: of }) => [
				`pass@${k}`,
				value === null ? "-" : value.toFixed(4),
				interval === null ? "none" : `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`,
				`${of}`,
			]),
		),
		htmlTable(
			["reward", "mean"],
			Object.entries(rewardMeans).map(([name, mean]) => [name, mean === null ? "-" : mean.toFixed(4)]),
		),
		...contaminationNote(training, seenIsScored).map((note) => `<p>${escapeHtml(note)}</p>\n`),
		...claimLines(evaluation.claims).map((line) => `<p>Claim ${escapeHtml(line)}</p>\n`),
		"<h2>Verdicts</h2>\n",
		htmlBars(
			"candidates by verdict",
			known.map((status) => {
				const count = statusCounts[status] ?? 0;
				return { name: status, value: count, text: `${count}` };
			}),
		),
		"<h2>Tasks</h2>\n",
		htmlTable(
			["task", "judged", "accepted", "share"],
			tasks.map(({ taskId, n, accepted }) => [
				taskId,
				`${n}`,
				`${accepted}`,
				n === 0 ? "-" : `${((accepted / n) * 100).toFixed(0)} %`,
			]),
		),
	].join("");
}
