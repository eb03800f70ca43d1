import { CandidatePlaces } from "../src/app/candidate-places.js";
import { compareRuns } from "../src/app/compare-runs.js";
import { rankRuns } from "../src/app/rank-runs.js";
import { writeComparison } from "../src/app/write-comparison.js";
import { writeLeaderboard } from "../src/app/write-leaderboard.js";
import { contaminationNote } from "../src/artifacts/contamination-note.js";
import { artifactsRoot } from "../src/artifacts/layout.js";
import { claimLines } from "../src/compare/claim-text.js";
import { conclusionText, groupText } from "../src/compare/comparison-text.js";
import type { Comparison } from "../src/domain/comparison.js";
import { countOf } from "../src/lib/count.js";
import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { CompareOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import { judgeFiles } from "./judge-files.js";
import { writeBoard } from "./leaderboard-output.js";
import { shipped } from "./shipped.js";
import { trainedFolder } from "./trained-folder.js";

/** Compares recorded results, each with the first. With `--check`: exit 1 when one is worse. */
export async function compare(
	context: CommandContext,
	sources: readonly string[],
	options: CompareOptions,
): Promise<ExitCode> {
	const { workspace, signal } = context;
	const out = outFile(options.out);
	const { k, seed, resamples, allow = [], checkpoint = [] } = options;
	if (options.leaveOut === true && options.leaderboard !== true) {
		throw new AssayError("usage", "--leave-out goes with --leaderboard", {
			hint: "a comparison is of all its results; --allow puts up with what differs",
		});
	}
	if (checkpoint.length > sources.length) {
		throw new AssayError("usage", `${checkpoint.length} checkpoints for ${countOf(sources.length, "result")}`, {
			hint: "--checkpoint is given once for each result, in their order; - where it is not known",
		});
	}
	const judged = options.judge === undefined ? sources : await judgeFiles(context, sources, options.judge);
	const given = {
		workspace,
		roots: [artifactsRoot(workspace), shipped("runs")],
		sources: judged,
		k,
		seed,
		resamples,
		allowed: allow,
		checkpoints: checkpoint.map((folder) => (folder === "-" ? null : trainedFolder(folder))),
		seenIsScored: options.allowSeen === true,
		signal,
	};
	if (options.leaderboard === true) {
		const board = await rankRuns({ ...given, leaveOut: options.leaveOut === true });
		if (out !== null) writeLeaderboard(board, out);
		if (context.json) await writeJson(context.stdout, board);
		else await writeBoard(context.stdout, board);
		return 0;
	}
	const places = new CandidatePlaces();
	const comparison = await compareRuns({
		...given,
		...(options.by === undefined ? {} : { by: options.by }),
		...(out?.endsWith(".html") === true ? { places } : {}),
	});
	if (out !== null) await writeComparison(comparison, places, out);
	if (context.json) await writeJson(context.stdout, comparison);
	else await writeText(context, comparison, options.tasks === true);
	return options.check === true && comparison.pairs.some(({ conclusion }) => conclusion === "worse") ? 1 : 0;
}

async function writeText({ stdout }: CommandContext, comparison: Comparison, allTasks: boolean): Promise<void> {
	const { k, sets, pairs, differences, contradictions, tasks, seenIsScored } = comparison;
	for (const text of contradictions) await writeLine(stdout, printable(`contradiction: ${text}`));
	for (const { text } of differences) await writeLine(stdout, printable(`not the same: ${text}`));
	for (const pair of pairs) await writeLine(stdout, printable(conclusionText(pair, k)));
	await writeLine(stdout, "");
	const scoreRows = sets.map(({ name, subject, score, sampleCount, degenerateRate, distinctShare }) => ({
		name,
		subject: subject ?? "-",
		score: score.value === null ? "-" : score.value.toFixed(4),
		interval: score.interval === null ? "-" : `${score.interval.low.toFixed(4)} … ${score.interval.high.toFixed(4)}`,
		tasks: score.seen === 0 ? `${score.tasks}` : `${score.tasks}, ${score.seen} seen`,
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
		{ title: "distinct texts", text: (row: (typeof scoreRows)[number]) => row.distinct, align: "right" as const },
	];
	for await (const line of tableLines(columns, scoreRows)) await writeLine(stdout, line);
	for (const group of comparison.groups) await writeLine(stdout, printable(groupText(group)));
	await writeLine(stdout, "");
	for (const { name, training } of sets) {
		for (const line of contaminationNote(training, seenIsScored))
			await writeLine(stdout, printable(`${name}: ${line}`));
	}
	for (const line of claimLines(comparison.claims)) await writeLine(stdout, printable(`claim ${line}`));
	const changed = tasks.filter(({ change }) => change !== 0);
	if (changed.length === 0) return;
	await writeLine(stdout, "");
	const shown = allTasks ? changed : changed.length > 12 ? [...changed.slice(0, 6), ...changed.slice(-6)] : changed;
	for (const { taskId, counts, change } of shown) {
		const cells = counts.map(({ n, accepted }) => `${accepted}/${n}`.padStart(8)).join("");
		await writeLine(stdout, `${changeText(change)}${cells}  ${printable(taskId)}`);
	}
	if (shown.length < changed.length) {
		await writeLine(stdout, `${changed.length - shown.length} more tasks changed; --tasks shows all`);
	}
}

function changeText(change: number): string {
	return (change < 0 ? "−" : "+") + Math.abs(change).toFixed(3);
}

function share(value: number | null): string {
	return value === null ? "-" : `${(value * 100).toFixed(1)} %`;
}
