"""Runs the tests of a repository task and reports each one. Started inside the sandbox, in the repository's folder.

fd 3: the job as JSON. fd 4: the report as JSON, written by this process alone. The tests run in a child that shares its
process with the candidate's code, so the child's rows are claims: a must-fail canary, the list of required ids and the
child's exit have to agree with them.
"""
from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import unittest
from typing import Any

ROWS = 200_000
TEXT = 500


def main() -> None:
    with os.fdopen(3, "r", encoding="utf-8") as file:
        job = json.load(file)
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        os.close(4)
        code = 70
        try:
            cpu = int(job["cpu"]) + 1
            resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
            resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            code = run_tests(job, write_end)
        finally:
            os._exit(code)
    os.close(write_end)
    rows, size = [], 0
    with os.fdopen(read_end, "rb") as pipe:
        for line in pipe:
            size += len(line)
            if size > 16 << 20 or len(rows) >= ROWS:
                break
            rows.append(line.decode("utf-8", "replace"))
    _, status, usage = os.wait4(pid, 0)
    report = {
        "rows": rows,
        "rc": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "sig": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "cpu": usage.ru_utime + usage.ru_stime,
        "rss": usage.ru_maxrss * 1024,
    }
    with os.fdopen(4, "w", encoding="utf-8") as file:
        json.dump(report, file)


def run_tests(job: dict, out: int) -> int:
    nonce = job.pop("nonce")

    def tell(test: str, status: str, message: str = "") -> None:
        row = json.dumps({"nonce": nonce, "id": test[:300], "status": status, "message": message[-TEXT:]})
        data = (row + "\n").encode()
        while data:
            data = data[os.write(out, data) :]

    sys.path.insert(0, os.getcwd())
    if job["runner"] == "pytest":
        return run_pytest(job, tell)
    result = unittest.TestResult()
    for name, reporter in _unittest_reporters(tell).items():
        setattr(result, name, reporter.__get__(result))
    suite = unittest.TestSuite([canary_test(job["canary"])])
    for module in job["modules"]:
        try:
            suite.addTests(load(module))
        except BaseException as error:
            tell(module, "error", f"{type(error).__name__}: {error}")
            if isinstance(error, (SystemExit, KeyboardInterrupt)):
                return 3
    suite.run(result)
    return 0


def load(name: str) -> list:
    """unittest's tests of a module, and its plain `test_*` functions as pytest would run them."""
    tests: list = list(unittest.defaultTestLoader.loadTestsFromName(name))
    module = importlib.import_module(name)
    for key, value in sorted(vars(module).items()):
        if key.startswith("test_") and callable(value) and getattr(value, "__module__", None) == module.__name__:
            tests.append(NamedFunction(f"{name}.{key}", value))
    return tests


class NamedFunction(unittest.FunctionTestCase):
    def __init__(self, name: str, function: Any) -> None:
        super().__init__(function)
        self._name = name

    def id(self) -> str:
        return self._name


def canary_test(name: str) -> unittest.TestCase:
    def fail() -> None:
        raise AssertionError("must fail")

    return NamedFunction(name, fail)


def _unittest_reporters(tell: Any) -> dict:
    def text(error: tuple) -> str:
        return f"{error[0].__name__}: {error[1]}"

    return {
        "addSuccess": lambda self, test: tell(test.id(), "passed"),
        "addFailure": lambda self, test, error: tell(test.id(), "failed", text(error)),
        "addError": lambda self, test, error: tell(test.id(), "error", text(error)),
        "addSkip": lambda self, test, reason: tell(test.id(), "skipped", str(reason)),
        "addExpectedFailure": lambda self, test, error: tell(test.id(), "passed"),
        "addUnexpectedSuccess": lambda self, test: tell(test.id(), "failed", "unexpected success"),
        "addSubTest": lambda self, test, subtest, error: error and tell(test.id(), "failed", text(error)),
    }


def run_pytest(job: dict, tell: Any) -> int:
    sys.path.append("/usr/lib/python3/dist-packages")
    try:
        import pytest
    except ImportError:
        tell("pytest", "missing", "pytest is not installed")
        return 5

    class Reporter:
        def pytest_runtest_logreport(self, report: Any) -> None:
            name = report.nodeid.replace(".py::", ".").replace("/", ".").replace("::", ".")
            if report.when == "call" or report.outcome != "passed":
                status = "error" if report.when != "call" and report.outcome == "failed" else report.outcome
                tell(name, status, str(report.longrepr or ""))

    files = [module.replace(".", "/") + ".py" for module in job["modules"]]
    with open("/tmp/assay_canary_test.py", "w", encoding="utf-8") as file:
        file.write(f"def {job['canary']}():\n    raise AssertionError('must fail')\n")
    options = ["-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", os.getcwd(), "-o", "addopts="]
    pytest.main([*options, "/tmp/assay_canary_test.py", *files], plugins=[Reporter()])
    return 0


if __name__ == "__main__":
    main()
