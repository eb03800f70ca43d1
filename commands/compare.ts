import { compareRuns } from "../src/app/compare-runs.js";
import { comparisonMarkdown, conclusionText } from "../src/compare/comparison-text.js";
import type { Comparison } from "../src/domain/comparison.js";
import { writeFileAtomic } from "../src/lib/atomic-file.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { CompareOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { printable, tableLines, writeJson, writeLine } from "./cli/print.js";

/** Compares recorded results, each with the first. With `--check`: exit 1 when one is worse. */
export async function compare(
	context: CommandContext,
	sources: readonly string[],
	options: CompareOptions,
): Promise<ExitCode> {
	const { workspace, signal } = context;
	const out = outFile(options.out);
	const { k, seed, resamples, allow = [] } = options;
	const comparison = await compareRuns({ workspace, sources, k, seed, resamples, allowed: allow, signal });
	if (out !== null) writeFileAtomic(out, fileText(out, comparison));
	if (context.json) await writeJson(context.stdout, comparison);
	else await writeText(context, comparison, options.tasks === true);
	return options.check === true && comparison.pairs.some(({ conclusion }) => conclusion === "worse") ? 1 : 0;
}

function fileText(path: string, comparison: Comparison): string {
	return path.endsWith(".json") ? `${JSON.stringify(comparison, null, "\t")}\n` : comparisonMarkdown(comparison);
}

async function writeText({ stdout }: CommandContext, comparison: Comparison, allTasks: boolean): Promise<void> {
	const { k, sets, pairs, differences, tasks } = comparison;
	for (const { text } of differences) await writeLine(stdout, printable(`not the same: ${text}`));
	for (const pair of pairs) await writeLine(stdout, printable(conclusionText(pair, k)));
	await writeLine(stdout, "");
	const scoreRows = sets.map(({ name, subject, score, sampleCount, degenerateRate, distinctShare }) => ({
		name,
		subject: subject ?? "-",
		score: score.value === null ? "-" : score.value.toFixed(4),
		interval: score.interval === null ? "-" : `${score.interval.low.toFixed(4)} … ${score.interval.high.toFixed(4)}`,
		tasks: `${score.tasks}`,
		samples: `${sampleCount}`,
		degenerate: share(degenerateRate),
		distinct: share(distinctShare),
	}));
	const columns = [
		{ title: "results", text: (row: (typeof scoreRows)[number]) => row.name, maxWidth: 40 },
		{ title: "made by", text: (row: (typeof scoreRows)[number]) => row.subject, maxWidth: 32 },
		{ title: `pass@${k}`, text: (row: (typeof scoreRows)[number]) => row.score, align: "right" as const },
		{ title: "95 % interval", text: (row: (typeof scoreRows)[number]) => row.interval },
		{ title: "tasks", text: (row: (typeof scoreRows)[number]) => row.tasks, align: "right" as const },
		{ title: "candidates", text: (row: (typeof scoreRows)[number]) => row.samples, align: "right" as const },
		{ title: "degenerate", text: (row: (typeof scoreRows)[number]) => row.degenerate, align: "right" as const },
		{ title: "distinct", text: (row: (typeof scoreRows)[number]) => row.distinct, align: "right" as const },
	];
	for await (const line of tableLines(columns, scoreRows)) await writeLine(stdout, line);
	const changed = tasks.filter(({ change }) => change !== 0);
	if (changed.length === 0) return;
	await writeLine(stdout, "");
	const shown = allTasks ? changed : changed.length > 12 ? [...changed.slice(0, 6), ...changed.slice(-6)] : changed;
	for (const { taskId, counts, change } of shown) {
		const cells = counts.map(({ n, accepted }) => `${accepted}/${n}`.padStart(8)).join("");
		await writeLine(stdout, `${(change < 0 ? "−" : "+") + Math.abs(change).toFixed(3)}${cells}  ${printable(taskId)}`);
	}
	if (shown.length < changed.length) {
		await writeLine(stdout, `${changed.length - shown.length} more tasks changed; --tasks shows all`);
	}
}

function share(value: number | null): string {
	return value === null ? "-" : `${(value * 100).toFixed(1)} %`;
}
