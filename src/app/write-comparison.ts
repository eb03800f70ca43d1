import { readRollout } from "../artifacts/rollout-file.js";
import { comparisonMarkdown } from "../compare/comparison-text.js";
import type { ComparedTask, Comparison } from "../domain/comparison.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { type AtomicWriter, openAtomicWriter } from "../lib/atomic-writer.js";
import { countOf } from "../lib/count.js";
import { AssayError } from "../lib/errors.js";
import { escapeHtml, htmlBars, htmlIntervals, PAGE_END } from "../lib/html.js";
import { pageOfReport } from "../lib/html-report.js";
import type { CandidatePlaces } from "./candidate-places.js";
import { htmlCandidate } from "./html-candidate.js";

/** Of tasks that got worse, and of tasks that got better: a page of more is slow to open. */
const MOST_TASKS = 40;
/** Of one task and set. */
const MOST_CANDIDATES = 20;

/** Writes a comparison: `.json` all figures, `.html` one page with charts and programs, any other ending Markdown. */
export async function writeComparison(comparison: Comparison, places: CandidatePlaces, path: string): Promise<void> {
	if (path.endsWith(".json")) writeFileAtomic(path, `${JSON.stringify(comparison, null, "\t")}\n`);
	else if (path.endsWith(".html")) await writePage(comparison, places, path);
	else writeFileAtomic(path, comparisonMarkdown(comparison));
}

/** Loads and runs nothing. Memory is that of one candidate beside the figures. */
async function writePage(comparison: Comparison, places: CandidatePlaces, path: string): Promise<void> {
	const page = await openAtomicWriter(path);
	try {
		await page.write(pageOfReport(comparisonMarkdown(comparison)));
		await page.write(charts(comparison));
		const worse = comparison.tasks.filter(({ change }) => change < 0);
		const better = comparison.tasks.filter(({ change }) => change > 0).toReversed();
		for (const [title, tasks] of [
			["Programs of tasks that got worse", worse],
			["Programs of tasks that got better", better],
		] as const) {
			if (tasks.length === 0) continue;
			await page.write(`<h2>${title}</h2>\n`);
			for (const task of tasks.slice(0, MOST_TASKS)) await writeTask(page, comparison, task, places);
			if (tasks.length > MOST_TASKS) {
				await page.write(`<p>${countOf(tasks.length - MOST_TASKS, "task")} more in the results' own files.</p>\n`);
			}
		}
		await page.write(PAGE_END);
		await page.commit();
	} finally {
		await page.discard();
	}
}

function charts({ sets, tasks, k }: Comparison): string {
	const scores = sets.flatMap(({ name, score: { value, interval } }) =>
		value === null ? [] : [{ name, value, interval, text: value.toFixed(4) }],
	);
	const counts = new Map<string, number>();
	for (const { change } of tasks.toSorted((a, b) => a.change - b.change)) {
		const text = `${change > 0 ? "+" : change < 0 ? "−" : ""}${Math.abs(change).toFixed(2)}`;
		counts.set(text, (counts.get(text) ?? 0) + 1);
	}
	return [
		`<h2>Charts</h2>\n<p>pass@${k} with its 95 % interval over tasks</p>\n`,
		htmlIntervals(`pass@${k} by set`, scores),
		"<p>tasks by how much their score changed</p>\n",
		htmlBars(
			"tasks by change",
			[...counts].map(([name, value]) => ({ name, value, text: countOf(value, "task") })),
		),
	].join("");
}

async function writeTask(page: AtomicWriter, { sets }: Comparison, task: ComparedTask, places: CandidatePlaces) {
	const counts = task.counts.map(({ n, accepted }) => `${accepted}/${n}`).join(" → ");
	await page.write(`<details><summary>${escapeHtml(task.taskId)} ${counts}</summary>\n`);
	for (const [i, side] of places.of(task.taskId, sets.length).entries()) {
		const { name = "", path = "" } = sets[i] ?? {};
		await page.write(`<h3>${escapeHtml(name)}</h3>\n`);
		for (const { place, sampleIndex, status } of side.slice(0, MOST_CANDIDATES)) {
			const made = await readRollout(path, place).catch((error: unknown) => {
				// Lines of verdicts alone hold no program.
				if (error instanceof AssayError) return null;
				throw error;
			});
			await page.write(made === null ? `<p>#${sampleIndex} ${status}</p>\n` : htmlCandidate(made));
		}
		if (side.length > MOST_CANDIDATES) await page.write(`<p>${side.length - MOST_CANDIDATES} more</p>\n`);
	}
	await page.write("</details>\n");
}
