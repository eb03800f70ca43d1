import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileInputs } from "../src/app/file-inputs.js";
import { type RankingReport, rankRun } from "../src/app/rank-run.js";
import type { TaskRanking } from "../src/domain/ranking.js";
import type { MeanOverTasks, RankerFigures } from "../src/energy/ranking-tally.js";
import { openAtomicWriter } from "../src/lib/atomic-writer.js";
import { countOf } from "../src/lib/count.js";
import { AssayError } from "../src/lib/errors.js";
import { detectFormat } from "../src/tasks/open-tasks.js";
import { isPlainSamples } from "../src/tasks/samples.js";
import type { Verifier } from "../src/verify/verifier.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { RankOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { createProgress, type Progress } from "./cli/progress.js";
import { judgeFiles } from "./judge-files.js";
import { withVerifier } from "./judging.js";

/** Every ranker on the candidates of a recorded run, with what its verdicts say of them. */
export async function rank(context: CommandContext, what: readonly string[], options: RankOptions): Promise<ExitCode> {
	const { run, tasks } = await runAndTasks(context, what);
	const out = outFile(options.out);
	if (out !== null && options.n !== undefined) {
		throw new AssayError("usage", "--out: with -n a candidate is in one of several groups, or in none", {
			hint: "leave -n out to write rankings of all candidates of a task",
		});
	}
	const writer = out === null ? null : await openAtomicWriter(out);
	const work = async (verifier: Verifier | null): Promise<RankingReport> => {
		let progress: Progress | null = null;
		try {
			return await rankRun({
				workspace: context.workspace,
				run,
				tasks: tasks === null ? null : { path: resolve(tasks), format: await detectFormat(tasks) },
				inputs: fileInputs,
				verifier,
				modelTests: options.tests ?? null,
				n: options.n ?? null,
				folds: options.folds,
				seed: options.seed,
				signal: context.signal,
				onProgress: (done, total) => {
					progress ??= createProgress(context, { label: "rank", unit: "tasks", total });
					progress.update(done);
				},
				...(writer === null
					? {}
					: { onTask: async (ranking: TaskRanking) => await writer.write(`${JSON.stringify(ranking)}\n`) }),
			});
		} finally {
			(progress as Progress | null)?.end();
		}
	};
	try {
		const judge = { ...options, gate: false };
		const report = options.execute ? await withVerifier(context, judge, null, work) : await work(null);
		await writer?.commit();
		if (context.json) await writeJson(context.stdout, report);
		else for (const line of reportLines(report)) await writeLine(context.stdout, printable(line));
	} finally {
		await writer?.discard();
	}
	return 0;
}

/** One is a run; of two the first is where the tasks are, and plain samples are judged by them. */
async function runAndTasks(
	context: CommandContext,
	what: readonly string[],
): Promise<{ run: string; tasks: string | null }> {
	const [first = "", second, ...more] = what;
	if (more.length > 0) throw new AssayError("usage", `too many arguments: ${more.join(" ")}`);
	if (second === undefined) {
		if (!existsSync(first) || !(await isPlainSamples(first))) return { run: first, tasks: null };
		throw new AssayError("usage", `${first}: holds samples that nobody has judged`, {
			hint: `assay rank TASKS ${first} judges them first, by the tests of these tasks`,
		});
	}
	const [judged = second] = await judgeFiles(context, [second], first);
	return { run: typeof judged === "string" ? judged : judged.run, tasks: first };
}

function* reportLines(report: RankingReport): Generator<string> {
	const { runId, n, tasks, candidates, rerankable, headroom, leftOut, folds, rankers } = report;
	const groups = n === null ? "" : `, in groups of ${n}`;
	yield `${runId}: ${countOf(candidates, "candidate")}, ${countOf(tasks, "task")}${groups}`;
	yield `rerankable  ${countOf(rerankable, "task")} with accepted and other candidates; picking perfectly would add ${headroom.toFixed(4)} to picking at random`;
	if (leftOut > 0) yield `left out    ${countOf(leftOut, "candidate")} that the judge could not judge`;
	yield "";
	const width = Math.max(...rankers.map(({ ranker }) => ranker.length));
	yield `${"ranker".padEnd(width)}  ${"first choice".padEnd(20)}  ${"top-1, rerankable".padEnd(20)}  ${"AUC within tasks".padEnd(20)}  AUC among valid`;
	for (const { ranker, firstChoice, top1, auc, aucAmongValid } of rankers)
		yield `${ranker.padEnd(width)}  ${[firstChoice, top1, auc, aucAmongValid].map((mean) => meanText(mean).padEnd(20)).join("  ")}`.trimEnd();
	yield "";
	yield `less static validity, the floor that an energy must beat${" ".repeat(4)}`.trimEnd();
	for (const figures of rankers) if (figures.against !== null) yield againstLine(figures, figures.against, width);
	if (rankers.some(({ ranker }) => ranker.startsWith("trees"))) {
		yield "";
		yield `trees are fitted on other tasks alone, ${folds} folds; no other ranker here has learnt anything`;
	}
}

function meanText({ value, interval }: MeanOverTasks): string {
	if (value === null) return "-";
	const range = interval === null ? "" : ` [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]`;
	return `${value.toFixed(3)}${range}`;
}

function againstLine(
	{ ranker }: RankerFigures,
	{ firstChoice, auc, mcNemar }: NonNullable<RankerFigures["against"]>,
	width: number,
): string {
	const text = ({ value, interval, p }: typeof firstChoice): string =>
		value === null
			? "-"
			: `${signed(value)}${interval === null ? "" : ` [${signed(interval.low)}, ${signed(interval.high)}]`} ${pText(p)}`;
	const right = `McNemar ${mcNemar.gained}/${mcNemar.lost} ${pText(mcNemar.p)}`;
	return `${ranker.padEnd(width)}  ${text(firstChoice).padEnd(34)}  ${right.padEnd(24)}  AUC ${text(auc)}`;
}

function signed(value: number): string {
	return `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(3)}`;
}

function pText(p: number): string {
	return p < 0.0001 ? "p < 0.0001" : `p = ${p.toFixed(4)}`;
}
