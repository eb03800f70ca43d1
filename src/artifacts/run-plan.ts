import { readFileSync } from "node:fs";
import { RunPlan } from "../domain/run.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import { reasonOf } from "../lib/input-file.js";
import { parseAt } from "../lib/schema.js";
import { parseJson } from "./json-file.js";
import type { RunFiles } from "./layout.js";

export function writePlan(files: RunFiles, plan: RunPlan): void {
	writeFileAtomic(files.plan, planText(plan));
}

export function readPlan(files: RunFiles): RunPlan {
	let text: string;
	try {
		text = readFileSync(files.plan, "utf8");
	} catch (cause) {
		throw new AssayError("usage", `${files.plan}: cannot be read: ${reasonOf(cause)}`, { cause });
	}
	const block = /^```json\n(.*?)^```$/ms.exec(text)?.[1];
	if (block === undefined) throw new AssayError("usage", `${files.plan}: it holds no JSON block`);
	const plan = parseAt(RunPlan, parseJson(block, files.plan), files.plan);
	if (plan.runId !== files.runId) {
		throw new AssayError("usage", `${files.plan}: field runId: ${JSON.stringify(plan.runId)} is another run`);
	}
	return plan;
}

function planText(plan: RunPlan): string {
	const { config } = plan;
	const candidates =
		plan.command === "run"
			? `${config.n ?? 1} candidates a task${config.widen === null ? "" : ` (up to ${config.widen.nMax} where they are ${config.widen.groups})`} from backend \`${config.backend}\`, seed ${config.seed}`
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
		`- Resume: \`${resumeCommand(plan, null)}\``,
		"",
		"```json",
		JSON.stringify(plan, null, "\t"),
		"```",
		"",
	].join("\n");
}

/** The command that finishes the run, quoted for a shell; `workspace` null: it is the current folder. */
export function resumeCommand(plan: RunPlan, workspace: string | null): string {
	return goOnCommand(plan.command, plan.runId, workspace);
}

/** The same of any command that takes `--resume`. */
export function goOnCommand(command: string, id: string, workspace: string | null): string {
	const quoted = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
	const place = workspace === null ? [] : ["--workspace", quoted(workspace)];
	return ["assay", command, "--resume", id, ...place].join(" ");
}
