import { describe, expect, test } from "vitest";
import { type ValidateOptions, validateTasks } from "../../../src/app/validate-tasks.js";
import type { Candidate } from "../../../src/domain/run.js";
import type { FunctionTask, Task } from "../../../src/domain/task.js";
import type { Status, Verdict } from "../../../src/domain/verdict.js";
import type { Verifier } from "../../../src/verify/verifier.js";
import { ADD, collect, fileWith, folderWith, jsonLines, yamlTask } from "./files.js";

type Judge = (task: Task, candidate: Candidate) => Status | Promise<Status>;

/** Judges by `judge` and counts how many of its answers are awaited at once. */
function fakeVerifier(judge: Judge): Verifier & { mostAtOnce: number; calls: number } {
	let atOnce = 0;
	const verifier = {
		mostAtOnce: 0,
		calls: 0,
		concurrency: 2,
		sandbox: {
			tier: "rlimit" as const,
			memoryControl: null,
			network: false,
			readOnlyRoot: false,
			seccomp: false,
			missing: [],
			raise: null,
			kernel: "",
			bwrapVersion: null,
			pythonPath: "python3",
			pythonVersion: "3",
			canaries: { passed: 0, total: 0, failed: [], wallTimeMs: 0 },
		},
		async verify(task: Task, candidate: Candidate): Promise<Verdict> {
			verifier.calls++;
			verifier.mostAtOnce = Math.max(verifier.mostAtOnce, ++atOnce);
			await new Promise(setImmediate);
			const status = await judge(task, candidate);
			atOnce--;
			return verdictOf(task, candidate, status);
		},
		observe: () => Promise.resolve(null),
		withTimeLimit: (task: FunctionTask) => task,
		close: () => Promise.resolve(),
	};
	return verifier;
}

function verdictOf(task: Task, candidate: Candidate, status: Status): Verdict {
	return {
		schema: "assay.verdict.v1",
		taskId: task.id,
		sampleIndex: candidate.sampleIndex,
		status,
		cause: status === "wrong_answer" ? "assertion" : null,
		phase: "hidden_tests",
		phases: [],
		passed: 0,
		total: task.tests.length,
		tests: [],
		message: null,
		line: null,
		cpuTimeMs: 0,
		wallTimeMs: 0,
		peakMemoryBytes: null,
		exitCode: null,
		signal: null,
		output: { bytes: 0, head: "", tail: "" },
		flags: [],
		harness: "split",
		sandbox: "rlimit",
		cached: false,
		retries: 0,
		codeSha256: "",
		testsSha256: "",
	};
}

const honest: Judge = (_task, candidate) => (candidate.code?.includes("return a + b") ? "accepted" : "wrong_answer");

async function findings(path: string, judge: Judge = honest, options: Partial<ValidateOptions> = {}) {
	const verifier = fakeVerifier(judge);
	const signal = new AbortController().signal;
	const found = await collect(validateTasks(path, verifier, { signal, judge: true, ...options }));
	return found.map(({ level, taskId, rule, message }) => `${level} ${taskId} ${rule}: ${message}`);
}

describe("validate", () => {
	test("finds nothing to say about a good task", async () => {
		expect(await findings(fileWith("add.yaml", yamlTask()))).toEqual([]);
	});

	test("says with which verdict a reference was not accepted", async () => {
		expect(await findings(fileWith("add.yaml", yamlTask()), () => "wrong_answer")).toEqual([
			"error add reference_not_accepted: the reference solution is not accepted: wrong_answer (assertion), 0 of 3 tests passed",
		]);
	});

	test("finds tests that accept the known-bad solution", async () => {
		expect(await findings(fileWith("add.yaml", yamlTask()), () => "accepted")).toEqual([
			"error add known_bad_accepted: the known-bad solution is accepted: the tests do not tell it from a right one",
		]);
	});

	test("counts trouble of the judge as such, and not as a known-bad solution that failed", async () => {
		const found = await findings(fileWith("add.yaml", yamlTask()), () => "judge_error");
		expect(found.map((line) => line.split(":")[0])).toEqual(["error add judge_error", "error add judge_error"]);
	});

	test("calls tests that cannot be run broken, once a task", async () => {
		const verifier = fakeVerifier(() => "judge_error");
		const judged = verifier.verify;
		verifier.verify = async (task, candidate, options) => ({
			...(await judged(task, candidate, options)),
			cause: "bad_test",
			message: "NameError: name 'Node' is not defined",
		});
		const signal = new AbortController().signal;
		const found = await collect(validateTasks(fileWith("add.yaml", yamlTask()), verifier, { signal, judge: true }));
		expect(found.map(({ level, rule }) => `${level} ${rule}`)).toEqual(["error broken_tests"]);
		expect(found[0]?.message).toContain("NameError: name 'Node' is not defined");
	});

	test("judges a prepared patch, or none, against what the task expects", async () => {
		const repository = (id: string, rest: string): string =>
			`schema: assay.task.v1\nkind: repository\nid: ${id}\nrepo: ../repo\ninstruction: Do ${id}.\nsource: { origin: assay, license: MIT }\n` +
			`contamination: none\ntests: { hidden: [{ kind: command, runner: unittest, modules: [t] }] }\n${rest}`;
		const folder = folderWith({
			"repo/a.py": "x\n",
			"tasks/fix.patch": "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n",
			"tasks/fix.yaml": repository("fix", "expect: passed\nbackend: { kind: patch, patch: fix.patch }\n"),
			"tasks/noop.yaml": repository("noop", "expect: failed\nbackend: { kind: noop }\n"),
		});
		const judge: Judge = (_task, { code }) => (code?.includes("+y") ? "accepted" : "wrong_answer");
		expect(await findings(`${folder}/tasks`, judge)).toEqual([]);
		expect((await findings(`${folder}/tasks`, () => "accepted")).join()).toMatch(
			/^error noop known_bad_accepted: the unchanged/,
		);
	});

	test("judges recorded candidates when asked to", async () => {
		const folder = folderWith({
			"add.yaml": yamlTask({ candidates: "c" }),
			"c/index.yaml": "- { file: a.py, expect: accepted }\n- { file: b.py, expect: time_limit_exceeded }\n",
			"c/a.py": "def add(a, b): return a + b",
			"c/b.py": "def add(a, b): return 1",
		});
		expect(await findings(folder)).toEqual([]);
		expect(await findings(folder, honest, { candidates: true })).toEqual([
			"error add candidate_not_as_recorded: b.py must be time_limit_exceeded and is wrong_answer (assertion), 0 of 3 tests passed",
		]);
	});

	test("names what is missing, and what leaks, without judging anything", async () => {
		const verifier = fakeVerifier(honest);
		const path = fileWith(
			"add.yaml",
			yamlTask({ source: { origin: "x" }, contamination: null, prompt: "assert add(0, 0) == 0" }),
		);
		const signal = new AbortController().signal;
		const found = await collect(validateTasks(path, verifier, { signal, judge: false }));
		expect(found.map(({ level, rule }) => `${level} ${rule}`)).toEqual([
			"warning no_license",
			"warning no_contamination_note",
			"error hidden_test_leaks",
		]);
		expect(found[0]?.location.file).toBe(path);
		expect(verifier.calls).toBe(0);
	});

	test("calls the same task in two splits an error, in one split a warning", async () => {
		const path = fileWith(
			"t.jsonl",
			jsonLines({ ...ADD, id: "a" }, { ...ADD, id: "b" }, { ...ADD, id: "c", split: "dev" }),
		);
		const found = await findings(path, honest, { judge: false });
		expect(found).toEqual([
			"warning b exact_duplicate: prompt is the same as that of a",
			"error c exact_duplicate: prompt is the same as that of a, across splits (dev and train)",
		]);
		const together = await findings(path, honest, { judge: false, splitOf: () => "train" });
		expect(together.every((line) => line.startsWith("warning"))).toBe(true);
	});

	test("keeps twice the judge's concurrency in flight, and reports in the order of the tasks", async () => {
		const tasks = Array.from({ length: 40 }, (_, index) => ({
			...ADD,
			id: `t${index}`,
			knownBad: null,
			prompt: `Question ${index} of many.`,
		}));
		const path = fileWith("t.jsonl", jsonLines(...tasks));
		const verifier = fakeVerifier(() => "wrong_answer");
		const done: number[] = [];
		const signal = new AbortController().signal;
		const found = await collect(
			validateTasks(path, verifier, { signal, judge: true, onTask: (count) => done.push(count) }),
		);
		const errors = found.filter(({ rule }) => rule === "reference_not_accepted");
		expect(errors.map(({ taskId }) => taskId)).toEqual(tasks.map(({ id }) => id));
		expect(verifier.mostAtOnce).toBe(4);
		expect(done).toEqual(tasks.map((_, index) => index + 1));
	});

	test("ends with the signal's reason when it is stopped, with nothing left in flight", async () => {
		const controller = new AbortController();
		const reason = new Error("stopped");
		let open = 0;
		const verifier = fakeVerifier(async () => {
			open++;
			await new Promise(setImmediate);
			open--;
			controller.abort(reason);
			throw reason;
		});
		const path = fileWith("t.jsonl", jsonLines({ ...ADD, id: "a" }, { ...ADD, id: "b" }, { ...ADD, id: "c" }));
		await expect(collect(validateTasks(path, verifier, { signal: controller.signal, judge: true }))).rejects.toBe(
			reason,
		);
		expect(open).toBe(0);
	});
});
