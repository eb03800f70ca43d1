"""What keeps a guest off the judge where both are processes of one user: a second seccomp filter for that tier.

Landlock stops signals, files and tracing, but not limits, priorities and scheduling of other processes, and not a user
namespace of the guest's own.
"""
from __future__ import annotations

import os
import struct

_NUMBERS = {
    # prlimit64, sched_setparam, sched_setscheduler, sched_setattr, sched_setaffinity: only of oneself (0)
    # setpriority, ioprio_set: only of the calling process; kill: not everybody, not the judge; clone: no namespaces
    "x86_64": (0xC000003E, (302, 142, 144, 314, 203), 141, 251, 62, 56),
    "aarch64": (0xC00000B7, (261, 118, 119, 274, 122), 140, 30, 129, 220),
}
_NAMESPACES = 0x7E020000
_ALLOW, _EPERM = 0x7FFF0000, 0x00050001
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _ARCH, _ARG0, _ARG1 = 0, 4, 16, 24


def filter_for(*judge: int) -> bytes:
    """Array of struct sock_filter; `judge`: processes that a guest may not signal. Empty on an unknown machine."""
    machine = _NUMBERS.get(os.uname().machine)
    if machine is None:
        return b""
    audit, of_oneself, setpriority, ioprio_set, kill, clone = machine
    code: list = [(_LOAD, 0, 0, _ARCH), (_EQUAL, 1, 0, audit), (_RETURN, 0, 0, _ALLOW), (_LOAD, 0, 0, _NUMBER)]

    def block(number: int, body: list) -> None:
        """`body` runs when the call is `number`, and ends in a return on every path."""
        code.append((_EQUAL, 0, len(body), number))
        code.extend(body)

    refuse, allow = (_RETURN, 0, 0, _EPERM), (_RETURN, 0, 0, _ALLOW)
    for number in of_oneself:
        block(number, [(_LOAD, 0, 0, _ARG0), (_EQUAL, 0, 1, 0), allow, refuse])
    block(setpriority, [(_LOAD, 0, 0, _ARG0), (_EQUAL, 0, 3, 0), (_LOAD, 0, 0, _ARG1), (_EQUAL, 0, 1, 0), allow, refuse])
    block(ioprio_set, [refuse])
    targets = [0xFFFFFFFF, *judge, *((-pid) & 0xFFFFFFFF for pid in judge)]
    tests = [(_EQUAL, len(targets) - index, 0, target) for index, target in enumerate(targets)]
    block(kill, [(_LOAD, 0, 0, _ARG0), *tests, allow, refuse])
    block(clone, [(_LOAD, 0, 0, _ARG0), (_ANY_BIT, 0, 1, _NAMESPACES), refuse, allow])
    code.append(allow)
    return b"".join(struct.pack("<HBBI", operation, yes, no, value) for operation, yes, no, value in code)
