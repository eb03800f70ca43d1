import type { RunPlan, RunResult, StatusCounts, TaskSummary } from "../domain/run.js";
import { STATUSES } from "../domain/statuses.js";
import type { TrainingCheck } from "../domain/training.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { contaminationNote } from "./contamination-note.js";
import type { RunFiles } from "./layout.js";

/** `claims`: a sentence each. */
export function writeReport(
	files: RunFiles,
	plan: RunPlan,
	result: RunResult,
	training: TrainingCheck,
	claims: readonly string[],
): void {
	writeFileAtomic(files.report, reportText(plan, result, training, claims));
}

const MAX_TASK_ROWS = 2000;

/** Markdown for people. Every number stands beside what it was measured on and what weakens it. */
function reportText(plan: RunPlan, result: RunResult, training: TrainingCheck, claims: readonly string[]): string {
	return [
		`# Run ${result.runId}`,
		"",
		...outcomeLines(result),
		"",
		"## Result",
		"",
		...seenLines(training),
		...table(
			["pass@k", "value", "tasks with at least k judged candidates"],
			result.passAtK.map(({ k, value, tasks }) => [`pass@${k}`, value === null ? "-" : value.toFixed(4), `${tasks}`]),
		),
		"",
		...table(["status", "candidates"], statusRows(result.statusCounts)),
		"",
		...table(
			["reward", "mean"],
			Object.entries(result.rewardMeans).map(([name, mean]) => [name, mean === null ? "-" : mean.toFixed(4)]),
		),
		"",
		"Judge errors are in no score and in no reward.",
		"",
		"## How it was judged",
		"",
		...sandboxLines(result),
		"",
		"## Contamination",
		"",
		...contaminationNote(training, true).map((line) => `- ${line}.`),
		...contaminationLines(plan),
		"",
		"## Claims",
		"",
		...claims.map((claim) => `- ${claim}`),
		"",
		"## Tasks",
		"",
		...table(
			["task", "judged", "accepted", "statuses", ...(result.config.widen === null ? [] : ["beyond the first n"])],
			result.tasks
				.slice(0, MAX_TASK_ROWS)
				.map((task) => [
					cell(task.taskId),
					`${task.n}`,
					`${task.accepted}`,
					statusText(task.statuses),
					...(result.config.widen === null ? [] : [beyondText(task)]),
				]),
		),
		...(result.tasks.length > MAX_TASK_ROWS ? [`${result.tasks.length - MAX_TASK_ROWS} more in runs/.`] : []),
		"",
	].join("\n");
}

function seenLines(training: TrainingCheck): string[] {
	if (training.state === "unknown" || training.seen.length === 0) return [];
	return [
		`**${training.seen.length} of the tasks were trained on, and every figure here counts them.** \`assay eval\` leaves them out.`,
		"",
	];
}

function outcomeLines(result: RunResult): string[] {
	const { config } = result;
	const mock =
		config.backend === "mock"
			? [
					"",
					"**mock**: the candidates are a seeded mix of recorded ones. No model made them; the scores say nothing about one.",
				]
			: [];
	return [
		`${result.outcome}${result.message === null ? "" : `: ${result.message}`}. Started ${result.startedAt}, finished ${result.finishedAt}.`,
		"",
		`- Command: \`assay ${result.command}\`, version ${result.version}`,
		`- Tasks: ${result.taskCount} from \`${config.tasks}\`, fingerprint \`${result.taskSetFingerprint.slice(0, 16)}\``,
		`- Candidates judged: ${result.sampleCount}, backend \`${config.backend}\`, seed ${config.seed}`,
		`- Wall time: ${(result.timings.wallTimeMs / 1000).toFixed(1)} s; CPU time of the candidates: ${(result.timings.candidateCpuTimeMs / 1000).toFixed(1)} s`,
		...modelLines(result),
		...widenLines(result),
		...duplicateLines(result),
		...mock,
	];
}

function widenLines({ config: { n, widen }, tasks }: RunResult): string[] {
	if (widen === null) return [];
	const which = widen.groups === "mixed" ? "some, but not all" : "not all";
	const count = tasks.filter(({ beyond }) => beyond !== null).length;
	return [
		`- Candidates a task: ${n ?? 1}; up to ${widen.nMax} where ${which} of these were accepted, which was so for ${count} tasks. pass@k and rewards count the first ${n ?? 1} alone.`,
	];
}

function beyondText({ beyond }: TaskSummary): string {
	if (beyond === null) return "";
	const why = beyond.why === "mixed" ? "mixed" : "none accepted";
	return `${why}: ${beyond.accepted} of ${beyond.n} more accepted`;
}

function duplicateLines({ duplicates }: RunResult): string[] {
	if (duplicates === null) return [];
	const { sameness, count, distinctShare } = duplicates;
	const share = distinctShare === null ? "-" : distinctShare.toFixed(4);
	return [
		`- Equal programs (${sameness}): ${count} candidates have the verdict of another one; distinct programs per candidate, mean over tasks: ${share}`,
	];
}

function modelLines({ config, generation: totals }: RunResult): string[] {
	const asked = config.generation;
	if (asked === null || totals === null) return [];
	const { temperature, topP, maxTokens } = asked.sampling;
	const { requests, promptTokens, completionTokens, estimated, costUsd, tokensPerSecond, peakMemoryBytes } = totals;
	const where = asked.server === null ? "on this machine" : `at ${asked.server.baseUrl}`;
	const failures = Object.entries(totals.failures).map(([kind, count]) => `${kind} ${count}`);
	return [
		`- Model: \`${asked.model}\` ${where}; template \`${asked.template.id}\` (\`${asked.template.sha256.slice(0, 16)}\`), temperature ${temperature}, top-p ${topP}, at most ${maxTokens} tokens`,
		`- Tokens: ${promptTokens} of prompts, ${completionTokens} of completions in ${requests} requests${estimated ? ", partly counted from the text" : ""}; cost: ${costUsd === null ? "no prices are known" : `$${costUsd.toFixed(6)}`}`,
		`- Generation: ${tokensPerSecond === null ? "-" : tokensPerSecond.toFixed(1)} tokens/s; peak memory: ${peakMemoryBytes === null ? "not of this machine" : `${(peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`}; most of the time went into ${totals.bottleneck ?? "neither making nor judging"}`,
		...(failures.length === 0 ? [] : [`- Without a completion: ${failures.join(", ")}`]),
		...(config.stopOnAccepted === null
			? []
			: [
					`- Stopped at ${config.stopOnAccepted} accepted a task, ${totals.skipped} candidates not made: tasks stop when they succeed, so **pass@k is not an unbiased estimate here**.`,
				]),
	];
}

function sandboxLines(result: RunResult): string[] {
	const { sandbox } = result;
	return [
		`- Tier: ${sandbox.tier}${sandbox.missing.length === 0 ? "" : `, which lacks ${sandbox.missing.join("; ")}`}`,
		`- Canaries before the first score: ${sandbox.canaries.passed} of ${sandbox.canaries.total} right`,
		`- Python ${sandbox.pythonVersion}, kernel ${sandbox.kernel}`,
		`- Verdicts from the cache: ${result.cachedCount}`,
		`- Verdicts whose tests shared a process with the candidate (in_guest, weaker): ${result.inGuestCount}`,
	];
}

function contaminationLines(plan: RunPlan): string[] {
	return plan.contamination.map(({ note, tasks }) =>
		note === null
			? `- ${tasks} tasks: nobody has said whether they are in training data.`
			: `- ${tasks} tasks: ${note.replace(/\s+/g, " ")}`,
	);
}

function statusRows(counts: StatusCounts): string[][] {
	return STATUSES.toReversed().flatMap((status) => (counts[status] ? [[status, `${counts[status]}`]] : []));
}

function statusText(counts: StatusCounts): string {
	return statusRows(counts)
		.map(([status, count]) => `${status} ${count}`)
		.join(", ");
}

function table(head: string[], rows: string[][]): string[] {
	const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
	return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

function cell(text: string): string {
	return text.replaceAll("|", "\\|").replace(/\s+/g, " ");
}
