import type { RunPlan, RunResult, StatusCounts } from "../domain/run.js";
import { STATUSES } from "../domain/statuses.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import type { RunFiles } from "./layout.js";

export function writeReport(files: RunFiles, plan: RunPlan, result: RunResult): void {
	writeFileAtomic(files.report, reportText(plan, result));
}

const MAX_TASK_ROWS = 2000;

/** Markdown for people. Every number stands beside what it was measured on and what weakens it. */
function reportText(plan: RunPlan, result: RunResult): string {
	return [
		`# Run ${result.runId}`,
		"",
		...outcomeLines(result),
		"",
		"## Result",
		"",
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
		...contaminationLines(plan),
		"",
		"## Tasks",
		"",
		...table(
			["task", "judged", "accepted", "statuses"],
			result.tasks
				.slice(0, MAX_TASK_ROWS)
				.map((task) => [cell(task.taskId), `${task.n}`, `${task.accepted}`, statusText(task.statuses)]),
		),
		...(result.tasks.length > MAX_TASK_ROWS ? [`${result.tasks.length - MAX_TASK_ROWS} more in runs/.`] : []),
		"",
	].join("\n");
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
		...mock,
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
