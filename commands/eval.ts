import { checkRun } from "../src/app/check-run.js";
import { type Evaluation, evaluateRun } from "../src/app/evaluate-run.js";
import type { EvaluationFigures, PassAtKEstimate } from "../src/app/evaluation-tally.js";
import { fileInputs } from "../src/app/file-inputs.js";
import { locateRun } from "../src/app/locate-run.js";
import { type Rejudged, rejudge } from "../src/app/rejudge.js";
import { writeRunPage } from "../src/app/run-page.js";
import type { Selection } from "../src/app/selection-tally.js";
import { contaminationNote } from "../src/artifacts/contamination-note.js";
import { claimLines } from "../src/compare/claim-text.js";
import { writeFileAtomic } from "../src/lib/atomic-file.js";
import { countOf } from "../src/lib/count.js";
import { AssayError } from "../src/lib/errors.js";
import type { Summary } from "../src/stats/summary.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { EvalOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { createProgress, type Progress } from "./cli/progress.js";
import { withVerifier } from "./judging.js";
import { checkLine, statusLines, stoppedLines } from "./run-output.js";
import { trainedFolder } from "./trained-folder.js";

/** pass@k, status counts, rewards and what weakens them, of a recorded run. */
export async function evaluate(context: CommandContext, run: string, options: EvalOptions): Promise<ExitCode> {
	const { workspace, signal } = context;
	const out = outFile(options.out);
	const { by } = options;
	const evaluation = await evaluateRun({
		workspace,
		run,
		...(options.k === undefined ? {} : { ks: options.k }),
		checkpoint: options.checkpoint === undefined ? null : trainedFolder(options.checkpoint),
		seenIsScored: options.allowSeen === true,
		signal,
		...(by === undefined ? {} : { by }),
	});
	const rejudged = options.rejudge === undefined ? null : await judgeAgain(context, run, options.rejudge, options.seed);
	const report = { ...evaluation, rejudged };
	if (out?.endsWith(".html"))
		await writeRunPage(evaluation, (await locateRun({ workspace, run })).rollouts, out, signal);
	else if (out !== null) writeFileAtomic(out, `${JSON.stringify(report, null, "\t")}\n`);
	if (context.json) await writeJson(context.stdout, report);
	else for (const line of evaluationLines(evaluation, rejudged)) await writeLine(context.stdout, printable(line));
	if (options.check !== true) return 0;
	const checked = checkRun({ ...evaluation, taskCount: evaluation.plannedTaskCount });
	if (!context.quiet) await writeLine(context.json ? context.stderr : context.stdout, checkLine(checked));
	return checked.met ? 0 : 1;
}

async function judgeAgain(context: CommandContext, run: string, percent: number, seed: number): Promise<Rejudged> {
	const { workspace, signal } = context;
	const { result, plan, rollouts } = await locateRun({ workspace, run });
	const config = (result ?? plan)?.config ?? null;
	if (config === null) {
		throw new AssayError("usage", "a file of rollouts does not say where its tasks are", {
			hint: "name the run by its id",
		});
	}
	const tier = result?.sandbox.tier === "rlimit" || result?.sandbox.tier === "bwrap" ? result.sandbox.tier : null;
	let progress: Progress | null = null;
	const onProgress = (done: number, total: number) => {
		progress ??= createProgress(context, { label: "again", unit: "candidates", total });
		progress.update(done);
		if (done === total) progress.end();
	};
	const judge = { cache: false, gate: config.gate, ...(tier === null ? {} : { sandbox: tier }) };
	return await withVerifier(context, judge, null, (verifier) =>
		rejudge({ rollouts, config, inputs: fileInputs, verifier, share: percent / 100, seed, signal, onProgress }),
	);
}

function* evaluationLines(evaluation: Evaluation, rejudged: Rejudged | null): Generator<string> {
	const { training, seenIsScored } = evaluation;
	const hasSeen = seenIsScored && training.state === "checked" && training.seen.length > 0;
	const marked = function* (lines: Iterable<string>): Generator<string> {
		for (const line of lines) yield hasSeen && line !== "" ? `${line}  [seen]` : line;
	};
	const { runId, outcome, backend, sampleCount, taskCount, tiers, cachedCount, inGuestCount, figures } = evaluation;
	yield `${runId} ${outcome ?? "interrupted"}: ${countOf(sampleCount, "candidate")}, ${countOf(taskCount, "task")}, backend ${backend ?? "various"}`;
	if (backend === "mock") yield "mock: a seeded mix of recorded candidates; no model was asked";
	yield "";
	yield* statusLines(evaluation.statusCounts);
	yield "";
	yield* estimateLines(evaluation.passAtK);
	if (evaluation.beyondN > 0)
		yield `beyond n    ${countOf(evaluation.beyondN, "candidate")} that only some tasks got: counted by status and picked from, in no score`;
	yield* stoppedLines(evaluation.stopOnAccepted, evaluation.tasks);
	for (const { by, name, taskCount: count, passAtK } of evaluation.groups ?? []) {
		yield "";
		yield `${by} ${name}, ${countOf(count, "task")}`;
		yield* estimateLines(passAtK);
	}
	yield "";
	if (figures !== null) yield* marked(figureLines(figures));
	if (evaluation.selection !== null) yield* marked(selectionLines(evaluation.selection));
	yield `mixed       ${evaluation.mixedTasks} tasks have right and wrong candidates`;
	yield `sandbox     ${tiers.join(" and ")}${tiers.length > 1 ? ": verdicts of several tiers, not comparable" : ""}`;
	yield `cached      ${cachedCount} verdicts from the cache`;
	if (inGuestCount > 0)
		yield `in_guest    ${inGuestCount} verdicts whose tests shared a process with the candidate (weaker)`;
	if (rejudged !== null) yield* rejudgedLines(rejudged);
	for (const line of contaminationNote(training, seenIsScored)) yield `training    ${line}`;
	for (const line of claimLines(evaluation.claims)) yield `claim       ${line}`;
}

function* estimateLines(estimates: readonly PassAtKEstimate[]): Generator<string> {
	for (const { k, value, tasks, interval, seen } of estimates) {
		const trained = seen === 0 ? "" : `, ${seen} of them seen in training`;
		const over = value === null ? `no task has ${k} judged candidates` : `over ${countOf(tasks, "task")}${trained}`;
		const range = interval === null ? "" : `[${interval.low.toFixed(4)}, ${interval.high.toFixed(4)}]  `;
		yield `${`pass@${k}`.padEnd(10)}${(value === null ? "-" : value.toFixed(4)).padStart(8)}  ${range}${over}`;
	}
}

function* figureLines(figures: Omit<EvaluationFigures, "passAtK">): Generator<string> {
	for (const [name, summary] of Object.entries(figures.rewards)) {
		yield `${name.padEnd(22)}${number(summary.mean).padStart(8)}  mean reward; ${summaryText(summary)}`;
	}
	const { completionLength, time } = figures;
	yield "";
	yield `length      ${number(completionLength.mean, 0)} characters a completion; ${summaryText(completionLength, 0)}`;
	yield `distinct    ${percent(figures.distinctShare)} of the programs of a task differ from each other`;
	yield `degenerate  ${percent(figures.degenerateRate)}: no program ${percent(figures.parseFailureRate)}, the rest does not compile`;
	yield `informative ${percent(figures.informativeShare)} of the tasks have right and wrong candidates`;
	const slowest =
		time.slowestAcceptedMs === null ? "" : `; the slowest accepted one took ${time.slowestAcceptedMs.toFixed(0)} ms`;
	yield `time limit  ${countOf(time.timeLimited, "candidate")} stopped${slowest}`;
	for (const { taskId, slowestAcceptedMs, stoppedAtMs } of time.near) {
		yield `            near the limit: ${taskId}, accepted after ${slowestAcceptedMs.toFixed(0)} ms, stopped at ${stoppedAtMs.toFixed(0)} ms`;
	}
}

function* selectionLines({ tasks, random, oracle, scores }: Selection): Generator<string> {
	yield `pick one    any: ${number(random)}; the best there is: ${number(oracle)}; over ${countOf(tasks, "task")} with two candidates or more`;
	for (const { selector, value, gain, gainInterval, p, auc } of scores) {
		const range = gainInterval === null ? "" : ` [${number(gainInterval.low)}, ${number(gainInterval.high)}]`;
		yield `            by ${selector.padEnd(16)} ${number(value)}, gain ${number(gain)}${range}, p = ${p.toPrecision(2)}${auc === null ? "" : `, AUC within tasks ${auc.toFixed(3)}`}`;
	}
}

function* rejudgedLines({ judged, disagreements, flakiness, missing }: Rejudged): Generator<string> {
	const range = flakiness === null ? "" : ` (${percent(flakiness.value)}, at most ${percent(flakiness.interval.high)})`;
	yield `again       ${countOf(judged, "candidate")} judged again, ${countOf(disagreements.length, "verdict")} changed${range}`;
	for (const { taskId, sampleIndex, recorded, again } of disagreements) {
		yield `            ${taskId} #${sampleIndex}: ${recorded}, then ${again}`;
	}
	if (missing > 0) yield `            ${countOf(missing, "candidate")} of tasks that are not there any more`;
}

function summaryText({ median, min, max, std }: Summary, digits = 4): string {
	return `median ${number(median, digits)}, ${number(min, digits)} to ${number(max, digits)}, sd ${number(std, digits)}`;
}

function number(value: number | null, digits = 4): string {
	return value === null ? "-" : value.toFixed(digits);
}

function percent(share: number | null): string {
	return share === null ? "-" : `${(share * 100).toFixed(1)} %`;
}
