import { basename } from "node:path";
import { z } from "zod";
import type { TraceStep } from "../domain/trace.js";
import { AssayError } from "../lib/errors.js";
import { readJsonLines } from "../lib/jsonl.js";
import { parseAt } from "../lib/schema.js";

const Published = z.object({
	/** LDB; Reflexion calls it `name`. */
	task_id: z.string().optional(),
	name: z.string().optional(),
	is_solved: z.boolean(),
	solution: z.string(),
	/** LDB: every program, and what the visible tests said of it. */
	implementations: z.array(z.string()).optional(),
	test_feedback: z.array(z.array(z.string())).optional(),
	/** Reflexion: what the model thought after each failure; it keeps only the last program. */
	reflections: z.array(z.string()).optional(),
});
type Published = z.infer<typeof Published>;

/**
 * Traces that Reflexion (Shinn et al. 2023) and LDB (Zhong et al. 2024) have published, as steps of ours. Whether a task
 * was solved is what their file claims. What they did not keep (prompts, times, numbers of tests, Reflexion's earlier
 * programs) is null.
 */
export async function* importTraces(path: string): AsyncGenerator<TraceStep[]> {
	const seen = new Map<string, number>();
	for await (const { line, value } of readJsonLines(path)) {
		const record = parseAt(Published, value, `${path}:${line}`);
		const taskId = record.task_id ?? record.name;
		if (taskId === undefined) throw new AssayError("usage", `${path}:${line}: field task_id: missing; expected string`);
		const sampleIndex = seen.get(taskId) ?? 0;
		seen.set(taskId, sampleIndex + 1);
		yield stepsOf(record, { runId: basename(path).replace(/\.jsonl(\.gz)?$/, ""), taskId, sampleIndex });
	}
}

interface TraceKey {
	runId: string;
	taskId: string;
	sampleIndex: number;
}

function stepsOf(record: Published, key: TraceKey): TraceStep[] {
	const steps: TraceStep[] = [];
	const next = (parent: number | null) => ({
		schema: "assay.step.v1" as const,
		...key,
		step: steps.length,
		parent,
		at: null,
		wallTimeMs: null,
	});
	const generation = (
		parent: number | null,
		purpose: "propose" | "revise" | "reflect",
		made: Partial<Generated>,
	): number => {
		steps.push({ ...next(parent), kind: "generation", purpose, ...NOTHING_KEPT, ...made });
		return steps.length - 1;
	};
	const numbers = new Map<string, number>();
	/** One assertion has one id in all of the trace, so that it shows when it turns. */
	const idOf = (feedback: string): string => {
		const [assertion = feedback] = feedback.split(" # Real Execution Output:");
		const number = numbers.get(assertion) ?? numbers.size + 1;
		numbers.set(assertion, number);
		return `visible-${number}`;
	};
	const tests = (of: number, failing: readonly string[] | null): number => {
		steps.push({
			...next(of),
			kind: "tests",
			of,
			status: failing === null ? null : failing.length === 0 ? "accepted" : "wrong_answer",
			// Failing tests are all that is kept: how many there were is not known.
			passed: null,
			total: null,
			tests: (failing ?? []).map((message) => ({ id: idOf(message), status: "failed", message, line: null })),
			output: null,
			message: null,
			feedback: failing === null || failing.length === 0 ? null : failing.join("\n"),
		});
		return steps.length - 1;
	};

	let last: number | null = null;
	const programs = record.implementations ?? [];
	if (programs.length > 0) {
		for (const [i, code] of programs.entries()) {
			const made: number = generation(last, i === 0 ? "propose" : "revise", { completion: code, code, problem: null });
			const failing = record.test_feedback?.[i];
			last = failing === undefined ? made : tests(made, failing);
		}
	} else {
		for (const [i, thought] of (record.reflections ?? []).entries()) {
			const made: number = generation(last, i === 0 ? "propose" : "revise", {});
			last = generation(tests(made, null), "reflect", { completion: thought, problem: null });
		}
	}
	const latest = steps.findLast((step) => step.kind === "generation" && step.code !== null);
	let of = latest?.step ?? null;
	if (latest?.kind !== "generation" || latest.code?.trim() !== record.solution.trim()) {
		const code = record.solution;
		of = generation(last, last === null ? "propose" : "revise", { completion: code, code, problem: null });
	}
	const clean = record.test_feedback?.at(-1)?.length === 0;
	steps.push({ ...next(of), kind: "submit", of, reason: clean || record.is_solved ? "passed" : "revisions" });
	steps.push({
		...next(steps.length - 1),
		kind: "verdict",
		of,
		which: "final",
		claimed: true,
		status: record.is_solved ? "accepted" : "wrong_answer",
		passed: null,
		total: null,
		reward: record.is_solved ? 1 : 0,
	});
	return steps;
}

type Place = "schema" | "runId" | "taskId" | "sampleIndex" | "step" | "parent" | "at" | "wallTimeMs";
type Generated = Omit<Extract<TraceStep, { kind: "generation" }>, Place | "kind" | "purpose">;
const NOTHING_KEPT: Generated = {
	prompt: null,
	template: null,
	model: null,
	completion: null,
	code: null,
	problem: "the published file does not keep it",
	failure: null,
	usage: null,
	finishReason: null,
	logprob: null,
};
