"""Where no PID namespace ends what guests start: two small processes around the worker that outlive its violent death.

The outer one is the child that Node knows and may kill at any moment. The inner one, the keeper, has a session of its
own, notices, and kills and removes all that is left. Node sees the end of the worker's pipes only after that.
"""
from __future__ import annotations

import os
import signal
import tempfile
from typing import NoReturn

from . import confine
from .proc import ProcessTable


def start_keeper(channels: tuple[int, ...]) -> str:
    """Returns in the worker, with the folder for everything that guests write. `channels` stay open there alone."""
    confine.libc.prctl(confine.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    outer = os.getpid()
    keeper = os.fork()
    if keeper:
        _close(channels)
        _, status = os.waitpid(keeper, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    os.setsid()
    watched = {signal.SIGTERM, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    confine.libc.prctl(confine.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    confine.libc.prctl(confine.PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    folder = tempfile.mkdtemp(prefix="assay-guest-")
    worker = os.fork()
    if worker == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, watched)
        confine.libc.prctl(confine.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        return folder
    _close(channels)
    _keep(outer, worker, folder, watched)


def _close(channels: tuple[int, ...]) -> None:
    for fd in channels:
        os.close(fd)


def _keep(outer: int, worker: int, folder: str, watched: set) -> NoReturn:
    code = 5
    if os.getppid() == outer:
        while signal.sigwait(watched) == signal.SIGCHLD:
            pid, status = os.waitpid(worker, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status) & 0xFF
                break
    _end_all()
    confine.discard(folder)
    os._exit(code)


def _end_all() -> None:
    """Kills all descendants; orphans among them come here."""
    descriptor = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    table = ProcessTable(descriptor)
    while True:
        for member in table.members(os.getpid(), False):
            if member.pid != os.getpid():
                try:
                    os.kill(member.pid, signal.SIGKILL)
                except OSError:
                    pass
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return
