import type { Writable } from "node:stream";
import type { RunCheck } from "../src/app/check-run.js";
import { isEphemeral } from "../src/domain/ephemeral.js";
import type { RunEvent } from "../src/domain/events.js";
import type {
	Duplicates,
	PassAtK,
	Picked,
	RunResult,
	StatusCounts,
	TaskSummary,
	WidenReason,
} from "../src/domain/run.js";
import { STATUSES } from "../src/domain/statuses.js";
import { countOf } from "../src/lib/count.js";
import { durationText } from "../src/lib/duration.js";
import type { CommandContext } from "./cli/context.js";
import { printable, writeLine } from "./cli/print.js";

export interface RunOutput {
	onEvent(event: RunEvent): void;
	/** Clears the progress line, so that what follows starts on a fresh one. */
	end(): void;
}

type Stderr = Writable & { isTTY?: boolean; columns?: number };

const PLAIN_EVERY_MS = 5_000;

/**
 * Events as they come: with `--json` one a line on stdout, and for people alerts and progress on stderr (one line that is
 * redrawn on a terminal, else a line every five seconds). It never waits for a slow reader; what piles up is text.
 */
export function createRunOutput(context: CommandContext): RunOutput {
	const { stdout, json, quiet } = context;
	const stderr: Stderr = context.stderr;
	const terminal = stderr.isTTY === true;
	/** null after a resume: what was accepted before is not known here. */
	let accepted: number | null = 0;
	let judgeErrors = 0;
	let nextPlainAt = 0;
	let lineShown = false;

	const clear = (): void => {
		if (lineShown) stderr.write("\r\u001b[2K");
		lineShown = false;
	};
	const progress = (event: Extract<RunEvent, { type: "run.progress" }>): void => {
		const line = progressLine(event, accepted, judgeErrors);
		if (terminal) {
			stderr.write(`\r\u001b[2K${line.slice(0, Math.max(20, (stderr.columns || 80) - 1))}`);
			lineShown = true;
			return;
		}
		const at = Date.parse(event.at);
		if (at < nextPlainAt) return;
		if (nextPlainAt > 0) stderr.write(`${line}\n`);
		nextPlainAt = at + PLAIN_EVERY_MS;
	};

	return {
		onEvent(event) {
			if (json && !(isEphemeral(event.type) && stdout.writableNeedDrain)) stdout.write(`${JSON.stringify(event)}\n`);
			if (event.type === "run.started") accepted = event.resumed > 0 ? null : 0;
			if (event.type === "verdict.recorded") {
				if (event.verdict.status === "accepted" && accepted !== null) accepted++;
				if (event.verdict.status === "judge_error") judgeErrors++;
			}
			if (event.type === "alert.raised" && (!quiet || event.level === "error")) {
				clear();
				stderr.write(`${event.level}: ${printable(event.message)}\n`);
				if (event.hint !== null) stderr.write(`  ${printable(event.hint)}\n`);
			}
			if (event.type === "run.progress" && !quiet) progress(event);
		},
		end: clear,
	};
}

function progressLine(
	{ done, total, samplesPerSecond, etaMs, generation }: Extract<RunEvent, { type: "run.progress" }>,
	accepted: number | null,
	judgeErrors: number,
): string {
	const rate = `${samplesPerSecond >= 100 ? samplesPerSecond.toFixed(0) : samplesPerSecond.toFixed(1)}/s`;
	const left = etaMs === null || !Number.isFinite(etaMs) ? "" : `, ${durationText(etaMs)} left`;
	const errors = judgeErrors === 0 ? "" : `, ${judgeErrors} judge errors`;
	const solved = accepted === null ? "" : `, ${accepted} accepted`;
	if (generation !== null) {
		const { generating, judging, tokensPerSecond, costUsd, bottleneck } = generation;
		const tokens = tokensPerSecond === null ? "" : `, ${tokensPerSecond.toFixed(0)} tokens/s`;
		const cost = costUsd === null ? "" : `, $${costUsd.toFixed(4)}`;
		const by = bottleneck === null ? "" : ` (${bottleneck} is what takes the time)`;
		return `${done}${total === null ? "" : `/${total}`} judged, ${generating} in the making, ${judging} waiting${tokens}${cost}${left}${solved}${errors}${by}`;
	}
	return `${done}${total === null ? "" : `/${total}`} judged, ${rate}${left}${solved}${errors}`;
}

/** The table that ends `run` and `verify`. */
export async function writeSummary(stream: Writable, result: RunResult): Promise<void> {
	for (const line of summaryLines(result)) await writeLine(stream, printable(line));
}

function* summaryLines(result: RunResult): Generator<string> {
	const { runId, outcome, sampleCount, taskCount, timings, sandbox, cachedCount, inGuestCount, config } = result;
	const rate = timings.samplesPerSecond === null ? "" : ` (${timings.samplesPerSecond.toFixed(1)}/s)`;
	const seconds = (timings.wallTimeMs / 1000).toFixed(1);
	yield `${runId} ${outcome}: ${countOf(sampleCount, "candidate")}, ${countOf(taskCount, "task")}, ${seconds} s${rate}`;
	yield* modelLines(result);
	if (config.backend === "mock") yield "mock: a seeded mix of recorded candidates; no model was asked";
	yield "";
	yield* statusLines(result.statusCounts);
	yield "";
	yield* passLines(result.passAtK);
	yield* stoppedLines(config.stopOnAccepted, result.tasks);
	yield "";
	yield* widenedLines(result);
	yield `sandbox     ${sandbox.tier}${sandbox.missing.length === 0 ? "" : `, which lacks ${sandbox.missing.join("; ")}`}`;
	if (sandbox.raise !== null) yield `            raise it with: ${sandbox.raise}`;
	if (result.duplicates !== null) yield duplicatesLine(result.duplicates, sampleCount);
	if (result.picked !== null) yield* pickedLines(result.picked);
	yield `cached      ${cachedCount} verdicts from the cache`;
	if (inGuestCount > 0)
		yield `in_guest    ${inGuestCount} verdicts whose tests shared a process with the candidate (weaker)`;
	yield `look at it  assay eval ${runId}, or assay open`;
}

function* pickedLines({ selector, value, tasks, by }: Picked): Generator<string> {
	const model = by === null ? "" : ` of ${by.id}`;
	if (value !== null)
		yield `picked      by ${selector}${model}: ${value.toFixed(4)} of ${countOf(tasks.length, "task")} solved by the one candidate picked`;
	if (by !== null && by.seen.length > 0)
		yield `seen        it was taught by ${countOf(by.seen.length, "task")} of these: of them the figure proves nothing`;
}

/** How many candidates the tasks got, and why. */
function* widenedLines({ config, tasks }: RunResult): Generator<string> {
	if (config.widen === null) return;
	const counts = new Map<string, number>();
	for (const { beyond, statuses } of tasks) {
		const all = candidatesIn(statuses) + candidatesIn(beyond?.statuses ?? {});
		const text = `${all}${beyond === null ? "" : `, ${widenText(beyond.why)}`}`;
		counts.set(text, (counts.get(text) ?? 0) + 1);
	}
	const rows = [...counts].map(([text, count]) => `${countOf(count, "task")} with ${text}`);
	yield `candidates  ${rows.join("; ")}`;
	yield `            pass@k and rewards count the first ${config.n ?? 1} of each alone`;
}

function candidatesIn(statuses: StatusCounts): number {
	return Object.values(statuses).reduce((sum, count) => sum + count, 0);
}

/** Why a task got more candidates than n. */
export function widenText(why: WidenReason): string {
	return why === "mixed" ? "since the first were mixed" : "since none of the first was accepted";
}

function duplicatesLine({ sameness, count, distinctShare }: Duplicates, sampleCount: number): string {
	const but = sameness === "names" ? "comments, layout, docstrings and local names" : "comments, layout and docstrings";
	const share =
		distinctShare === null ? "" : `; ${(distinctShare * 100).toFixed(1)} % of a task's programs are distinct`;
	return `equal       ${count} of ${sampleCount} not judged again: the same program but for ${but}${share}`;
}

/** What the model was and did. */
function* modelLines({ config, generation: totals, command }: RunResult): Generator<string> {
	const asked = config.generation;
	if (asked === null || totals === null || command !== "run") return;
	const { temperature, topP } = asked.sampling;
	yield `model       ${asked.model}, ${asked.template.id}, temperature ${temperature}, top-p ${topP}`;
	const about = totals.estimated ? "about " : "";
	const cost = totals.costUsd === null ? "" : `, $${totals.costUsd.toFixed(4)}`;
	yield `tokens      ${about}${totals.promptTokens} + ${totals.completionTokens} in ${countOf(totals.requests, "request")}${cost}`;
	const rate = totals.tokensPerSecond === null ? [] : [`${totals.tokensPerSecond.toFixed(0)} tokens/s`];
	const memory = totals.peakMemoryBytes === null ? [] : [`peak ${(totals.peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`];
	const waited = totals.bottleneck === null ? [] : [`most of the time went into ${totals.bottleneck}`];
	const speed = [...rate, ...memory, ...waited];
	if (speed.length > 0) yield `speed       ${speed.join(", ")}`;
	if (totals.skipped > 0)
		yield `skipped     ${countOf(totals.skipped, "candidate")}: their tasks had enough accepted ones`;
}

/** e.g. "check       met: 2 of 2 tasks ended as they should; meant to fail, and did: toy_noop". */
export function checkLine({ met, tasks, asExpected, failedAsMeant }: RunCheck): string {
	const meant = failedAsMeant.length === 0 ? "" : `; meant to fail, and did: ${failedAsMeant.join(", ")}`;
	return printable(
		`check       ${met ? "met" : "not met"}: ${asExpected} of ${countOf(tasks, "task")} ended as they should${meant}`,
	);
}

export function* statusLines(counts: StatusCounts): Generator<string> {
	for (const status of STATUSES.toReversed()) {
		if (status === "judge_error" || !counts[status]) continue;
		yield `${status.padEnd(22)}${String(counts[status]).padStart(8)}`;
	}
	if (counts.judge_error) yield `${"judge_error".padEnd(22)}${String(counts.judge_error).padStart(8)}  in no score`;
}

export function* passLines(passAtK: readonly PassAtK[]): Generator<string> {
	for (const { k, value, tasks } of passAtK) {
		const over = value === null ? `no task has ${k} judged candidates` : `over ${countOf(tasks, "task")}`;
		yield `${`pass@${k}`.padEnd(10)}${(value === null ? "-" : value.toFixed(4)).padStart(8)}  ${over}`;
	}
}

/** With an early stop, who has many candidates is who failed with the first ones. */
export function* stoppedLines(stopOnAccepted: number | null, tasks: readonly TaskSummary[]): Generator<string> {
	if (stopOnAccepted === null) return;
	const solved = tasks.filter(({ accepted }) => accepted > 0).length;
	yield `solved    ${solved} of ${countOf(tasks.length, "task")}; a task got no more candidates after ${stopOnAccepted} accepted, so pass@k is no estimate`;
}
