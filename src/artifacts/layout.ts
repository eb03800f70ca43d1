import { join, relative, sep } from "node:path";
import { newSha256 } from "../lib/hash.js";

export const ARTIFACT_FOLDERS = [
	"runs",
	"logs",
	"rollouts",
	"patches",
	"reports",
	"plans",
	"traces",
	"manifests",
] as const;

/** Verdicts that may be used again; not part of any run, and safe to delete. */
export function verdictCacheFolder(workspace: string): string {
	return join(artifactsRoot(workspace), "cache", "verdicts");
}

/** Vectors of programs that may be used again; not part of any run, and safe to delete. */
export function worldCacheFolder(workspace: string): string {
	return join(artifactsRoot(workspace), "cache", "world");
}

/** Where the files of a run are. `root` is the `artifacts` folder, or another with the same folders in it. */
export interface RunFiles {
	root: string;
	runId: string;
	result: string;
	lock: string;
	/** If it is there, the run is gone, and what is left of it is removed. */
	deleted: string;
	log: string;
	rollouts: string;
	/** Folder with one diff per candidate. */
	patches: string;
	/** The same diff when the run has only one. */
	singlePatch: string;
	/** Steps of an agent. */
	trace: string;
	report: string;
	plan: string;
	manifest: string;
	/** Places in the log that somebody marked; no part of the record. */
	bookmarks: string;
	/** Written when the run is packed for others; no part of the record. */
	reproducibility: string;
}

export function artifactsRoot(workspace: string): string {
	return join(workspace, "artifacts");
}

export function runFiles(root: string, runId: string): RunFiles {
	return {
		root,
		runId,
		result: join(root, "runs", `${runId}.json`),
		lock: join(root, "runs", `${runId}.lock`),
		deleted: join(root, "runs", `${runId}.deleted`),
		log: join(root, "logs", `${runId}.log`),
		rollouts: join(root, "rollouts", `${runId}.jsonl`),
		patches: join(root, "patches", runId),
		singlePatch: join(root, "patches", `${runId}.patch`),
		trace: join(root, "traces", `${runId}.jsonl`),
		report: join(root, "reports", `${runId}.md`),
		plan: join(root, "plans", `${runId}.md`),
		manifest: join(root, "manifests", `${runId}.json`),
		bookmarks: join(root, "bookmarks", `${runId}.json`),
		reproducibility: join(root, "reproducibility", `${runId}.json`),
	};
}

/** What a loop keeps; a process that works at it holds the lock. */
export function loopFiles(root: string, loopId: string): Record<"folder" | "plan" | "log" | "lock", string> {
	const folder = join(root, "loops", loopId);
	return {
		folder,
		plan: join(folder, "loop.json"),
		log: join(folder, "loop.log"),
		lock: join(folder, "process.lock"),
	};
}

/** What a training keeps beside its checkpoint. */
export function trainingFiles(
	root: string,
	name: string,
): Record<"folder" | "job" | "metrics" | "evaluations" | "samples" | "lock", string> {
	const folder = join(root, "training", name);
	return {
		folder,
		job: join(folder, "job.json"),
		metrics: join(folder, "metrics.jsonl"),
		evaluations: join(folder, "evaluations.jsonl"),
		samples: join(folder, "samples.jsonl"),
		lock: join(folder, "process.lock"),
	};
}

/** What is kept here of a training on another machine; a process that starts or stops it holds the lock. */
export function remoteFiles(root: string, id: string): Record<"folder" | "record" | "job" | "lock", string> {
	const folder = join(root, "remote", id);
	return {
		folder,
		record: join(folder, "run.json"),
		job: join(folder, "job.json"),
		lock: join(folder, "process.lock"),
	};
}

/** What is kept here of a host: what was found there last, and when it was rented. */
export function hostFiles(root: string, name: string): Record<"folder" | "check" | "rent", string> {
	const folder = join(root, "hosts", name);
	return { folder, check: join(folder, "check.json"), rent: join(folder, "rent.jsonl") };
}

/** What is kept here of a model's server on another machine. */
export function serverFiles(
	root: string,
	name: string,
): Record<"parent" | "folder" | "record" | "key" | "lock", string> {
	const parent = join(root, "servers");
	const folder = join(parent, name);
	return {
		parent,
		folder,
		record: join(folder, "run.json"),
		key: join(folder, "key"),
		lock: join(folder, "process.lock"),
	};
}

/** Mirror of one attempt of it. */
export function attemptFolder(root: string, id: string, attempt: number): string {
	return join(remoteFiles(root, id).folder, `attempt-${attempt}`);
}

/** Mirror of the part of an attempt that another than its first host has. */
export function rankFolder(root: string, id: string, attempt: number, rank: number): string {
	return rank === 0 ? attemptFolder(root, id, attempt) : join(attemptFolder(root, id, attempt), `rank-${rank}`);
}

export function patchFile(files: RunFiles, taskId: string, sampleIndex: number): string {
	return join(files.patches, folderNameOf(taskId), `${sampleIndex}.diff`);
}

/** Paths in manifests are relative to the root, with forward slashes, so that a folder of artifacts can be moved. */
export function relativePath(root: string, path: string): string {
	return relative(root, path).split(sep).join("/");
}

/** A task id as the name of one folder: `HumanEval/0` is `HumanEval%2F0`. Different ids have different names. */
export function folderNameOf(taskId: string): string {
	const name = encodeURIComponent(taskId)
		.replace(/^\.+$/, (dots) => "%2E".repeat(dots.length))
		.replaceAll("*", "%2A");
	if (name.length <= 120) return name;
	return `${name.slice(0, 100)}-${newSha256().update(taskId).digest("hex").slice(0, 16)}`;
}
