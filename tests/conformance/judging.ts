import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { type Candidate, programCandidate } from "../../src/domain/run.js";
import { DEFAULT_LIMITS, type FunctionTask, type Limits, type Task, type TestCase } from "../../src/domain/task.js";
import type { Tier, Verdict } from "../../src/domain/verdict.js";
import { openVerifier } from "../../src/verify/open-verifier.js";
import type { Verifier } from "../../src/verify/verifier.js";

const HAS_BUBBLEWRAP = spawnSync("bwrap", ["--version"]).status === 0;

/** Off CI a machine without bubblewrap skips what needs it; on CI that is a failure. */
export function skipsTier(tier: Tier): boolean {
	if (tier === "bwrap") return !HAS_BUBBLEWRAP && !process.env.CI;
	return process.platform !== "linux";
}

/** Tiers that this machine must pass. */
export const TIERS: readonly Tier[] = ["bwrap", "rlimit"];

export async function openJudge(options: {
	tier?: Tier | null;
	workers?: number;
	cacheDir?: string | null;
}): Promise<Verifier> {
	const { tier = null, workers = 1, cacheDir = null } = options;
	return await openVerifier({ tier, workers, cacheDir, signal: new AbortController().signal });
}

/** A function task with the given tests; a text is the source of a hidden program test. */
export function functionTask(
	entryPoint: string,
	tests: readonly (string | TestCase)[],
	changes: Partial<Omit<FunctionTask, "limits">> & { limits?: Partial<Limits> } = {},
): FunctionTask {
	const { limits, ...rest } = changes;
	return {
		schema: "assay.task.v1",
		kind: "function",
		id: `conformance/${entryPoint}`,
		title: entryPoint,
		language: "python",
		difficulty: null,
		tags: [],
		split: null,
		tests: tests.map((test, index) =>
			typeof test === "string" ? { kind: "program", id: `hidden-${index}`, visibility: "hidden", code: test } : test,
		),
		limits: { ...DEFAULT_LIMITS, ...limits },
		source: { origin: "assay", license: "MIT", url: null },
		contamination: null,
		location: { file: "", line: null },
		prompt: "",
		entryPoint,
		starterCode: "",
		completionMode: "whole",
		testPrelude: "",
		harness: "split",
		reference: null,
		knownBad: null,
		candidates: null,
		...rest,
	};
}

function candidateOf(task: Task, code: string, sampleIndex = 0): Candidate {
	return programCandidate(task.id, sampleIndex, "static", code);
}

export async function judge(
	verifier: Verifier,
	task: Task,
	code: string,
	options: { gate?: boolean; signal?: AbortSignal; sampleIndex?: number } = {},
): Promise<Verdict> {
	const { gate = false, signal = new AbortController().signal, sampleIndex = 0 } = options;
	return await verifier.verify(task, candidateOf(task, code, sampleIndex), { gate, signal });
}

export interface ProcessEntry {
	pid: number;
	/** What the process calls itself. */
	name: string;
	parent: number;
	session: number;
	command: string;
}

export function processes(): ProcessEntry[] {
	const found: ProcessEntry[] = [];
	for (const name of readdirSync("/proc")) {
		if (!/^\d+$/.test(name)) continue;
		try {
			const stat = readFileSync(`/proc/${name}/stat`, "utf8");
			const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
			if (fields[0] === "Z") continue;
			const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
			found.push({
				pid: Number(name),
				name: stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")),
				parent: Number(fields[1]),
				session: Number(fields[3]),
				command,
			});
		} catch {
			// It ended between the listing and the look.
		}
	}
	return found;
}

/** All processes below `root`. */
export function descendantsOf(root: number): ProcessEntry[] {
	const all = processes();
	const found = new Set([root]);
	for (let grown = true; grown; ) {
		const more = all.filter((entry) => found.has(entry.parent) && !found.has(entry.pid));
		for (const entry of more) found.add(entry.pid);
		grown = more.length > 0;
	}
	return all.filter((entry) => found.has(entry.pid) && entry.pid !== root);
}

const isJudge = (entry: ProcessEntry): boolean => /python3?[.\d]* .*tier=(bwrap|rlimit)/.test(entry.command);

/** Processes that a judge started and nobody owns any more: their parent is no judge, no bubblewrap, no Node. */
export function orphansOfJudges(): ProcessEntry[] {
	const all = new Map(processes().map((entry) => [entry.pid, entry]));
	return [...all.values()].filter((entry) => {
		const parent = all.get(entry.parent);
		if (!isJudge(entry)) return false;
		return parent === undefined || !(isJudge(parent) || /bwrap|node|vitest/.test(parent.command));
	});
}

/** Waits for a condition, at most for `deadlineMs`; returns what it last saw. */
export async function until<T>(look: () => T, isDone: (seen: T) => boolean, deadlineMs = 10_000): Promise<T> {
	const end = performance.now() + deadlineMs;
	for (;;) {
		const seen = look();
		if (isDone(seen) || performance.now() > end) return seen;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

export const isEmpty = (list: readonly unknown[]): boolean => list.length === 0;
