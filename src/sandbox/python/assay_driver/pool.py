"""Several judge processes behind one call."""
from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Optional

from .specification import LaunchSpecification, Suite
from .verdict import Verdict, verdict_of, verdict_without_run
from .worker import Worker, WorkerDied

#: Starts without a verdict between them before the machine is declared unfit.
SPARE_STARTS = 200
CANARY_TEST = {"id": "canary", "visibility": "hidden", "kind": "program", "code": 'assert probe() == "leaked"', "check": None}


class JudgeUnfit(Exception):
    """This machine cannot judge; nothing may be scored."""


@dataclass(frozen=True)
class Job:
    code: str
    suite: Suite


class JudgePool:
    """
    Judges in the tier that is asked for, or in the best that keeps its promises: in bubblewrap every canary must hold,
    without it at least those about right verdicts. Raises JudgeUnfit where none does.
    """

    def __init__(self, specification: LaunchSpecification, tier: Optional[str] = None, workers: Optional[int] = None) -> None:
        self._specification = specification
        self._size = workers or len(os.sched_getaffinity(0)) + 1
        self._python = os.path.realpath(sys.executable)
        self._prefix = os.path.realpath(sys.base_prefix)
        self._idle: list[Worker] = []
        self._lock = threading.Lock()
        self._starts = 0
        self._threads = ThreadPoolExecutor(self._size, thread_name_prefix="judge")
        problems: list[str] = []
        for candidate in [tier] if tier else ["bwrap", "rlimit"]:
            if candidate == "bwrap" and shutil.which("bwrap") is None:
                problems.append("bubblewrap is not installed")
                continue
            self.tier = candidate
            failed = self._failed_canaries()
            if not failed or (candidate == "rlimit" and "judge" not in failed.values()):
                self.lacks = sorted(set(failed.values()))
                return
            problems.append(f"{candidate}: {', '.join(failed)}")
            self._close_workers()
        self.close()
        raise JudgeUnfit("; ".join(problems))

    def judge(self, jobs: Sequence[Job], gate: bool = True) -> list[Verdict]:
        """Verdicts in the order of `jobs`. `gate`: hidden tests run only when the public ones passed."""
        return list(self._threads.map(lambda job: self._one(job, gate), jobs))

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        self._close_workers()

    def __enter__(self) -> "JudgePool":
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def _one(self, job: Job, gate: bool) -> Verdict:
        size = len(job.code.encode("utf-8", "surrogatepass"))
        if size > self._specification.source_cap_bytes:
            return verdict_without_run("compile_error", "too_large", "compile", job.suite)
        # A worker that dies is replaced; the candidate that it died on is tried once more and is then to blame.
        for _ in range(2):
            worker = self._take()
            try:
                tester, zygote = worker.judge(job.code, job.suite, gate)
            except WorkerDied:
                worker.close()
                continue
            self._starts = 0
            self._give_back(worker)
            return verdict_of(tester, zygote, job.suite)
        return verdict_without_run("runtime_error", "crashed", "compile", job.suite)

    def _take(self) -> Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            self._starts += 1
            if self._starts > self._size + SPARE_STARTS:
                raise JudgeUnfit("judge processes keep dying")
        try:
            return Worker(self.tier, self._specification, self._python, self._prefix)
        except (WorkerDied, OSError) as problem:
            raise JudgeUnfit(f"the judge did not start: {problem}") from problem

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            self._idle.append(worker)

    def _close_workers(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _failed_canaries(self) -> dict[str, str]:
        """Names of the canaries that did not do as they must, with what each takes away."""
        limits = self._specification.canary_limits
        suite = Suite("canary", "probe", "canary", "", False, False, (CANARY_TEST,), limits)
        canaries = self._specification.canaries
        try:
            verdicts = self.judge([Job(canary.code, suite) for canary in canaries])
        except JudgeUnfit as problem:
            return {str(problem): "judge"}
        return {
            canary.name: canary.promise
            for canary, verdict in zip(canaries, verdicts)
            if _outcome(verdict) != canary.expected
        }


def _outcome(verdict: Verdict) -> str:
    if verdict.status == "judge_error":
        return "broken"
    return {"accepted": "accepted", "time_limit_exceeded": "late"}.get(verdict.status, "refused")
