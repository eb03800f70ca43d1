"""One judge worker. argv: tier=bwrap|rlimit seccomp=<hex of struct sock_filter[]> channels=<read>,<write>.

Descriptors 0 and 1 carry the zygote's jobs and reports, those of `channels` the tester's: 3 and 4 unless told.
"""
from __future__ import annotations

import gc
import os
import random
import signal
import socket
import sys

# Imported here once, so that candidates get them without reading a file.
import bisect, collections, copy, datetime, decimal, fractions, functools, hashlib, heapq, io, itertools  # noqa: E401, F401
import json, math, operator, re, statistics, string, typing  # noqa: E401, F401

from . import confine, keeper, same_user
from .proc import ProcessTable
from .tester import Tester
from .zygote import Zygote, protect_zygote


def drop_root() -> None:
    """Candidates never run as root, least of all where nothing else confines them."""
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)


def main() -> None:
    options = dict(item.split("=", 1) for item in sys.argv[1:])
    isolated = options["tier"] == "bwrap"
    if not isolated and os.geteuid() == 0:
        drop_root()
    tester_reads, tester_writes = map(int, options.get("channels", "3,4").split(","))
    channels = (0, 1, tester_reads, tester_writes)
    folder = None if isolated or sys.platform != "linux" else keeper.start_keeper(channels)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The judge's own descriptors lie high: a guest keeps only 0, 1, 2 and its channel.
    for high, low in enumerate(channels, 100):
        os.dup2(low, high)
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1):
        os.dup2(null, fd)
    for fd in (tester_reads, tester_writes, null):
        os.close(fd)
    proc = -1
    if os.path.isdir("/proc/self"):
        proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        os.dup2(proc, 104, False)
        os.close(proc)
        proc = 104
    if isolated:
        confine.own_mount_namespace()
        confine.hide("/proc")  # the descriptor stays; guests see an empty folder
        confine.freeze_devices()
    linux = sys.platform == "linux"
    if linux:
        confine.no_new_privileges()
        if options.get("seccomp"):
            confine.install_seccomp(bytes.fromhex(options["seccomp"]))
        if not isolated:
            guard = same_user.filter_for(os.getpid(), os.getppid())
            if guard:
                confine.install_seccomp(guard)
            confine.libc.prctl(confine.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    zygote_side, tester_side = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET if linux else socket.SOCK_STREAM)
    random.seed(0)
    del sys.path[0]  # the judge's own folder
    table = ProcessTable(proc)
    gc.collect()
    gc.freeze()
    tester = os.fork()
    if tester == 0:
        zygote_side.close()
        os.close(100), os.close(101)
        if linux:
            confine.set_dumpable(False)
            confine.libc.prctl(confine.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        protect_zygote()
        try:
            Tester(102, 103, tester_side).run()
        finally:
            os._exit(4)
    tester_side.close()
    os.close(102), os.close(103)
    if linux:
        confine.set_dumpable(False)
    protect_zygote()
    processes = int(options["processes"])
    confine.limit_all_guests(processes + 3 if isolated else None)  # in a user namespace only the judge's own count too
    table.own(os.getpid(), os.getppid(), tester, 1)
    Zygote(100, 101, zygote_side, isolated, table, folder, processes).run()
    os.kill(tester, signal.SIGKILL)
