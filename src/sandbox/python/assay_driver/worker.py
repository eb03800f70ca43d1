"""One judge process, one candidate at a time."""
from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Optional

from .specification import LaunchSpecification, Suite

NOBODY = 65534
#: The judge gives its own descriptors numbers around 100, so what it inherits lies above.
FIRST_DESCRIPTOR = 200
START_SECONDS = 30.0
#: What a judge's process says on standard error, kept for its last words.
LAST_WORDS = 2000
JUDGE = Path(__file__).parent.parent


class WorkerDied(Exception):
    """The judge's process ended, or did not answer within every limit that a candidate could have."""


class Worker:
    def __init__(self, tier: str, specification: LaunchSpecification, python: str, prefix: str) -> None:
        self._last_suite = ""
        self._job = 0
        self._buffers: dict[int, bytearray] = {}
        self._errors = b""
        zygote_jobs, self._zygote_jobs = _channel(inherited_reads=True)
        self._zygote_reports, zygote_reports = _channel(inherited_reads=False)
        tester_jobs, self._tester_jobs = _channel(inherited_reads=True)
        self._tester_reports, tester_reports = _channel(inherited_reads=False)
        errors_read, errors_write = os.pipe()
        os.set_blocking(errors_read, False)
        self._errors_read = errors_read
        options = [
            f"tier={tier}",
            f"processes={specification.processes}",
            f"channels={tester_jobs},{tester_reports}",
        ]
        seccomp = specification.seccomp.get(os.uname().machine) if sys.platform == "linux" else None
        if seccomp:
            options.append(f"seccomp={seccomp}")
        sources: list[int] = []
        arguments = [python, *specification.python_flags]
        if tier == "bwrap":
            before, sources = _bubblewrap(specification, prefix)
            arguments = [*before, *arguments, "/judge", *options]
        else:
            arguments = [*arguments, str(JUDGE), *options]
        steps_down = tier == "bwrap" and os.geteuid() == 0
        try:
            self._process = subprocess.Popen(
                arguments,
                stdin=zygote_jobs,
                stdout=zygote_reports,
                stderr=errors_write,
                pass_fds=(tester_jobs, tester_reports, *sources),
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")} if tier == "bwrap" else specification.environment,
                cwd="/",
                start_new_session=True,
                # bwrap started by root would keep the host's root inside.
                **({"user": NOBODY, "group": NOBODY, "extra_groups": []} if steps_down else {}),
            )
        finally:
            for descriptor in (zygote_jobs, zygote_reports, tester_jobs, tester_reports, errors_write, *sources):
                os.close(descriptor)
        deadline = time.monotonic() + START_SECONDS
        ready = 0
        while ready < 2:
            ready += sum("ready" in message for message in self._messages(deadline))

    def judge(self, code: str, suite: Suite, gate: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        """What tester and zygote report. Raises WorkerDied; the worker is of no use then."""
        self._job += 1
        cpu = suite.limits["cpuTimeMs"] / 1000
        guard = 2 * cpu + 1
        common = {"id": self._job, "entry": suite.entry_point, "cpu": cpu, "guard": guard}
        limits = {name: suite.limits[f"{name}Bytes"] for name in ("memory", "output", "disk")}
        tests = {} if self._last_suite == suite.key else {"prelude": suite.prelude, "tests": suite.tests}
        self._last_suite = suite.key
        flags = {"classy": suite.classy, "inGuest": suite.in_guest, "gate": gate, "live": False}
        self._send(self._zygote_jobs, {**common, **limits, "code": code, "processes": suite.limits["processes"]})
        self._send(self._tester_jobs, {**common, **flags, **tests, "suite": suite.key})
        deadline = time.monotonic() + 10 * guard + 10
        found: dict[str, dict[str, Any]] = {}
        while len(found) < 2:
            for message in self._messages(deadline):
                if message.get("id") == self._job and message.get("who") in ("T", "Z"):
                    found[message["who"]] = message
        return found["T"], found["Z"]

    def close(self) -> None:
        """Returns when the process and all that it started are gone."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        for descriptor in (
            self._zygote_jobs,
            self._zygote_reports,
            self._tester_jobs,
            self._tester_reports,
            self._errors_read,
        ):
            os.close(descriptor)

    def _send(self, descriptor: int, value: dict[str, Any]) -> None:
        # A lone surrogate of a candidate goes as the escape that JSON has for it.
        payload = json.dumps(value, separators=(",", ":")).encode()
        view = memoryview(struct.pack("<I", len(payload)) + payload)
        try:
            while view:
                view = view[os.write(descriptor, view) :]
        except BrokenPipeError:
            raise WorkerDied(self._last_words()) from None

    def _messages(self, deadline: float) -> list[dict[str, Any]]:
        """Whatever is there, waiting for it until `deadline`."""
        descriptors = (self._zygote_reports, self._tester_reports)
        readable, _, _ = select.select(descriptors, [], [], max(0.0, deadline - time.monotonic()))
        if not readable:
            raise WorkerDied("no answer within every limit")
        messages: list[dict[str, Any]] = []
        for descriptor in readable:
            chunk = os.read(descriptor, 1 << 16)
            if not chunk:
                raise WorkerDied(self._last_words())
            buffer = self._buffers.setdefault(descriptor, bytearray())
            buffer += chunk
            while len(buffer) >= 4:
                (size,) = struct.unpack_from("<I", buffer)
                if len(buffer) < 4 + size:
                    break
                messages.append(json.loads(buffer[4 : 4 + size]))
                del buffer[: 4 + size]
        return messages

    def _last_words(self) -> str:
        try:
            while chunk := os.read(self._errors_read, 1 << 16):
                self._errors = (self._errors + chunk)[-LAST_WORDS:]
        except BlockingIOError:
            pass
        return f"the judge's process ended: {self._errors.decode(errors='replace').strip()}"


def _channel(inherited_reads: bool) -> tuple[int, int]:
    """A pipe as (read, write); the end that the judge inherits has a number that it does not use itself."""
    read, write = os.pipe()
    low = read if inherited_reads else write
    high = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR)
    os.close(low)
    return (high, write) if inherited_reads else (read, high)


def _bubblewrap(specification: LaunchSpecification, prefix: str) -> tuple[list[str], list[int]]:
    """The files enter as data, so that they need not be readable for the user that the sandbox runs as."""
    outside = [] if prefix == "/usr" or prefix.startswith("/usr/") else ["--ro-bind", prefix, prefix]
    binds: list[str] = []
    sources: list[int] = []
    for path in (JUDGE / "__main__.py", *sorted((JUDGE / "assay_judge").glob("*.py"))):
        descriptor = os.open(path, os.O_RDONLY)
        sources.append(fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR))
        os.close(descriptor)
        binds += ["--ro-bind-data", str(sources[-1]), f"/judge/{path.relative_to(JUDGE)}"]
    environment = [
        part for name, value in specification.environment.items() for part in ("--setenv", name, value)
    ]
    before = specification.bubblewrap_before
    return ["bwrap", *before, *outside, *binds, *specification.bubblewrap_after, *environment], sources
