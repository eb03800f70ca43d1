import type { Cause, Phase, PhaseResult, Status, TestResult } from "../domain/verdict.js";
import type { ErrorReport, JudgeReport, JudgeSuite, TesterReport, ZygoteReport } from "../sandbox/judge-protocol.js";

export interface Judgement {
	status: Status;
	cause: Cause | null;
	phase: Phase;
	message: string | null;
	line: number | null;
}

/**
 * One status from what the two trusted sides saw. What a candidate says of itself only chooses between failures: it can
 * reach neither `accepted` nor `judge_error`.
 */
export function judgementOf(report: JudgeReport, suite: JudgeSuite): Judgement {
	if (report.kind === "too_large") {
		return judgement("compile_error", "too_large", "compile", `source of ${report.bytes} bytes is over the limit`);
	}
	if (report.kind === "crashed") {
		return judgement("runtime_error", "crashed", "compile", "the judge's worker died on this candidate twice");
	}
	const { tester, zygote } = report;
	if (zygote.compile) {
		const { t, m, l } = zygote.compile;
		return judgement("compile_error", SYNTAX.has(t) ? "syntax" : "compiler_limit", "compile", `${t}: ${m}`, l);
	}
	return judgeRun(tester, zygote, suite);
}

function judgeRun(tester: TesterReport, zygote: ZygoteReport, suite: JudgeSuite): Judgement {
	const { phase } = tester;
	if (tester.o === "bad_test") return judgement("judge_error", "bad_test", phase, tester.m);
	if (!tester.boxed) return judgement("judge_error", "sandbox_setup", "load", "the guest could not be confined");
	const problem = tester.o === "done" ? problemOfTests(tester, suite) : null;
	if (problem?.status === "judge_error") return problem;
	if (zygote.swollen) return judgement("memory_limit_exceeded", "total_memory", phase, null);
	if (tester.e?.t === "MemoryError")
		return judgement("memory_limit_exceeded", "address_space", phase, null, tester.e.l);
	if (zygote.late) return judgement("time_limit_exceeded", zygote.late, phase, null);
	if (zygote.over) return judgement("output_limit_exceeded", null, phase, null);
	switch (tester.o) {
		case "timeout":
			return judgement("time_limit_exceeded", "wall", phase, "the test did not end on the value it was given");
		case "protocol":
			return judgement("runtime_error", "protocol", phase, tester.m);
		case "setup_raised":
			return judgement("runtime_error", "exception", phase, tester.m);
		case "load_error":
			return reportedError(tester.e, phase);
		case "died":
			if (zygote.livedOn) return judgement("runtime_error", "protocol", phase, "closed its channel and lived on");
			if (zygote.sig) return judgement("runtime_error", "crashed", phase, `killed by signal ${zygote.sig}`);
			return judgement("runtime_error", "exited_early", phase, `exited with status ${zygote.rc ?? "unknown"}`);
		case "done":
			return problem ?? judgement("accepted", null, phase, null);
	}
}

/** The worst of the tests; null when every test passed and talked to the candidate. */
function problemOfTests(tester: TesterReport, suite: JudgeSuite): Judgement | null {
	const rows = tester.tests.map(([state, , calls, , message, line], index) => {
		const test = suite.tests[index];
		const visible = test?.visibility === "public";
		const phase: Phase = visible ? "public_tests" : "hidden_tests";
		return { state, calls, message, line, phase, text: message ?? `${test?.id ?? "test"} failed` };
	});
	if (rows.length === 0) return judgement("judge_error", "no_tests", "load", "the task has no tests");
	const broken = rows.find(
		(row) => row.calls === 0 && (row.state === "raised" || row.state === "passed" || row.state === "failed"),
	);
	if (broken) {
		const cause = broken.state === "passed" ? "no_tests" : "bad_test";
		return judgement("judge_error", cause, broken.phase, broken.message ?? "a test never called the candidate");
	}
	const error = rows.find((row) => row.state === "error");
	if (error) return reportedError(tester.e, error.phase);
	const failed = rows.find((row) => row.state === "failed" || row.state === "raised");
	if (failed) {
		return judgement(
			"wrong_answer",
			failed.state === "failed" ? "assertion" : "test_raised",
			failed.phase,
			failed.text,
		);
	}
	const skipped = rows.find((row) => row.state === "not_run");
	return skipped ? judgement("judge_error", "infra", skipped.phase, "a test was not run and nothing says why") : null;
}

const SYNTAX = new Set([
	"SyntaxError",
	"IndentationError",
	"TabError",
	"ValueError",
	"UnicodeDecodeError",
	"UnicodeEncodeError",
]);
const ENOSPC = 28;
const EDQUOT = 122;
const EAGAIN = 11;

function reportedError(error: ErrorReport | null, phase: Phase): Judgement {
	const kind = error?.t ?? "unknown error";
	const text = error?.e ? `${kind}: ${error.e}` : kind;
	const line = error?.l ?? null;
	const failure = (cause: Cause, message = text): Judgement => judgement("runtime_error", cause, phase, message, line);
	if (kind === "MemoryError") return judgement("memory_limit_exceeded", "address_space", phase, text, line);
	if (kind === "no_entry_point") return failure("no_entry_point", `${error?.e ?? "the entry point"} is not defined`);
	if (kind === "ModuleNotFoundError") return failure("missing_dependency");
	if (kind === "SystemExit") return failure("exited_early");
	if (kind === "OSError" && (error?.n === ENOSPC || error?.n === EDQUOT)) return failure("disk");
	if ((kind === "BlockingIOError" && error?.n === EAGAIN) || /can't start new thread/.test(error?.e ?? "")) {
		return failure("processes");
	}
	return failure("exception");
}

function judgement(
	status: Status,
	cause: Cause | null,
	phase: Phase,
	message: string | null = null,
	line: number | null | undefined = null,
): Judgement {
	return { status, cause, phase, message, line: line ?? null };
}

export function testResultsOf(report: JudgeReport, suite: JudgeSuite): TestResult[] {
	const rows = report.kind === "judged" ? report.tester.tests : [];
	return suite.tests.map((test, index) => {
		const [state = "not_run", asserts = 0, calls = 0, ms = 0, message = null, line = null] = rows[index] ?? [];
		return {
			id: test.id,
			visibility: test.visibility,
			status: state === "raised" ? "failed" : state,
			message: test.visibility === "public" ? message : null,
			line,
			assertsReached: asserts,
			calls,
			wallTimeMs: state === "not_run" ? null : ms,
		};
	});
}

/** Phases that the judge went through, with those that it did not reach as skipped. */
export function phaseResultsOf(report: JudgeReport, suite: JudgeSuite): PhaseResult[] {
	const zygote = report.kind === "judged" ? report.zygote : null;
	const reached = report.kind === "judged" ? report.tester.ph : [];
	const compiled = zygote !== null && zygote.compile === undefined;
	const phases: PhaseResult[] = [
		{ phase: "extract", result: "passed", wallTimeMs: 0 },
		{ phase: "compile", result: compiled ? "passed" : "failed", wallTimeMs: zygote?.compileMs ?? 0 },
	];
	let stopped = !compiled;
	for (const phase of ["load", "public_tests", "hidden_tests"] as const) {
		const row = reached.find(([name]) => name === phase);
		const applies = phase === "load" || suite.tests.some((test) => phase.startsWith(test.visibility));
		if (!applies) continue;
		if (row && compiled) phases.push({ phase, result: row[1], wallTimeMs: row[2] });
		else phases.push({ phase, result: stopped ? "skipped" : "failed", wallTimeMs: 0 });
		stopped ||= row === undefined || row[1] === "failed";
	}
	return phases;
}
