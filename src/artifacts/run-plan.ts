import { readFileSync } from "node:fs";
import { z } from "zod";
import { RunConfig } from "../domain/run.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import { parseAt } from "../lib/schema.js";
import type { RunFiles } from "./layout.js";

/** What was going to be run. The JSON block of artifacts/plans/<run_id>.md; a run is resumed from nothing else. */
export const RunPlan = z.strictObject({
	schema: z.literal("assay.plan.v1"),
	runId: z.string(),
	command: z.enum(["run", "verify"]),
	createdAt: z.string(),
	config: RunConfig,
	taskCount: z.int().nonnegative(),
	candidateCount: z.int().nonnegative(),
	taskSetFingerprint: z.string(),
	/** Checksum of the samples file, so that a resumed run cannot mix two. */
	samplesSha256: z.string().nullable(),
	/** Absolute path of the verdicts file, or "-" for stdout. */
	out: z.string().nullable(),
	/** Distinct notes on the tasks' presence in training data, with the number of tasks; null: nobody has said. */
	contamination: z.array(z.strictObject({ note: z.string().nullable(), tasks: z.int().positive() })),
	version: z.string(),
});
export type RunPlan = z.infer<typeof RunPlan>;

export function writePlan(files: RunFiles, plan: RunPlan): void {
	writeFileAtomic(files.plan, planText(plan));
}

export function readPlan(files: RunFiles): RunPlan {
	let text: string;
	try {
		text = readFileSync(files.plan, "utf8");
	} catch (cause) {
		throw new AssayError("usage", `${files.plan}: the plan of run ${files.runId} cannot be read`, { cause });
	}
	const block = /^```json\n(.*?)^```$/ms.exec(text)?.[1];
	if (block === undefined) throw new AssayError("usage", `${files.plan}: it holds no JSON block`);
	let value: unknown;
	try {
		value = JSON.parse(block);
	} catch (cause) {
		throw new AssayError("usage", `${files.plan}: its JSON block is not valid: ${(cause as Error).message}`, { cause });
	}
	return parseAt(RunPlan, value, files.plan);
}

function planText(plan: RunPlan): string {
	const { config } = plan;
	const candidates =
		plan.command === "run"
			? `${config.n ?? 1} candidates a task from backend \`${config.backend}\`, seed ${config.seed}`
			: `samples from \`${config.samples ?? config.backend}\``;
	return [
		`# Plan of ${plan.runId}`,
		"",
		`Written ${plan.createdAt}, before anything was judged.`,
		"",
		`- Command: \`assay ${plan.command}\`, version ${plan.version}`,
		`- Tasks: ${plan.taskCount} from \`${config.tasks}\` (${config.taskFormat})`,
		`- Candidates: ${plan.candidateCount}; ${candidates}`,
		`- Hidden tests of a candidate that failed a public one: ${config.gate ? "skipped" : "run too"}`,
		`- Sandbox: ${config.sandbox ?? "the best tier that works"}; cache ${config.cache ? "on" : "off"}; ${config.workers} workers`,
		`- Resume: \`assay ${plan.command} ${resumeArguments(plan)} --resume ${plan.runId}\``,
		"",
		"```json",
		JSON.stringify(plan, null, "\t"),
		"```",
		"",
	].join("\n");
}

/** The positional arguments that the commands ask for, quoted for a shell. */
export function resumeArguments(plan: RunPlan): string {
	const quoted = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
	const samples = plan.command === "verify" ? [quoted(plan.config.samples ?? "reference")] : [];
	return [quoted(plan.config.tasks), ...samples].join(" ");
}
