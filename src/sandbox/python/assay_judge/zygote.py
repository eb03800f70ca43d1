"""Compiles candidates, forks a confined guest for each, watches its time, memory and output, and reaps it."""
from __future__ import annotations

import os
import random
import resource
import select
import signal
import socket
import sys
import tempfile
import time
import types
from typing import Any, NoReturn, Optional

from . import confine, guest, landlock, protocol
from .confine import Scratch
from .proc import ProcessTable
from .wire import FrameReader, from_json, write_frame, write_json

JOB_CAP = 64 << 20
KEEP = 2000  # bytes kept of the beginning and of the end of what a candidate prints
GRACE_MS = 200  # after the channel closed: time for a real exit to become visible
FIRST_LOOK_S, LOOK_EVERY_S = 0.05, 0.02


class Capture:
    """stdout and stderr of a guest: drained while it runs, counted, head and tail kept."""

    def __init__(self, fd: int, cap: int) -> None:
        os.set_blocking(fd, False)
        self.fd, self.cap = fd, cap
        self.total, self.head, self.tail = 0, b"", b""
        self.open = True

    def drain(self) -> None:
        while self.open:
            try:
                chunk = os.read(self.fd, 65536)
            except BlockingIOError:
                return
            if not chunk:
                self.open = False
                return
            self.total += len(chunk)
            room = KEEP - len(self.head)
            if room > 0:
                self.head += chunk[:room]
                chunk = chunk[room:]
            if chunk:
                self.tail = (self.tail + chunk)[-KEEP:]
            if self.over:
                return

    @property
    def over(self) -> bool:
        return self.total > self.cap

    def report(self) -> dict:
        return {"bytes": self.total, "head": self.head.decode("utf-8", "replace"), "tail": self.tail.decode("utf-8", "replace")}


class Zygote:
    def __init__(
        self,
        jobs: int,
        reports: int,
        tester: socket.socket,
        isolated: bool,
        proc: ProcessTable,
        folder: Optional[str],
        processes: int,
    ) -> None:
        self._folder = folder
        self._processes = processes
        self._counted_at, self._count = float("-inf"), 0
        self._jobs = FrameReader(jobs, JOB_CAP)
        self._reports = reports
        self._tester = tester
        self._isolated = isolated
        self._proc = proc
        self._scratch: Optional[Scratch] = None
        self._scratch_bytes = 0
        self._landlock = 0 if isolated or sys.platform != "linux" else landlock.version()
        self._module = types.ModuleType("solution")
        self._poll = select.poll()
        self._poll.register(tester.fileno(), select.POLLIN)
        self._watch: Optional[_Watch] = None
        sys.modules["solution"] = self._module
        if not isolated:
            signal.signal(signal.SIGTERM, self._on_orphaned)

    def run(self) -> None:
        write_json(self._reports, {"ready": "Z"})
        while True:
            try:
                job = from_json(self._jobs.read().decode("utf-8", "surrogatepass"))
            except EOFError:
                return
            write_json(self._reports, self._one(job))

    def _on_orphaned(self, *_: Any) -> NoReturn:
        """Our parent was killed: without a namespace nobody else ends what the guest started."""
        if self._watch:
            self._watch.abandon()
        os._exit(5)

    def _one(self, job: dict) -> dict:
        started = time.perf_counter()
        report: dict = {"id": job["id"], "who": "Z"}
        mine, theirs = socket.socketpair()
        try:
            code = compile(job["code"].removeprefix("\ufeff"), guest.SOURCE_NAME, "exec", dont_inherit=True)
        except BaseException as error:  # the tester sees a closed channel
            report["compile"] = {"t": type(error).__name__, "m": str(error)[:300], "l": getattr(error, "lineno", None)}
            theirs.close()
            self._hand_over(mine)
            self._wait_for_tester()
            return report
        report["compileMs"] = (time.perf_counter() - started) * 1e3
        folder = self._prepare(job["disk"])
        most = None if self._isolated else self._most_of_user()
        read_end, write_end = os.pipe2(os.O_CLOEXEC)
        pid = confine.clone_into_new_pid_namespace() if self._isolated else os.fork()
        if pid == 0:
            entry, limits, job = job["entry"], (job["cpu"], job["memory"], job["disk"], most), None
            self._become_guest(theirs.fileno(), write_end, limits, folder, code, entry)
        theirs.close()
        os.close(write_end)
        self._hand_over(mine)
        watch = self._watch = _Watch(self, pid, Capture(read_end, job["output"]), job)
        try:
            report.update(watch.run())
        finally:
            self._watch = None
            os.close(read_end)
            if self._scratch:
                self._scratch.renew_if_touched()
            elif folder:
                confine.discard(folder)
        report["ms"] = (time.perf_counter() - started) * 1e3
        return report

    def _prepare(self, disk_bytes: int) -> Optional[str]:
        if not self._isolated:
            return tempfile.mkdtemp(prefix="assay-guest-", dir=self._folder)
        if self._scratch is None or self._scratch_bytes != disk_bytes:
            self._scratch = Scratch(disk_bytes)
            self._scratch_bytes = disk_bytes
        return None

    def _most_of_user(self) -> int:
        """RLIMIT_NPROC counts all processes of the user, whose number is not ours to decide."""
        now = time.monotonic()
        if now - self._counted_at > 1:
            self._counted_at, self._count = now, self._proc.count_of_user()
        return self._count + self._processes + 128

    def _become_guest(
        self, channel: int, output: int, limits: tuple, folder: Optional[str], code: Any, entry: str
    ) -> NoReturn:
        # PyOS_AfterFork_Child is left out on purpose for a cloned guest: the zygote has one thread, all locks are free,
        # and the hooks would touch 60 more pages of every guest.
        try:
            os.dup2(channel, guest.CHANNEL)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.closerange(3, guest.CHANNEL)
            os.closerange(guest.CHANNEL + 1, 128)
            os.close(0)
            os.open("/dev/null", os.O_RDONLY)
            os.chdir(folder or "/tmp")
            os.setsid()  # signals and priorities of a process group would else reach the judge, in a PID namespace too
            if not self._isolated:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                ruleset = landlock.prepare(self._landlock, (folder or "/tmp",), (sys.base_prefix,))
                if ruleset is not None:
                    landlock.restrict(ruleset)
                random.seed(0)
                os.environ.clear()
                os.environ.update(PATH="/usr/bin:/bin", HOME="/nonexistent", TMPDIR=folder or "/tmp")
                tempfile.tempdir = folder
            confine.limit_guest(*limits)
            if self._isolated:
                confine.drop_capabilities()
            write_frame(guest.CHANNEL, protocol.BOXED)
            guest.run(code, entry, self._module)
        finally:
            os._exit(98)

    def _hand_over(self, channel: socket.socket) -> None:
        socket.send_fds(self._tester, [b"f"], [channel.fileno()])
        channel.close()

    def _wait_for_tester(self) -> bytes:
        done = self._tester.recv(16)
        if not done:
            os._exit(3)  # the tester is gone: a new worker must be started
        return done


class _Watch:
    """Follows one guest from its fork to its reaping."""

    def __init__(self, zygote: Zygote, pid: int, capture: Capture, job: dict) -> None:
        self._zygote, self._pid, self._capture = zygote, pid, capture
        self._proc = zygote._proc
        self._isolated = zygote._isolated
        self._cpu_limit, self._guard, self._memory = job["cpu"], job["guard"], job["memory"]
        self._pidfd = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
        self._late: Optional[str] = None
        self._swollen = False
        self._peak = 0

    def run(self) -> dict:
        done = self._until_tester_is_done()
        lived_on = done == b"x" and self._late is None and not self._swollen and not self._capture.over and not self._exits_soon()
        self._kill()
        _, status, usage = os.wait4(self._pid, 0)
        self._sweep()
        if self._pidfd >= 0:
            os.close(self._pidfd)
        if not self._capture.over:
            self._capture.drain()
        cpu = usage.ru_utime + usage.ru_stime
        rss = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return {
            "sig": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            "rc": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            "rss": max(rss, self._peak),
            "cpu": cpu,
            "over": self._capture.over,
            "late": self._late or ("cpu" if cpu > self._cpu_limit else None),
            "swollen": self._swollen,
            "livedOn": lived_on,
            "out": self._capture.report(),
        }

    def abandon(self) -> None:
        self._kill()
        self._sweep()

    def _until_tester_is_done(self) -> bytes:
        poll = self._zygote._poll
        tester = self._zygote._tester.fileno()
        poll.register(self._capture.fd, select.POLLIN)
        watching = True
        began = time.monotonic()
        look_at = began + FIRST_LOOK_S
        try:
            while True:
                stopped = self._late or self._swollen or self._capture.over
                wait = None if stopped else max(0.0, look_at - time.monotonic()) * 1e3
                events = poll.poll(wait)
                for fd, _ in events:
                    if fd == tester:
                        return self._zygote._wait_for_tester()
                    self._capture.drain()
                    if self._capture.over:
                        self._kill()
                    if watching and (self._capture.over or not self._capture.open):
                        poll.unregister(self._capture.fd)
                        watching = False
                now = time.monotonic()
                if not stopped and now >= look_at:
                    self._look(now - began)
                    look_at = now + LOOK_EVERY_S
        finally:
            if watching:
                poll.unregister(self._capture.fd)

    def _look(self, wall: float) -> None:
        """Time limits: CPU time, and the wall time the guest had for itself, without waiting for a processor."""
        members = self._proc.members(self._pid, self._isolated)
        cpu = waiting = resident = 0.0
        for member in members:
            cpu += member.cpu_s
            waiting += member.waiting_s
            resident += member.resident
        self._peak = max(self._peak, int(resident))
        if cpu > self._cpu_limit:
            self._late = "cpu"
        elif wall - waiting > self._guard or wall > 10 * self._guard:
            self._late = "wall"
        elif resident > self._memory:
            self._swollen = True
        if self._late or self._swollen:
            self._kill()

    def _exits_soon(self) -> bool:
        if self._pidfd < 0:
            return True
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(GRACE_MS))

    def _kill(self) -> None:
        if self._isolated:
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)  # process 1 of its namespace: all of it dies
            return
        for member in self._proc.members(self._pid, False):
            _kill(member.pid)
        _kill(-self._pid)
        _kill(self._pid)

    def _sweep(self) -> None:
        """Without a PID namespace: orphans come to the zygote, which is their subreaper."""
        if self._isolated:
            return
        for _ in range(100):
            orphans = self._proc.orphans()
            for pid in orphans:
                _kill(pid)
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                return
            if not orphans:
                return
            time.sleep(0.01)


def _kill(pid: int) -> None:
    try:
        (os.killpg if pid < 0 else os.kill)(abs(pid), signal.SIGKILL)
    except OSError:
        pass


def protect_zygote() -> None:
    """The compiler runs in the zygote: bound its memory, so that a monstrous source fails instead of swallowing the host."""
    try:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, hard))
    except (ValueError, OSError):
        pass
