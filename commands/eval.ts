import { checkRun } from "../src/app/check-run.js";
import { type Evaluation, evaluateRun } from "../src/app/evaluate-run.js";
import { writeFileAtomic } from "../src/lib/atomic-file.js";
import { countOf } from "../src/lib/count.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { EvalOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { checkLine, passLines, statusLines } from "./run-output.js";

/** pass@k, status counts and rewards of a recorded run. */
export async function evaluate(context: CommandContext, run: string, options: EvalOptions): Promise<ExitCode> {
	const { workspace, signal } = context;
	const out = outFile(options.out);
	const evaluation = await evaluateRun({ workspace, run, ks: options.k, signal });
	if (out !== null) writeFileAtomic(out, `${JSON.stringify(evaluation, null, "\t")}\n`);
	if (context.json) await writeJson(context.stdout, evaluation);
	else for (const line of evaluationLines(evaluation)) await writeLine(context.stdout, printable(line));
	if (options.check !== true) return 0;
	const checked = checkRun({ ...evaluation, taskCount: evaluation.plannedTaskCount });
	if (!context.quiet) await writeLine(context.json ? context.stderr : context.stdout, checkLine(checked));
	return checked.met ? 0 : 1;
}

function* evaluationLines(evaluation: Evaluation): Generator<string> {
	const { runId, outcome, backend, sampleCount, taskCount, tiers, cachedCount, inGuestCount } = evaluation;
	yield `${runId} ${outcome ?? "interrupted"}: ${countOf(sampleCount, "candidate")}, ${countOf(taskCount, "task")}, backend ${backend ?? "various"}`;
	if (backend === "mock") yield "mock: a seeded mix of recorded candidates; no model was asked";
	yield "";
	yield* statusLines(evaluation.statusCounts);
	yield "";
	yield* passLines(evaluation.passAtK);
	yield "";
	for (const [name, mean] of Object.entries(evaluation.rewardMeans)) {
		yield `${name.padEnd(22)}${(mean === null ? "-" : mean.toFixed(4)).padStart(8)}  mean reward`;
	}
	yield "";
	yield `mixed       ${evaluation.mixedTasks} tasks have right and wrong candidates`;
	yield `sandbox     ${tiers.join(" and ")}${tiers.length > 1 ? ": verdicts of several tiers, not comparable" : ""}`;
	yield `cached      ${cachedCount} verdicts from the cache`;
	if (inGuestCount > 0)
		yield `in_guest    ${inGuestCount} verdicts whose tests shared a process with the candidate (weaker)`;
}
