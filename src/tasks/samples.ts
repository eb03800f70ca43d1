import { z } from "zod";
import { Rollout } from "../domain/run.js";
import { AssayError } from "../lib/errors.js";
import { statInput } from "../lib/input-file.js";
import { readJsonLines } from "../lib/jsonl.js";
import { atPlace, FieldError, parseFields } from "../lib/schema.js";
import type { Sample } from "./sample.js";
import { readSampleFolder } from "./sample-folder.js";

export interface OpenSamplesOptions {
	/** Tells names in a folder apart: `HumanEval/0.py` is task `HumanEval/0`, or sample 0 of task `HumanEval`. */
	hasTask?: (taskId: string) => boolean;
}

const FIELDS_HINT = "a sample has task_id, completion or solution, and perhaps sample_index";

/** Other people's fields are ignored; these have to be right where they are there. */
const SampleRecord = z.object({
	task_id: z.union([z.string().min(1), z.int().nonnegative()], "expected a text").optional(),
	taskId: z.string().min(1).optional(),
	completion: z.string().nullable().optional(),
	solution: z.string().nullable().optional(),
	sample_index: z.int().nonnegative().nullable().optional(),
	sampleIndex: z.int().nonnegative().nullable().optional(),
});

/**
 * Streams samples from JSONL (`task_id` with `completion` or `solution`), from our rollouts, or from a folder. A sample
 * without an index gets the next free one of its task. Throws `usage` with file, line and field.
 */
export async function* openSamples(path: string, options: OpenSamplesOptions = {}): AsyncGenerator<Sample> {
	const next = indexCounter();
	let count = 0;
	if (statInput(path).isDirectory()) {
		for await (const sample of readSampleFolder(path, options.hasTask ?? (() => false))) {
			count++;
			yield sample;
		}
	} else {
		for await (const { line, value } of readJsonLines(path)) {
			count++;
			const place = `${path}:${line}`;
			yield atPlace(
				place,
				() => {
					const { index, ...sample } = isRollout(value) ? rolloutSample(value) : commonSample(value);
					return { ...sample, sampleIndex: next(sample.taskId, index), place };
				},
				FIELDS_HINT,
			);
		}
	}
	if (count === 0) {
		throw new AssayError("usage", `${path}: holds no sample`, {
			hint: "samples: JSONL with task_id and completion or solution, or a folder with <task-id>.py or <task-id>/<n>.py",
		});
	}
}

/** Whether a file, by its first record, or a folder holds samples without a verdict. */
export async function isPlainSamples(path: string): Promise<boolean> {
	if (statInput(path).isDirectory()) return true;
	for await (const { value } of readJsonLines(path)) {
		if (value === null || typeof value !== "object" || "verdict" in value || "status" in value) return false;
		return "completion" in value || "solution" in value;
	}
	return false;
}

interface Parsed extends Omit<Sample, "sampleIndex" | "place"> {
	index: number | null;
}

function isRollout(value: unknown): boolean {
	return value !== null && typeof value === "object" && Reflect.get(value, "schema") === "assay.rollout.v1";
}

function rolloutSample(value: unknown): Parsed {
	const { candidate } = parseFields(Rollout, value);
	return {
		taskId: candidate.taskId,
		completion: candidate.completion,
		solution: candidate.code,
		index: candidate.sampleIndex,
	};
}

function commonSample(value: unknown): Parsed {
	const record = parseFields(SampleRecord, value);
	const id = record.task_id ?? record.taskId;
	if (id === undefined) throw new FieldError(["task_id"], "missing; expected string");
	const solution = record.solution ?? null;
	const completion = record.completion ?? solution;
	if (completion === null) throw new FieldError(["completion"], "missing, and there is no solution; expected string");
	return {
		// Numbers are how MBPP writes its ids.
		taskId: typeof id === "number" ? `MBPP/${id}` : id,
		completion,
		solution,
		index: record.sample_index ?? record.sampleIndex ?? null,
	};
}

/** Gives a task's samples their indexes: the one that is written, or the next that is free. */
function indexCounter(): (taskId: string, written: number | null) => number {
	const tasks = new Map<string, { next: number; written: Set<number> | null }>();
	return (taskId, written) => {
		const task = tasks.get(taskId) ?? { next: 0, written: null };
		tasks.set(taskId, task);
		if (written === null) {
			while (task.written?.has(task.next)) task.next++;
			return task.next++;
		}
		task.written ??= new Set(Array.from({ length: task.next }, (_, index) => index));
		if (task.written.has(written)) {
			throw new FieldError(["sample_index"], `sample ${written} of task ${JSON.stringify(taskId)} is there already`);
		}
		task.written.add(written);
		return written;
	};
}
