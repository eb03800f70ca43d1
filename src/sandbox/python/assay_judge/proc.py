"""What /proc says about a guest's processes. Read through a descriptor, so that guests need no /proc of their own."""
from __future__ import annotations

import os
from dataclasses import dataclass

PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Member:
    pid: int
    cpu_s: float
    waiting_s: float  # time spent ready to run without a processor
    resident: int


class ProcessTable:
    """`fd` is an open /proc, or -1 where there is none (macOS): then only the direct child is known, without figures."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._self = os.getpid()
        self._own: set = set()

    def own(self, *pids: int) -> None:
        """Processes of the judge itself."""
        self._own.update(pids)

    def _read(self, path: str) -> str:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._fd)
        try:
            return os.read(file, 4096).decode("ascii", "replace")
        finally:
            os.close(file)

    def _stat(self, pid: int) -> tuple:
        """(parent, user + system seconds, resident bytes). Raises OSError when the process is gone."""
        fields = self._read(f"{pid}/stat").rpartition(")")[2].split()
        return int(fields[1]), (int(fields[11]) + int(fields[12])) / TICK, int(fields[21]) * PAGE

    def _schedule(self, pid: int) -> tuple:
        """(seconds on a processor, seconds waiting for one) of the main thread."""
        try:
            running, waiting, _ = self._read(f"{pid}/schedstat").split()
            return int(running) / 1e9, int(waiting) / 1e9
        except (OSError, ValueError):
            return 0.0, 0.0

    def members(self, root: int, isolated: bool) -> list:
        """The guest and all that it started. In a PID namespace: everything that is not the judge's own."""
        if self._fd < 0:
            return [Member(root, 0.0, 0.0, 0)]
        parents, stats = {}, {}
        for name in os.listdir(self._fd):
            if not name.isdigit() or int(name) in self._own:
                continue
            try:
                pid = int(name)
                parents[pid], cpu, resident = self._stat(pid)
                stats[pid] = (cpu, resident)
            except (OSError, ValueError, IndexError):
                continue
        # An orphan of the guest is our child: only one guest lives at a time.
        ours = {pid for pid, parent in parents.items() if parent == self._self}
        chosen = set(stats) if isolated else _descendants({root} | ours, parents)
        found = []
        for pid in chosen & set(stats):
            running, waiting = self._schedule(pid)
            cpu, resident = stats[pid]
            found.append(Member(pid, max(cpu, running), waiting, resident))
        return found

    def orphans(self) -> list:
        """Children of this process that are not the judge's own."""
        try:
            children = self._read(f"{self._self}/task/{self._self}/children").split()
        except OSError:
            return []
        return [int(pid) for pid in children if int(pid) not in self._own]

    def count_of_user(self) -> int:
        if self._fd < 0:
            return 1024
        user, count = os.getuid(), 0
        for name in os.listdir(self._fd):
            if name.isdigit():
                try:
                    if os.stat(name, dir_fd=self._fd).st_uid == user:
                        count += len(os.listdir(f"/proc/{name}/task"))
                except OSError:
                    continue
        return count


def _descendants(roots: set, parents: dict) -> set:
    found, grown = set(roots), True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        grown = bool(more)
        found |= more
    return found
