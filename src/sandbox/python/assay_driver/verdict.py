"""One status from what the judge's two trusted sides saw. The same rules as the workbench's, held equal by tests."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from .specification import Suite

SYNTAX = {
    "SyntaxError",
    "IndentationError",
    "TabError",
    "ValueError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
}
ENOSPC, EDQUOT, EAGAIN = 28, 122, 11


@dataclass(frozen=True)
class Verdict:
    status: str
    cause: Optional[str]
    phase: str
    passed: int
    total: int


def verdict_of(tester: dict[str, Any], zygote: dict[str, Any], suite: Suite) -> Verdict:
    status, cause, phase = _judgement(tester, zygote, suite)
    return Verdict(status, cause, phase, sum(row[0] == "passed" for row in tester["tests"]), len(suite.tests))


def verdict_without_run(status: str, cause: str, phase: str, suite: Suite) -> Verdict:
    return Verdict(status, cause, phase, 0, len(suite.tests))


Judgement = tuple[str, Optional[str], str]


def _judgement(tester: dict[str, Any], zygote: dict[str, Any], suite: Suite) -> Judgement:
    compiled = zygote.get("compile")
    if compiled:
        return "compile_error", "syntax" if compiled["t"] in SYNTAX else "compiler_limit", "compile"
    outcome, phase, error = tester["o"], tester["phase"], tester.get("e")
    if outcome == "bad_test":
        return "judge_error", "bad_test", phase
    if not tester["boxed"]:
        return "judge_error", "sandbox_setup", "load"
    problem = _problem_of_tests(tester, suite) if outcome == "done" else None
    if problem is not None and problem[0] == "judge_error":
        return problem
    if zygote.get("swollen"):
        return "memory_limit_exceeded", "total_memory", phase
    if error and error.get("t") == "MemoryError":
        return "memory_limit_exceeded", "address_space", phase
    if zygote.get("late"):
        return "time_limit_exceeded", zygote["late"], phase
    if zygote.get("over"):
        return "output_limit_exceeded", None, phase
    if outcome == "done":
        return problem or ("accepted", None, phase)
    if outcome == "timeout":
        return "time_limit_exceeded", "wall", phase
    if outcome == "protocol":
        return "runtime_error", "protocol", phase
    if outcome == "setup_raised":
        return "runtime_error", "exception", phase
    if outcome == "load_error":
        return _reported_error(error, phase)
    if zygote.get("livedOn"):
        return "runtime_error", "protocol", phase
    return "runtime_error", "crashed" if zygote.get("sig") else "exited_early", phase


def _problem_of_tests(tester: dict[str, Any], suite: Suite) -> Optional[Judgement]:
    """The worst of the tests; None when every test passed and talked to the candidate."""
    rows = [
        (row[0], row[2], "public_tests" if test["visibility"] == "public" else "hidden_tests")
        for row, test in zip(tester["tests"], suite.tests)
    ]
    if not rows:
        return "judge_error", "no_tests", "load"
    for state, calls, phase in rows:
        if calls == 0 and state in ("raised", "passed", "failed"):
            return "judge_error", "no_tests" if state == "passed" else "bad_test", phase
    for state, _, phase in rows:
        if state == "error":
            return _reported_error(tester.get("e"), phase)
    for state, _, phase in rows:
        if state in ("failed", "raised"):
            return "wrong_answer", "assertion" if state == "failed" else "test_raised", phase
    for state, _, phase in rows:
        if state == "not_run":
            return "judge_error", "infra", phase
    return None


def _reported_error(error: Optional[dict[str, Any]], phase: str) -> Judgement:
    error = error or {}
    kind, number = error.get("t", "unknown error"), error.get("n")
    if kind == "MemoryError":
        return "memory_limit_exceeded", "address_space", phase
    named = {"no_entry_point": "no_entry_point", "ModuleNotFoundError": "missing_dependency", "SystemExit": "exited_early"}
    if kind in named:
        return "runtime_error", named[kind], phase
    if kind == "OSError" and number in (ENOSPC, EDQUOT):
        return "runtime_error", "disk", phase
    if (kind == "BlockingIOError" and number == EAGAIN) or "can't start new thread" in error.get("e", ""):
        return "runtime_error", "processes", phase
    return "runtime_error", "exception", phase
