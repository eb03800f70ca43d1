import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportEdits } from "../../../src/app/export-edits.js";
import { openTraceWriter } from "../../../src/artifacts/trace-file.js";
import type { TraceStep } from "../../../src/domain/trace.js";
import { EditExample } from "../../../src/domain/training-data.js";
import { recordRun } from "./assay-command.js";
import { functionTask, memoryInputs, temporaryFolder } from "./run-fixtures.js";

const HIDDEN = "hidden-mark-7193";
const program = (value: number) => `def f():\n    return ${value}\n`;

/** A try that proposes the first program and revises it into each next one; all but the last fail their public tests. */
function tryOf(
	taskId: string,
	sampleIndex: number,
	values: readonly number[],
	end: Partial<TraceStep> = {},
): TraceStep[] {
	const common = { schema: "assay.step.v1", runId: "r", taskId, sampleIndex, at: null, wallTimeMs: null } as const;
	const steps: TraceStep[] = [];
	let parent: number | null = null;
	for (const [i, value] of values.entries()) {
		const step = steps.length;
		const texts = { prompt: null, template: null, model: null, completion: HIDDEN, problem: null, failure: null };
		const unknown = { usage: null, finishReason: null, logprob: null };
		const purpose = i === 0 ? "propose" : "revise";
		steps.push({ ...common, kind: "generation", step, parent, purpose, code: program(value), ...texts, ...unknown });
		const isLast = i === values.length - 1;
		steps.push({
			...common,
			kind: "tests",
			step: step + 1,
			parent: step,
			of: step,
			status: isLast ? "accepted" : "wrong_answer",
			passed: Number(isLast),
			total: 1,
			tests: [],
			output: { head: "", tail: "", bytes: 0 },
			message: HIDDEN,
			feedback: isLast ? null : `f() gave ${value}`,
		});
		parent = step;
	}
	const verdict = { status: "accepted", passed: 1, total: 1, reward: 1, claimed: false } as const;
	const last = { ...common, kind: "verdict", step: steps.length, parent, of: parent, which: "final", ...verdict };
	return [...steps, { ...last, ...end } as TraceStep];
}

async function exported(traces: readonly TraceStep[]) {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	const writer = openTraceWriter(files.trace);
	for (const step of traces) writer.append(step);
	writer.close();
	const folder = join(workspace, "edits");
	const manifest = await exportEdits({
		workspace,
		runs: ["latest"],
		shape: "completion",
		template: null,
		name: "edits",
		folder,
		replace: false,
		perTask: 2,
		seed: 1,
		splits: null,
		anyLicense: true,
		inputs: memoryInputs(["a", "b"].map((id) => functionTask(id, { reference: HIDDEN }))),
		signal: new AbortController().signal,
	});
	const text = readFileSync(join(folder, "edits.jsonl"), "utf8");
	return {
		manifest,
		text,
		edits: text
			.trimEnd()
			.split("\n")
			.map((line) => EditExample.parse(JSON.parse(line))),
	};
}

test("each program on the way to an accepted end is an edit with what its own public tests said", async () => {
	const { edits, text } = await exported(tryOf("a", 0, [1, 2, 3]));
	expect(edits.map(({ before, feedback, after, revisions }) => ({ before, feedback, after, revisions }))).toEqual([
		{ before: program(2), feedback: "f() gave 2", after: program(3), revisions: 1 },
		{ before: program(1), feedback: "f() gave 1", after: program(3), revisions: 2 },
	]);
	expect(text).not.toContain(HIDDEN);
});

test("a try that all tests did not accept, or that only claims it, gives none", async () => {
	const { manifest, edits } = await exported([
		...tryOf("a", 0, [1, 2], { status: "wrong_answer" }),
		...tryOf("a", 1, [3, 4], { claimed: true }),
		...tryOf("b", 0, [5, 6]),
	]);
	expect(edits.map(({ taskId }) => taskId)).toEqual(["b"]);
	expect(manifest.leftOut).toMatchObject({ notAccepted: 2 });
});

test("equal edits of a task count once, whatever the order in which tries ended, and the cap holds", async () => {
	const tries = [tryOf("a", 2, [1, 9]), tryOf("a", 0, [1, 9]), tryOf("a", 1, [2, 9]), tryOf("a", 3, [4, 9])];
	const { manifest, edits } = await exported(tries.flat());
	expect(edits.map(({ sampleIndex, before }) => [sampleIndex, before])).toEqual([
		[0, program(1)],
		[1, program(2)],
	]);
	expect(manifest.leftOut).toMatchObject({ duplicate: 1, overCap: 1 });
});
