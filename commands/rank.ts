import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileInputs } from "../src/app/file-inputs.js";
import { readFittedRankers } from "../src/app/fitted-rankers.js";
import { openRanking } from "../src/app/open-ranking.js";
import { type RankingReport, rankRun } from "../src/app/rank-run.js";
import type { FittedRankers } from "../src/domain/fitted-ranker.js";
import type { TaskRanking } from "../src/domain/ranking.js";
import type { WorldModel } from "../src/energy/world/world-model.js";
import { writeFileAtomic } from "../src/lib/atomic-file.js";
import { openAtomicWriter } from "../src/lib/atomic-writer.js";
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
import { rankCandidateFolder, writeFolderRanking } from "./rank-folder.js";
import { reportLines } from "./rank-report.js";
import { openWorld } from "./world-model.js";

/** Every ranker on the candidates of a recorded run, with what its verdicts say of them. */
export async function rank(context: CommandContext, what: readonly string[], options: RankOptions): Promise<ExitCode> {
	if (options.open !== undefined) return await showRanking(context, options.open, what);
	if (options.candidates !== undefined) return await rankCandidateFolder(context, what, options);
	const { run, tasks } = await runAndTasks(context, what);
	const out = outFile(options.out);
	if (out !== null && options.n !== undefined) {
		throw new AssayError("usage", "--out: with -n a candidate is in one of several groups, or in none", {
			hint: "leave -n out to write rankings of all candidates of a task",
		});
	}
	const fittedFile = outFile(options.fit);
	const fitted = options.fitted === undefined ? null : await readFittedRankers(options.fitted);
	const writer = out === null ? null : await openAtomicWriter(out);
	let model: WorldModel | null = null;
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
				world: model === null ? null : { model, allowSeen: options.allowSeen === true },
				fitted: fitted === null ? null : { rankers: fitted, allowSeen: options.allowSeen === true },
				folds: options.folds,
				seed: options.seed,
				signal: context.signal,
				onProgress: (done, total) => {
					progress ??= createProgress(context, { label: "rank", unit: "tasks", total });
					progress.update(done);
				},
				...(fittedFile === null
					? {}
					: { onFitted: (rankers: FittedRankers) => writeFileAtomic(fittedFile, `${JSON.stringify(rankers)}\n`) }),
				...(writer === null
					? {}
					: { onTask: async (ranking: TaskRanking) => await writer.write(`${JSON.stringify(ranking)}\n`) }),
			});
		} finally {
			(progress as Progress | null)?.end();
		}
	};
	try {
		model = options.model === undefined ? null : await openWorld(context, options.model);
		const judge = { ...options, gate: false };
		const report = options.execute ? await withVerifier(context, judge, null, work) : await work(null);
		await writer?.commit();
		if (context.json) await writeJson(context.stdout, report);
		else for (const line of reportLines(report)) await writeLine(context.stdout, printable(line));
	} finally {
		await writer?.discard();
		await (model as WorldModel | null)?.close();
	}
	return 0;
}

/** One is a run; of two the first is where the tasks are, and plain samples are judged by them. */
async function runAndTasks(
	context: CommandContext,
	what: readonly string[],
): Promise<{ run: string; tasks: string | null }> {
	const [first, second, ...more] = what;
	if (first === undefined) {
		throw new AssayError("usage", "missing argument: a run", {
			hint: "assay rank latest; --candidates FOLDER ranks programs that nobody judged, --open FILE what --out wrote",
		});
	}
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

/** What an earlier ranking wrote. */
async function showRanking(context: CommandContext, path: string, what: readonly string[]): Promise<ExitCode> {
	if (what.length > 0) throw new AssayError("usage", `--open takes a file alone: ${what.join(" ")}`);
	const opened = await openRanking(path, context.signal);
	if (opened.kind === "folder") return await writeFolderRanking(context, opened.ranking);
	if (context.json) await writeJson(context.stdout, opened.report);
	else for (const line of reportLines(opened.report)) await writeLine(context.stdout, printable(line));
	return 0;
}
