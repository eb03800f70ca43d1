"""Landlock: what keeps a guest to its own folder where there are no namespaces. Linux 5.13 or later."""
from __future__ import annotations

import ctypes
import os
from typing import Optional

_libc = ctypes.CDLL(None, use_errno=True)
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
VERSION_FLAG, PATH_BENEATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
READ = EXECUTE | READ_FILE | READ_DIR
# Bits by version: 1 has 13 of them, 2 adds rename across folders, 3 truncation, 5 ioctl of devices.
_FILE_BITS = {1: 13, 2: 14, 3: 15, 4: 15}
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random", "/dev/full")
SCOPE_ABSTRACT_SOCKET, SCOPE_SIGNAL = 1, 2


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    """0 where the kernel has no Landlock."""
    return max(0, _libc.syscall(CREATE_RULESET, None, 0, VERSION_FLAG))


def prepare(abi: int, writable: tuple, readable: tuple) -> Optional[int]:
    """A ruleset: the system can be read, `writable` is open, signals reach nobody outside. None without Landlock."""
    if abi < 1:
        return None
    everything = (1 << _FILE_BITS.get(abi, 16)) - 1
    attributes = _Ruleset(everything, 3 if abi >= 4 else 0, SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = _libc.syscall(CREATE_RULESET, ctypes.byref(attributes), size, 0)
    if ruleset < 0:
        return None
    for path in (*_SYSTEM, *readable):
        _allow(ruleset, path, READ & everything)
    for path in _DEVICES:
        _allow(ruleset, path, READ_FILE | WRITE_FILE)
    for path in writable:
        _allow(ruleset, path, everything)
    return ruleset


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        parent = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):
        rights &= ~READ_DIR
        rights &= EXECUTE | READ_FILE | WRITE_FILE
    rule = _PathRule(rights, parent)
    _libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), 0)
    os.close(parent)


def restrict(ruleset: int) -> None:
    """Needs no_new_privs. Raises OSError."""
    if _libc.syscall(RESTRICT_SELF, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "landlock")
    os.close(ruleset)
