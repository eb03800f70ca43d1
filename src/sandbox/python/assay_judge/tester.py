"""Holds the tests and runs them against a remote candidate. Never executes candidate code."""
from __future__ import annotations

import os
import signal
import socket
import time
from dataclasses import dataclass
from typing import Any, Optional

from .assertions import REACHED, CompiledTest, failed_line, failed_values
from .call_test import run_call_test, show
from .protocol import BOXED, EXECUTE
from .proxies import entry_point, lookup
from .raised import CandidateRaised, Died, Misforeseen, Protocol, Stop, TimedOut, clean_report
from .session import Session
from .suite import AMBIENT, Suite, load_suite
from .wire import FrameReader, from_json, write_json

JOB_CAP = 256 << 20


@dataclass
class Outcome:
    """`state`: passed, failed (the test rejected a value), raised (the test choked on one), error (the candidate
    raised), not_run."""

    state: str
    asserts: int = 0
    calls: int = 0
    ms: float = 0.0
    message: Optional[str] = None
    line: Optional[int] = None

    def row(self) -> list:
        return [self.state, self.asserts, self.calls, round(self.ms, 3), self.message, self.line]


class Tester:
    def __init__(self, jobs: int, reports: int, zygote: socket.socket) -> None:
        self._jobs = FrameReader(jobs, JOB_CAP)
        self._reports = reports
        self._zygote = zygote
        self._suite: Optional[Suite] = None

    def run(self) -> None:
        signal.signal(signal.SIGALRM, _on_alarm)
        signal.signal(signal.SIGPROF, _on_alarm)
        write_json(self._reports, {"ready": "T"})
        while True:
            try:
                job = from_json(self._jobs.read().decode())
            except EOFError:
                return
            if self._suite is None or self._suite.key != job["suite"]:
                self._suite = load_suite(job)
            _, descriptors, _, _ = socket.recv_fds(self._zygote, 16, 1)
            report = self._judge(job, self._suite, descriptors[0])
            os.close(descriptors[0])
            self._zygote.send(b"x" if report["o"] == "died" else b"d")
            write_json(self._reports, report)

    def _judge(self, job: dict, suite: Suite, channel: int) -> dict:
        started = time.monotonic()
        run = _Run(job, suite, Session(channel, job["classy"], suite.stop_iteration_expected), self._reports)
        outcome, message = "done", None
        signal.setitimer(signal.ITIMER_REAL, 10 * job["guard"] + 2)  # the zygote's guard comes first
        signal.setitimer(signal.ITIMER_PROF, job["cpu"] + 2)  # a test that chokes on a huge value
        try:
            if suite.problem:
                outcome, message = "bad_test", suite.problem
            else:
                run.start()
                run.all_tests()
        except CandidateRaised as error:
            outcome, run.error = "load_error", error.report
        except Died:
            outcome = "died"
        except TimedOut:
            outcome = "timeout"
        except Protocol as error:
            outcome, message = "protocol", str(error)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            # Names that the candidate defines may have made the set-up fail; without them it is the task's fault.
            outcome = "setup_raised" if suite.free_names else "bad_test"
            message = f"{type(error).__name__}: {str(error)[:200]}"
        except Misforeseen:
            outcome, message = "bad_test", "the test made a call that its source did not show"
            suite.plans = {}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)
        return {
            "id": job["id"],
            "who": "T",
            "o": outcome,
            "m": message,
            "e": run.error,
            "boxed": run.boxed,
            "phase": run.phase,
            "ph": run.phases,
            "tests": [result.row() for result in run.results],
            "ms": (time.monotonic() - started) * 1e3,
        }


def _on_alarm(*_: Any) -> None:
    raise TimedOut


class _Run:
    def __init__(self, job: dict, suite: Suite, session: Session, reports: int) -> None:
        self.job, self.suite, self.session, self.reports = job, suite, session, reports
        self.phase, self.boxed = "load", False
        self.phases: list = []
        self.error: Optional[dict] = None
        if suite.observation:
            suite.observation.start()
        self.results = [Outcome("not_run") for _ in suite.tests]
        self._since = time.monotonic()
        self._globals: dict = {}

    def _end_phase(self, result: str) -> None:
        now = time.monotonic()
        self.phases.append([self.phase, result, round((now - self._since) * 1e3, 3)])
        self._since = now
        if self.job["live"]:
            write_json(self.reports, {"id": self.job["id"], "who": "P", "ph": self.phases[-1]})

    def start(self) -> None:
        session = self.session
        if session.read_raw() != BOXED:
            raise Died
        self.boxed = True
        reply = session.read()
        if "load" in reply:
            self._end_phase("failed")
            error = CandidateRaised()
            error.report = clean_report(reply["load"])
            raise error
        if "ready" not in reply:
            raise Protocol("bad kind")
        self._end_phase("passed")

    def _namespace(self) -> dict:
        """Fresh for each candidate: a test that changes a module-level value must not be seen by the next one."""
        names: dict = dict(AMBIENT, __name__="test")
        counter = [0]

        def reached() -> None:
            counter[0] += 1

        names[REACHED] = reached
        self._counter = counter
        for name in self.suite.free_names:
            try:
                names[name] = lookup(self.session, name)
            except CandidateRaised as error:
                error.report.update(t="no_entry_point", e=name)
                raise
        if self.suite.prelude:
            exec(self.suite.prelude.code, names)
        return names

    def all_tests(self) -> None:
        entry = self.job["entry"]
        self.phase = "public_tests"
        self._globals = self._namespace()
        self._globals[entry] = entry_point(self.session, entry)
        for phase, visibility in (("public_tests", "public"), ("hidden_tests", "hidden")):
            self.phase = phase
            chosen = [i for i, (test, _) in enumerate(self.suite.tests) if test["visibility"] == visibility]
            if not chosen:
                continue
            plan = self.suite.plans.get(visibility)
            if plan:
                self.session.send_ahead(plan)
            for index in chosen:
                self.results[index] = self._one(*self.suite.tests[index])
            failed = any(self.results[index].state != "passed" for index in chosen)
            self._end_phase("failed" if failed else "passed")
            if failed and self.job["gate"] and visibility == "public":
                break

    def _one(self, test: dict, compiled: Optional[CompiledTest]) -> Outcome:
        outcome = Outcome("passed")
        began, calls = time.monotonic(), self.session.calls
        self._counter[0] = 0
        public = test["visibility"] == "public"
        try:
            if self.job["inGuest"]:
                self._in_guest(test)
            elif self.suite.observation:
                self.suite.observation.observe(self._globals[self.job["entry"]])
            elif compiled is None:
                run_call_test(test, self._globals[self.job["entry"]])
            else:
                names = dict(self._globals)
                exec(compiled.code, names)
                if test["check"]:
                    names[test["check"]](self._globals[self.job["entry"]])
        except CandidateRaised as error:
            outcome.state = "error"
            if self.error is None:
                self.error = error.report
            if public:
                outcome.message = f"{error.report.get('t', '')}: {error.report.get('e', '')}"
            outcome.line = failed_line(error, "test")
        except AssertionError as error:
            outcome.state = "failed"
            outcome.line = failed_line(error, "test")
            if public:
                outcome.message = _explain(error)
        except Stop as stop:
            outcome.state = "error"
            if public:
                outcome.message = type(stop).__name__
            raise
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            outcome.state = "raised"
            outcome.line = failed_line(error, "test")
            if public or self.session.calls == calls and not self.suite.free_names:
                outcome.message = f"{type(error).__name__}: {_text_of(error)[:200]}"
        finally:
            outcome.ms = (time.monotonic() - began) * 1e3
            # A test that uses a name of the candidate's depends on it even if it never gets to a call.
            outcome.calls = self.session.calls - calls + (1 if self.suite.free_names else 0)
            outcome.asserts = self._counter[0]
            if self.suite.observation:
                outcome.message = self.suite.observation.text()
            if outcome.state == "error":
                self.results[self.suite.tests.index((test, compiled))] = outcome
        return outcome

    def _in_guest(self, test: dict) -> None:
        """The weaker way: the test's source goes to the candidate's process, which reports how it went."""
        args = (self.suite.prelude_source, test["code"], test["check"], self.job["entry"])
        answer = self.session.request(EXECUTE, 0, None, args)
        if type(answer) is not list or len(answer) != 2 or answer[0] not in ("passed", "failed"):
            raise Protocol("bad test report")
        if answer[0] == "failed":
            raise AssertionError(str(answer[1])[:300])


def _explain(error: AssertionError) -> str:
    values = failed_values(error, "test")
    if values is not None:
        return f"got {show(values[0])}, expected {show(values[1])}"
    return _text_of(error)[:300] or "assertion failed"


def _text_of(error: BaseException) -> str:
    """An exception of the test may hold objects of the candidate, whose texts are the candidate's."""
    try:
        return str(error)
    except Exception as other:
        return f"<{type(other).__name__}>"
