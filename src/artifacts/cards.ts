import type { ArtifactManifest, RunPlan, RunResult } from "../domain/run.js";
import { STATUSES } from "../domain/statuses.js";
import type { TrainingManifest } from "../domain/training.js";
import { sizeText } from "../lib/file-size.js";

/** A run that judged candidates of a model, for its card. */
export interface CardEvaluation {
	runId: string;
	tasks: number;
	candidates: number;
	tier: string;
	passAtK: readonly { k: number; value: number | null }[];
}

const NOBODY = "**unknown**: nobody recorded it";

/** The card of a checkpoint, from its training manifest and the runs that asked it. What nothing is known of stands there as unknown. */
export function modelCard(
	{ manifest, sha256 }: { manifest: TrainingManifest; sha256: string },
	evaluations: readonly CardEvaluation[],
): string {
	const { name, parent, method, steps, seed, finishedAt, wallTimeMs, costUsd, config, sources, data, files, trainer } =
		manifest;
	return [
		...frontMatter({ license: "unknown", tags: ["code", method] }),
		`# ${name}`,
		"",
		"Made from the training manifest; nothing here was written by hand.",
		"",
		"## Training",
		"",
		...table(
			["", ""],
			[
				["method", method],
				["began with", parentText(parent)],
				["optimiser steps", `${steps}`],
				["seed", seed === null ? NOBODY : `${seed}`],
				["finished", finishedAt ?? NOBODY],
				["time", wallTimeMs === null ? NOBODY : `${(wallTimeMs / 1000).toFixed(0)} s`],
				["cost", costUsd === null ? NOBODY : `$${costUsd.toFixed(2)}`],
				["trainer", trainer],
				...Object.entries(config).map(([key, value]) => [`\`${key}\``, `${value ?? "-"}`]),
			],
		),
		"",
		"## Training data",
		"",
		`- ${data.examples} pairs of prompt and completion; ${data.entries} different tasks or questions, ${data.tasks} of them with a task's name`,
		`- Entries: \`${data.path}\`, sha256 \`${data.sha256}\`; a scored task is looked up there by id, content, and likeness`,
		...sources.map(({ kind, id, sha256: of }) => `- From ${kind} \`${id}\`${of === null ? "" : `, sha256 \`${of}\``}`),
		...(sources.length === 0 ? [`- From where: ${NOBODY}`] : []),
		`- Licence of the data: ${NOBODY}`,
		"",
		"## Evaluations",
		"",
		...evaluationLines(evaluations),
		"",
		"## Limits",
		"",
		`- Intended use, languages, risks: ${NOBODY}.`,
		"- A score holds for its task set, prompt template, sampling and isolation tier, and says nothing about coding in general.",
		...(parent !== null && parent.manifestSha256 === null
			? [`- What ${parent.name} was trained on is unknown: scored tasks may have been in its data.`]
			: []),
		"",
		"## Files",
		"",
		...fileTable([...files, data]),
		"",
		`Training manifest: sha256 \`${sha256}\`.`,
		"",
	].join("\n");
}

/** The card of a run's rollouts as a data set. */
export function rolloutsCard(plan: RunPlan, result: RunResult, manifest: ArtifactManifest): string {
	const { config, sandbox } = result;
	const asked = config.generation;
	const rollouts = manifest.files.find(({ path }) => path.startsWith("rollouts/"));
	return [
		...frontMatter({ license: "unknown", tags: ["code", "rollouts"] }),
		`# Rollouts of ${result.runId}`,
		"",
		"Made from the run's manifest, plan and result; nothing here was written by hand.",
		"",
		"## What it holds",
		"",
		`- ${result.sampleCount} candidates for ${result.taskCount} tasks, each with its verdict by execution; ${sizeText(rollouts?.bytes ?? 0)}`,
		`- Tasks: \`${config.tasks}\`, fingerprint \`${result.taskSetFingerprint}\``,
		`- Run: ${result.outcome}, ${result.startedAt} to ${result.finishedAt}, assay ${result.version}`,
		...(config.backend === "mock" ? ["- **mock**: a seeded mix of recorded candidates; no model made them"] : []),
		"",
		...table(
			["status", "candidates"],
			STATUSES.toReversed().flatMap((status) => {
				const count = result.statusCounts[status];
				return count === undefined ? [] : [[status, `${count}`]];
			}),
		),
		"",
		"## How it was made",
		"",
		`- Candidates: backend \`${config.backend}\`, ${config.n ?? "samples of a file"}${config.n === null ? "" : " a task"}, seed ${config.seed}`,
		...(asked === null
			? [`- Model: ${config.backend === "samples" || config.samples !== null ? NOBODY : "none was asked"}`]
			: [
					`- Model: \`${asked.model}\`, template \`${asked.template.id}\` (\`${asked.template.sha256.slice(0, 16)}\`), temperature ${asked.sampling.temperature}, top-p ${asked.sampling.topP}`,
				]),
		`- Judged in tier ${sandbox.tier}${sandbox.missing.length === 0 ? "" : `, which lacks ${sandbox.missing.join("; ")}`}, Python ${sandbox.pythonVersion}`,
		`- Weaker verdicts, whose tests shared a process with the candidate: ${result.inGuestCount}`,
		`- From cached verdicts: ${result.cachedCount}`,
		"",
		"## Contamination",
		"",
		...plan.contamination.map(({ note, tasks }) =>
			note === null
				? `- ${tasks} tasks: **unknown**: nobody has said whether they are in training data`
				: `- ${tasks} tasks: ${note.replace(/\s+/g, " ")}`,
		),
		"",
		"## Licence and limits",
		"",
		`- Licence of the candidates, and whether they may be trained on: ${NOBODY}`,
		"- Candidates are untrusted programs: run them in a sandbox alone.",
		"- Rollouts hold verdicts of hidden tests, and never the tests themselves.",
		"",
		"## Files",
		"",
		...fileTable(manifest.files),
		"",
	].join("\n");
}

function evaluationLines(evaluations: readonly CardEvaluation[]): string[] {
	if (evaluations.length === 0) return ["No run of this workspace asked this model: **no score is claimed**."];
	return [
		...table(
			["run", "tasks", "candidates", "tier", "pass@k"],
			evaluations.map(({ runId, tasks, candidates, tier, passAtK }) => [
				`\`${runId}\``,
				`${tasks}`,
				`${candidates}`,
				tier,
				passAtK.map(({ k, value }) => `@${k} ${value === null ? "-" : value.toFixed(4)}`).join(", "),
			]),
		),
		"",
		"`assay eval RUN` adds intervals, and leaves out or marks tasks that the model was trained on; these figures are of all tasks.",
	];
}

function parentText(parent: TrainingManifest["parent"]): string {
	if (parent === null) return "random weights";
	return parent.manifestSha256 === null
		? `${parent.name}, of whose training nothing is known`
		: `${parent.name}, training manifest \`${parent.manifestSha256.slice(0, 16)}\``;
}

function frontMatter({ license, tags }: { license: string; tags: readonly string[] }): string[] {
	return ["---", `license: ${license}`, `tags: [${tags.join(", ")}]`, "generated_by: assay", "---", ""];
}

function fileTable(files: readonly { path: string; bytes: number; sha256: string }[]): string[] {
	return table(
		["file", "size", "sha256"],
		files.map(({ path, bytes, sha256 }) => [`\`${path}\``, sizeText(bytes), `\`${sha256}\``]),
	);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
	const line = (cells: readonly string[]) =>
		`| ${cells.map((text) => text.replaceAll("|", "\\|").replace(/\s+/g, " ")).join(" | ")} |`;
	return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
