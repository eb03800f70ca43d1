import { describe, expect, test } from "vitest";
import type { Status } from "../../../src/domain/verdict.js";
import type {
	ErrorReport,
	JudgeReport,
	JudgeSuite,
	TesterReport,
	ZygoteReport,
} from "../../../src/sandbox/judge-protocol.js";
import { judgementOf, phaseResultsOf, testResultsOf } from "../../../src/verify/verdict-of-report.js";

type Row = TesterReport["tests"][number];

const suite: JudgeSuite = {
	key: "k",
	prelude: "",
	classy: false,
	inGuest: false,
	tests: [
		{ id: "p", visibility: "public", kind: "program", code: "", check: null },
		{ id: "h", visibility: "hidden", kind: "program", code: "", check: null },
	],
};
const PASSED: Row = ["passed", 1, 1, 1, null, null];
const report = (tester: Partial<TesterReport>, zygote: Partial<ZygoteReport> = {}): JudgeReport => ({
	kind: "judged",
	retries: 0,
	tester: {
		id: 1,
		who: "T",
		o: "done",
		m: null,
		e: null,
		boxed: true,
		phase: "hidden_tests",
		ph: [],
		tests: [PASSED, PASSED],
		ms: 1,
		...tester,
	},
	zygote: { id: 1, who: "Z", ...zygote },
});
const status = (given: JudgeReport): Status => judgementOf(given, suite).status;

describe("one status from what both trusted sides saw", () => {
	test("everything passed and nothing else was seen: accepted", () => {
		expect(status(report({}))).toBe("accepted");
	});

	test("several hold: the first in the order of precedence stands", () => {
		const steps: [Partial<TesterReport>, Partial<ZygoteReport>, Status][] = [
			[{}, {}, "accepted"],
			[{ tests: [["failed", 1, 1, 1, null, null], PASSED] }, {}, "wrong_answer"],
			[{ tests: [["error", 1, 1, 1, null, null], PASSED], e: { t: "ValueError" } }, {}, "runtime_error"],
			[{}, { over: true }, "output_limit_exceeded"],
			[{}, { late: "cpu" }, "time_limit_exceeded"],
			[{}, { swollen: true }, "memory_limit_exceeded"],
			[{}, { compile: { t: "SyntaxError", m: "", l: 1 } }, "compile_error"],
		];
		let tester: Partial<TesterReport> = {};
		let zygote: Partial<ZygoteReport> = {};
		for (const [more, seen, expected] of steps) {
			tester = { ...tester, ...more };
			zygote = { ...zygote, ...seen };
			expect(status(report(tester, zygote))).toBe(expected);
		}
	});

	test("no limit hides trouble of the judge", () => {
		const zygote = { over: true, late: "cpu", swollen: true } as const;
		expect(status(report({ o: "bad_test" }, zygote))).toBe("judge_error");
		expect(status(report({ boxed: false, o: "died" }, zygote))).toBe("judge_error");
		expect(status(report({ tests: [["passed", 1, 0, 1, null, null], PASSED] }))).toBe("judge_error");
		expect(status(report({ tests: [] }))).toBe("judge_error");
	});

	const names = [
		"judge_error",
		"accepted",
		"bad_test",
		"no_tests",
		"infra",
		"MemoryError",
		"SystemExit",
		"no_entry_point",
		"OSError",
		"",
		"AssertionError",
		"Died",
		"TimedOut",
	];
	test.each(names)("a candidate that reports %o chooses only between failures", (name) => {
		const errors: ErrorReport[] = [
			{ t: name },
			{ t: name, e: name, n: 28, l: 1, mod: name },
			{ t: name, e: "can't start new thread" },
		];
		for (const e of errors) {
			for (const given of [
				report({ o: "load_error", e, phase: "load", tests: [] }),
				report({ e, tests: [["error", 0, 1, 1, null, null], PASSED] }),
				report({ e, o: "died" }),
				report({ e, o: "protocol" }),
			]) {
				expect(["runtime_error", "memory_limit_exceeded"]).toContain(status(given));
			}
		}
	});

	test.each([
		[{ o: "died" }, { sig: 9 }, "crashed"],
		[{ o: "died" }, { rc: 0 }, "exited_early"],
		[{ o: "died" }, { rc: 0, livedOn: true }, "protocol"],
		[{ o: "protocol" }, {}, "protocol"],
		[{ o: "load_error", e: { t: "ModuleNotFoundError" } }, {}, "missing_dependency"],
		[{ o: "load_error", e: { t: "OSError", n: 28 } }, {}, "disk"],
		[{ o: "load_error", e: { t: "BlockingIOError", n: 11 } }, {}, "processes"],
	] as [Partial<TesterReport>, Partial<ZygoteReport>, string][])(
		"%o with %o is a runtime error by %s",
		(tester, zygote, cause) => {
			expect(judgementOf(report(tester, zygote), suite)).toMatchObject({ status: "runtime_error", cause });
		},
	);
});

test("messages of hidden tests are left out, whatever the tester said", () => {
	const rows: Row[] = [
		["failed", 1, 1, 1, "got 1, expected 2", 3],
		["raised", 1, 1, 1, "secret", 4],
	];
	expect(testResultsOf(report({ tests: rows }), suite)).toMatchObject([
		{ status: "failed", message: "got 1, expected 2", line: 3 },
		{ status: "failed", message: null, line: 4 },
	]);
});

test("phases that were not reached are skipped after the one that failed", () => {
	const phases = (given: JudgeReport): string[] =>
		phaseResultsOf(given, suite).map(({ phase, result }) => `${phase} ${result}`);
	expect(
		phases(
			report({
				ph: [
					["load", "passed", 1],
					["public_tests", "failed", 1],
				],
			}),
		),
	).toEqual(["extract passed", "compile passed", "load passed", "public_tests failed", "hidden_tests skipped"]);
	expect(phases(report({ ph: [] }, { compile: { t: "SyntaxError", m: "", l: 1 } }))).toContain("compile failed");
	expect(phases(report({ ph: [["load", "passed", 1]] }))).toContain("public_tests failed");
});
