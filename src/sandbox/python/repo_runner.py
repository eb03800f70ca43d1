"""Runs the tests of a repository task and reports each one. Started inside the sandbox, in the repository's folder.

fd 3: the job as JSON. fd 4: the report as JSON, written by this process alone. The tests run in a child that shares its
process with the candidate's code, so the child's rows are claims: a must-fail canary, the list of required ids and the
child's exit have to agree with them.
"""
from __future__ import annotations

import ctypes
import importlib
import importlib.machinery
import importlib.util
import json
import os
import resource
import sys
import tempfile
import unittest
from typing import Any

ROWS = 200_000
TEXT = 500
DEBIAN_PACKAGES = "/usr/lib/python3/dist-packages"
PR_SET_DUMPABLE = 4


def main() -> None:
    package = os.path.join(os.path.dirname(os.path.abspath(__file__)), "assay_judge")
    shares_user = os.path.isdir(package)  # no namespaces: the runner's file was not bound alone into a sandbox
    if shares_user:
        sys.path.insert(0, os.path.dirname(package))
        keep_and_close_channels()
    job = read_job()
    if job["runner"] == "pytest" and not has_pytest():
        os.write(4, b"missing\n")
        return
    os.write(4, b"started\n")
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)  # closes /proc/<pid>/fd to the tests
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        os.close(4)
        code = 70
        try:
            confine(job, shares_user)
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


def read_job() -> dict:
    with os.fdopen(3, "r", encoding="utf-8") as file:
        return json.load(file)


def has_pytest() -> bool:
    sys.path.append(DEBIAN_PACKAGES)
    return importlib.util.find_spec("pytest") is not None


def keep_and_close_channels() -> None:
    """Whatever the tests start ends with the run, also when this process is killed."""
    if sys.platform == "linux":
        from assay_judge import keeper

        os.environ["TMPDIR"] = tempfile.tempdir = keeper.start_keeper((0, 1, 3, 4))


def confine(job: dict, shares_user: bool) -> None:
    cpu = int(job["cpu"]) + 1
    limits = [(resource.RLIMIT_CPU, cpu), (resource.RLIMIT_AS, job["memory"]), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, job["disk"])]
    if not shares_user:
        limits.append((resource.RLIMIT_NPROC, job["processes"] + 4))
    for kind, value in limits:
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            pass
    if not shares_user or sys.platform != "linux":
        return
    from assay_judge import confine as process, landlock, same_user

    process.no_new_privileges()
    guard = same_user.filter_for(os.getppid())
    if guard:
        process.install_seccomp(guard)
    folders = (os.getcwd(), tempfile.gettempdir())
    ruleset = landlock.prepare(landlock.version(), folders, (sys.base_prefix, DEBIAN_PACKAGES))
    if ruleset is not None:
        landlock.restrict(ruleset)


def run_tests(job: dict, out: int) -> int:
    nonce = job.pop("nonce")

    def tell(test: str, status: str, message: str = "") -> None:
        row = json.dumps({"nonce": nonce, "id": test[:300], "status": status, "message": message[-TEXT:]})
        data = (row + "\n").encode()
        while data:
            data = data[os.write(out, data) :]

    sys.path.insert(0, os.getcwd())
    sys.pycache_prefix = "/nonexistent"  # compiled files beside the sources are not of our making
    if job["runner"] == "pytest":
        run_pytest(job, tell)
        tell("run", "done")
        return 0
    result = unittest.TestResult()
    for name, reporter in _unittest_reporters(tell).items():
        setattr(result, name, reporter.__get__(result))
    suite = unittest.TestSuite([canary_test(f"{job['modules'][0]}.{job['canary']}")])
    for module in job["modules"]:
        try:
            suite.addTests(load(module))
        except BaseException as error:
            tell(module, "error", f"{type(error).__name__}: {error}")
            if isinstance(error, (SystemExit, KeyboardInterrupt)):
                return 3
    for test in each_test(suite):
        tell(test.id(), "planned")
    suite.run(result)
    tell("run", "done")
    return 0


def each_test(suite: Any) -> Any:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each_test(test)
        else:
            yield test


def load(name: str) -> list:
    """unittest's tests of a module, and its plain `test_*` functions as pytest would run them.

    From its very file: a package of the same name, or a compiled file, would come before it.
    """
    parent, _, _ = name.rpartition(".")
    if parent:
        importlib.import_module(parent)
    path = os.path.join(os.getcwd(), *name.split(".")) + ".py"
    loader = importlib.machinery.SourceFileLoader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    tests: list = list(unittest.defaultTestLoader.loadTestsFromModule(module))
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


def run_pytest(job: dict, tell: Any) -> None:
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # metadata in the repository could name plugins
    import pytest

    def name_of(node: str) -> str:
        return node.replace(".py::", ".").replace("/", ".").replace("::", ".")

    class Reporter:
        def pytest_collection_finish(self, session: Any) -> None:
            for item in session.items:
                tell(name_of(item.nodeid), "planned")

        def pytest_collectreport(self, report: Any) -> None:
            if report.failed:
                tell(name_of(report.nodeid), "error", str(report.longrepr or ""))

        def pytest_runtest_logreport(self, report: Any) -> None:
            if report.when == "call" or report.outcome != "passed":
                status = "error" if report.when != "call" and report.outcome == "failed" else report.outcome
                tell(name_of(report.nodeid), status, str(report.longrepr or ""))

    files = [module.replace(".", "/") + ".py" for module in job["modules"]]
    canary = os.path.join(tempfile.mkdtemp(), "test_more.py")
    with open(canary, "w", encoding="utf-8") as file:
        file.write(f"def {job['canary']}():\n    raise AssertionError('must fail')\n")
    options = ["-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", os.getcwd(), "-o", "addopts="]
    pytest.main([*options, "--import-mode=importlib", canary, *files], plugins=[Reporter()])


if __name__ == "__main__":
    main()
