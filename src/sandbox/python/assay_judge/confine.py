"""What a guest gives up before the first line of a candidate runs, and what the zygote sets up once for all of them."""
from __future__ import annotations

import ctypes
import os
import resource
import shutil
import stat
import time
from typing import Optional

libc = ctypes.CDLL(None, use_errno=True)
_quick = ctypes.PyDLL(None)  # without errno and without releasing the interpreter lock: half the pages touched

CLONE_NEWPID, CLONE_NEWNS = 0x20000000, 0x20000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 36, 38
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_NOATIME, MS_BIND, MNT_DETACH = 1, 2, 4, 32, 1024, 4096, 2
SYS_CLONE = {"x86_64": 56, "aarch64": 220}.get(os.uname().machine if hasattr(os, "uname") else "")


class _Prog(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapData(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


_CAP_HEADER = _CapHeader(0x20080522, 0)
_NO_CAPS = (_CapData * 2)()
_HEADER_POINTER, _DATA_POINTER = ctypes.pointer(_CAP_HEADER), ctypes.pointer(_NO_CAPS)
_capset = _quick.capset
_syscall = _quick.syscall


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def no_new_privileges() -> None:
    _checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def install_seccomp(program: bytes) -> None:
    """`program` is an array of struct sock_filter. Inherited by every process started later."""
    buffer = ctypes.create_string_buffer(program, len(program))
    prog = _Prog(len(program) // 8, ctypes.addressof(buffer))
    _checked(libc.prctl(PR_SET_SECCOMP, 2, ctypes.byref(prog), 0, 0), "seccomp")


def drop_capabilities() -> None:
    if _capset(_HEADER_POINTER, _DATA_POINTER) != 0:
        raise OSError("capset failed")


def set_dumpable(value: bool) -> None:
    libc.prctl(PR_SET_DUMPABLE, int(value), 0, 0, 0)


def own_mount_namespace() -> None:
    _checked(libc.unshare(CLONE_NEWNS), "unshare")


def hide(folder: str) -> None:
    _checked(libc.mount(b"tmpfs", folder.encode(), b"tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, b"size=4k"), f"hide {folder}")


def freeze_devices() -> None:
    """Devices stay usable, but their times and modes cannot be changed: a later guest could read them."""
    for name in os.listdir("/dev"):
        path = os.path.join("/dev", name)
        if name != "shm" and (stat.S_ISCHR(os.lstat(path).st_mode) or os.path.ismount(path)):
            kept = os.statvfs(path).f_flag & (MS_NOSUID | MS_NODEV | 8 | MS_NOATIME)
            relative = (os.statvfs(path).f_flag & 4096) << 9  # ST_RELATIME to MS_RELATIME
            flags = MS_REMOUNT | MS_BIND | MS_RDONLY | kept | relative
            libc.mount(None, path.encode(), None, flags, None)


def clone_into_new_pid_namespace() -> int:
    """Like fork(), but the child is process 1 of a new PID namespace: when it dies, all that it started dies."""
    pid = _syscall(SYS_CLONE, CLONE_NEWPID | 17, 0, 0, 0, 0)
    if pid < 0:
        raise OSError("clone failed")
    return pid


OPEN_FILES = 64


def limit_all_guests(processes: Optional[int]) -> None:
    """Set once in the zygote and inherited: only what is the same for every candidate. Raises nothing."""
    for kind, value in ((resource.RLIMIT_NOFILE, OPEN_FILES), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NPROC, processes)):
        if value is None:
            continue
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            pass


def limit_guest(cpu_s: float, memory_bytes: int, file_bytes: int, processes: Optional[int]) -> None:
    """CPU seconds are whole here and a little generous; the zygote enforces the exact figure.

    `processes`: where the user's other processes count too, so that the zygote itself must stay free of the limit; the
    disk is limited by file there. None in a namespace of its own, which has its own disk.
    """
    cpu = int(cpu_s) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    except (ValueError, OSError):
        pass  # macOS refuses it; the watchdog of resident memory stands in
    if processes is not None:
        try:
            resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))
        except (ValueError, OSError):
            pass
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))


class Scratch:
    """The only writable place of a guest: one tmpfs at /tmp, seen at /dev/shm too. Fresh whenever it was touched."""

    def __init__(self, size_bytes: int, inodes: int = 4096) -> None:
        self._options = f"size={size_bytes},nr_inodes={inodes},mode=0777".encode()
        self._mount()

    def _mount(self) -> None:
        flags = MS_NOSUID | MS_NODEV | MS_NOATIME
        _checked(libc.mount(b"tmpfs", b"/tmp", b"tmpfs", flags, self._options), "mount /tmp")
        os.utime("/tmp", (0, 0))
        _checked(libc.mount(b"/tmp", b"/dev/shm", None, MS_BIND, None), "mount /dev/shm")
        self._fresh = self._state()
        # Time stamps move in ticks of up to 10 ms: wait one out, so that every later change shows.
        time.sleep(0.011)

    def _state(self) -> tuple:
        root = os.stat("/tmp")
        usage = os.statvfs("/tmp")
        return (root.st_mtime_ns, root.st_ctime_ns, root.st_mode, root.st_uid, root.st_nlink, usage.f_ffree, usage.f_bfree)

    def renew_if_touched(self) -> bool:
        if self._state() == self._fresh:
            return False
        os.chdir("/")
        _checked(libc.umount2(b"/dev/shm", MNT_DETACH), "umount /dev/shm")
        _checked(libc.umount2(b"/tmp", MNT_DETACH), "umount /tmp")
        self._mount()
        return True


def discard(folder: str) -> None:
    """Removes what a guest left in its folder, however deep it is and whatever may not be entered."""
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        for command in (["/bin/chmod", "-R", "u+rwx", folder], ["/bin/rm", "-rf", folder]):
            try:
                os.waitpid(os.posix_spawn(command[0], command, {}), 0)
            except OSError:
                return
