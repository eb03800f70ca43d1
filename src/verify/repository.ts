import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Candidate } from "../domain/run.js";
import type { CommandTest, RepositoryTask } from "../domain/task.js";
import type { Cause, Phase, PhaseResult, Status, TestResult, Verdict } from "../domain/verdict.js";
import { applyDiff, DiffRefused } from "../lib/apply-diff.js";
import { canonicalJson, sha256 } from "../lib/hash.js";
import type { Sandbox } from "../sandbox/open-sandbox.js";
import { type CommandOutcome, runInSandbox, type SandboxCommand } from "../sandbox/run-command.js";
import { copyRepository, giveAway, layTests, removeTree, restoreRunnerFiles } from "./repository-files.js";
import type { VerifyOptions } from "./verifier.js";

const Report = z.object({
	rows: z.array(z.string()),
	rc: z.number().nullable(),
	sig: z.number().nullable(),
	cpu: z.number(),
	rss: z.number(),
});
const Row = z.object({ nonce: z.string(), id: z.string(), status: z.string(), message: z.string() });

interface Run {
	task: RepositoryTask;
	sandbox: Sandbox;
	/** Patched and compiled. Tests run in fresh copies of it: one run must not prepare the next. */
	folder: string;
	copies: number;
	options: VerifyOptions;
	phases: PhaseResult[];
	tests: TestResult[];
	cpuTimeMs: number;
	wallTimeMs: number;
	peakMemoryBytes: number;
	output: Verdict["output"];
}

interface Ending {
	status: Status;
	cause: Cause | null;
	phase: Phase;
	message: string | null;
}

/**
 * Applies a diff to a fresh copy of the repository and runs the tests over it. Tests and candidate share a process there:
 * the verdict says `in_guest`, and a must-fail canary, the required ids and the exit have to agree before it is a pass.
 */
export async function verifyRepository(
	task: RepositoryTask,
	candidate: Candidate,
	sandbox: Sandbox,
	options: VerifyOptions,
): Promise<Verdict> {
	const scratch = await mkdtemp(join(tmpdir(), "assay-repo-"));
	const run: Run = {
		task,
		sandbox,
		folder: join(scratch, "patched"),
		copies: 0,
		options,
		phases: [],
		tests: task.tests.flatMap((test) => (test.kind === "command" ? plannedTests(test) : [])),
		cpuTimeMs: 0,
		wallTimeMs: 0,
		peakMemoryBytes: 0,
		output: { bytes: 0, head: "", tail: "" },
	};
	const diff = candidate.code ?? "";
	try {
		const ending = await judge(run, diff);
		return verdictOf(run, candidate, diff, ending);
	} finally {
		await removeTree(scratch);
	}
}

async function judge(run: Run, diff: string): Promise<Ending> {
	endPhase(run, "extract", "passed", 0);
	const copied = await copyRepository(run.task.repo, run.folder).catch((error: Error) => error);
	if (copied instanceof Error)
		return { status: "judge_error", cause: "setup", phase: "apply", message: copied.message };
	const began = performance.now();
	try {
		const { touched } = applyDiff(run.folder, diff);
		await restoreRunnerFiles(run.task.repo, run.folder, touched);
	} catch (error) {
		if (!(error instanceof DiffRefused)) throw error;
		endPhase(run, "apply", "failed", performance.now() - began);
		return {
			status: "patch_failed",
			cause: error.reason === "path" ? "path" : "context",
			phase: "apply",
			message: error.message,
		};
	}
	endPhase(run, "apply", "passed", performance.now() - began);
	return (await compile(run)) ?? (await allTests(run));
}

async function compile(run: Run): Promise<Ending | null> {
	if (run.task.compile === null) return null;
	await giveAway(run.folder);
	const outcome = await execute(run, run.folder, { kind: "argv", argv: run.task.compile });
	const passed = outcome.exitCode === 0 && !outcome.timedOut && !outcome.outputOver;
	endPhase(run, "compile", passed ? "passed" : "failed", outcome.wallTimeMs);
	if (passed) return null;
	if (outcome.timedOut) return { status: "time_limit_exceeded", cause: "wall", phase: "compile", message: null };
	return { status: "compile_error", cause: "syntax", phase: "compile", message: firstLine(outcome.output.head) };
}

async function allTests(run: Run): Promise<Ending> {
	let worst: Ending | null = null;
	for (const [phase, visibility] of [
		["public_tests", "public"],
		["hidden_tests", "hidden"],
	] as const) {
		const began = performance.now();
		const tests = run.task.tests.filter((test) => test.visibility === visibility);
		if (tests.length === 0) continue;
		if (worst && run.options.gate) {
			endPhase(run, phase, "skipped", 0);
			continue;
		}
		let failed = false;
		for (const test of tests) {
			if (test.kind !== "command") {
				return {
					status: "judge_error",
					cause: "bad_test",
					phase,
					message: `a ${test.kind} test does not fit a repository task`,
				};
			}
			const ending = await oneTest(run, test, phase);
			if (ending?.status === "judge_error") return ending;
			if (ending) failed = true;
			worst = worseOf(worst, ending);
		}
		endPhase(run, phase, failed ? "failed" : "passed", performance.now() - began);
	}
	if (worst) return worst;
	const ran = run.tests.filter((test) => test.status === "passed").length;
	const phase = run.phases.at(-1)?.phase ?? "public_tests";
	if (ran === 0) return { status: "judge_error", cause: "no_tests", phase, message: "no test ran" };
	return { status: "accepted", cause: null, phase, message: null };
}

const SEVERITY: readonly Status[] = [
	"memory_limit_exceeded",
	"time_limit_exceeded",
	"output_limit_exceeded",
	"runtime_error",
	"wrong_answer",
];

function worseOf(a: Ending | null, b: Ending | null): Ending | null {
	if (!a || !b) return a ?? b;
	return SEVERITY.indexOf(b.status) < SEVERITY.indexOf(a.status) ? b : a;
}

/** null: everything passed. */
async function oneTest(run: Run, test: CommandTest, phase: Phase): Promise<Ending | null> {
	const folder = `${run.folder}-${++run.copies}`;
	try {
		await copyRepository(run.folder, folder);
		await layTests(run.task.repo, folder, test);
		await giveAway(folder);
	} catch (error) {
		const message = (error as Error).message;
		// Without a compile step none of the candidate's code has run yet, and the fault is ours.
		if (run.task.compile === null) return { status: "judge_error", cause: "setup", phase, message };
		return { status: "wrong_answer", cause: "tampered", phase, message };
	}
	const nonce = randomBytes(16).toString("hex");
	// Nothing but chance in its name tells it from the other tests.
	const canary = `test_${randomBytes(8).toString("hex").replace(/\d/g, "k")}`;
	const { cpuTimeMs, memoryBytes, diskBytes, processes } = run.task.limits;
	const input = {
		runner: test.runner,
		modules: test.modules,
		nonce,
		canary,
		cpu: cpuTimeMs / 1000,
		memory: memoryBytes,
		disk: diskBytes,
		processes,
	};
	const outcome = await execute(run, folder, { kind: "runner", input: JSON.stringify(input) });
	const [started, ...rest] = outcome.report.split("\n");
	const report = Report.safeParse(tryJson(rest.join("\n")));
	if (outcome.timedOut) return { status: "time_limit_exceeded", cause: "wall", phase, message: null };
	if (outcome.outputOver) return { status: "output_limit_exceeded", cause: null, phase, message: null };
	if (started !== "started") {
		const [cause, message] =
			started === "missing"
				? (["setup", "pytest is not installed"] as const)
				: (["infra", firstLine(outcome.output.head)] as const);
		return { status: "judge_error", cause, phase, message };
	}
	if (!report.success) return { status: "runtime_error", cause: "crashed", phase, message: "the test run was killed" };
	run.cpuTimeMs += report.data.cpu * 1000;
	run.peakMemoryBytes = Math.max(run.peakMemoryBytes, report.data.rss);
	const rows = report.data.rows.flatMap((line) => {
		const row = Row.safeParse(tryJson(line));
		return row.success && row.data.nonce === nonce ? [row.data] : [];
	});
	record(
		run,
		test,
		rows.filter((row) => !row.id.endsWith(canary) && row.status !== "done"),
	);
	if (rows.some((row) => row.status === "error" && row.message.includes("MemoryError")))
		return { status: "memory_limit_exceeded", cause: "address_space", phase, message: null };
	if (report.data.cpu * 1000 > cpuTimeMs) return { status: "time_limit_exceeded", cause: "cpu", phase, message: null };
	// Exit code 0 alone would be any program's to give.
	if (report.data.rc !== 0 || !rows.some((row) => row.status === "done"))
		return {
			status: "runtime_error",
			cause: "exited_early",
			phase,
			message: `the test run ended with ${report.data.sig === null ? `status ${report.data.rc}` : `signal ${report.data.sig}`}`,
		};
	const canaryRows = rows.filter((row) => row.id.endsWith(canary) && row.status !== "planned");
	if (canaryRows.length !== 1 || canaryRows[0]?.status !== "failed") {
		return { status: "wrong_answer", cause: "tampered", phase, message: "a test that must fail did not" };
	}
	const results = run.tests.filter((result) => result.visibility === test.visibility);
	const bad = results.find((result) => result.status === "failed" || result.status === "error");
	if (bad) return { status: "wrong_answer", cause: "assertion", phase, message: bad.message ?? `${bad.id} failed` };
	const unrun = results.find((result) => result.status === "not_run");
	if (unrun) return { status: "wrong_answer", cause: "tests_not_run", phase, message: `${unrun.id} did not run` };
	return null;
}

function plannedTests(test: CommandTest): TestResult[] {
	return test.required.map((id) => emptyResult(id, test.visibility));
}

function emptyResult(id: string, visibility: TestResult["visibility"]): TestResult {
	return {
		id,
		visibility,
		status: "not_run",
		message: null,
		line: null,
		assertsReached: 0,
		calls: 0,
		wallTimeMs: null,
	};
}

/** A test that reported twice counts by its worst report; a skipped one counts as not run. */
function record(run: Run, test: CommandTest, rows: readonly z.infer<typeof Row>[]): void {
	for (const row of rows) {
		let result = run.tests.find((known) => known.id === row.id && known.visibility === test.visibility);
		if (!result) {
			result = emptyResult(row.id, test.visibility);
			run.tests.push(result);
		}
		const status =
			row.status === "passed"
				? "passed"
				: row.status === "skipped" || row.status === "planned"
					? "not_run"
					: row.status === "error"
						? "error"
						: "failed";
		if (result.status === "failed" || result.status === "error") continue;
		result.status = status;
		if (test.visibility === "public" && row.message) result.message = row.message;
	}
}

async function execute(run: Run, folder: string, command: SandboxCommand): Promise<CommandOutcome> {
	const outcome = await runInSandbox({
		tier: run.sandbox.info.tier,
		python: run.sandbox.python,
		folder,
		command,
		limits: run.task.limits,
		signal: run.options.signal,
	});
	run.wallTimeMs += outcome.wallTimeMs;
	if (outcome.output.bytes > 0) run.output = outcome.output;
	return outcome;
}

function endPhase(run: Run, phase: Phase, result: PhaseResult["result"], wallTimeMs: number): void {
	const row = { phase, result, wallTimeMs: Math.round(wallTimeMs * 1000) / 1000 };
	run.phases.push(row);
	run.options.onPhase?.(row);
}

function verdictOf(run: Run, candidate: Candidate, diff: string, ending: Ending): Verdict {
	const order: Phase[] = ["extract", "apply", "compile", "public_tests", "hidden_tests"];
	for (const phase of order) {
		const applies = phase !== "compile" || run.task.compile !== null;
		if (applies && !run.phases.some((known) => known.phase === phase)) endPhase(run, phase, "skipped", 0);
	}
	return {
		schema: "assay.verdict.v1",
		taskId: candidate.taskId,
		sampleIndex: candidate.sampleIndex,
		...ending,
		line: null,
		phases: run.phases,
		passed: run.tests.filter((test) => test.status === "passed").length,
		total: run.tests.length,
		tests: run.tests,
		cpuTimeMs: Math.round(run.cpuTimeMs),
		wallTimeMs: Math.round(run.wallTimeMs),
		peakMemoryBytes: run.peakMemoryBytes,
		exitCode: null,
		signal: null,
		output: run.output,
		flags: [],
		harness: "in_guest",
		sandbox: run.sandbox.info.tier,
		cached: false,
		retries: 0,
		codeSha256: sha256(diff),
		testsSha256: sha256(canonicalJson(run.task.tests)),
	};
}

const firstLine = (text: string): string => text.trim().split("\n")[0]?.slice(0, 300) ?? "";

function tryJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
