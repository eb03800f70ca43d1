"""Runs a program on a terminal of its own, as the foreground job of a small shell.

    on_terminal.py COLUMNS ROWS PROGRAM ARGUMENT...

What the program writes goes to standard output. Commands come as lines of JSON on standard input:
{"keys": text}, {"size": [columns, rows]}, {"signal": name}, {"hangup": true} (the terminal goes away).
Reports go to standard error as lines of JSON: {"stopped": modes} when the job was stopped (the shell then waits for the
word "fg"), and at the end {"exit": code, "modes": modes, "before": modes, "left": [pid]}. `modes` are the terminal's own:
what stty shows. `left` are processes that the program started and that were still there when it had ended.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time


def modes(fd: int) -> list | None:
    """The flags of the terminal, and whether it waits for whole lines. None: it has gone away."""
    try:
        flags = termios.tcgetattr(fd)
    except termios.error:
        return None
    return [*flags[:4], int.from_bytes(flags[6][termios.VMIN]) if flags[3] & termios.ICANON == 0 else 0]


def set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def report(fact: dict) -> None:
    sys.stderr.write(json.dumps(fact) + "\n")
    sys.stderr.flush()


def shell(argv: list[str], tell: int) -> int:
    """Job control as a shell does it: the job in a group of its own, in the foreground; "fg" wakes it up again."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it waits for its job, whatever becomes of the terminal
    before = termios.tcgetattr(0)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpgrp())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.close(tell)
        os.execvp(argv[0], argv)
    os.write(tell, json.dumps({"job": job}).encode() + b"\n")
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            os.write(tell, json.dumps({"after": modes(0)}).encode() + b"\n")
            return os.waitstatus_to_exitcode(status)
        os.tcsetpgrp(0, os.getpgrp())
        stopped = modes(0)
        termios.tcsetattr(0, termios.TCSADRAIN, before)
        os.write(tell, json.dumps({"stopped": stopped}).encode() + b"\n")
        while os.read(0, 100).strip() != b"fg":
            pass
        os.tcsetpgrp(0, job)
        os.killpg(job, signal.SIGCONT)


def descendants(of: int) -> set[int]:
    """Every process below `of`, by what /proc says of parents."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf8", errors="replace") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(name))
    found: set[int] = set()
    below = [of]
    while below:
        for child in children.get(below.pop(), []):
            if child not in found:
                found.add(child)
                below.append(child)
    return found


def is_there(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def take_terminal(slave: int) -> None:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.close(slave)


def main() -> None:
    columns, rows, argv = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    hear, tell = os.pipe()
    master, slave = pty.openpty()
    set_size(master, columns, rows)
    before = modes(slave)
    child = os.fork()
    if child == 0:
        os.close(master)
        os.close(hear)
        take_terminal(slave)
        code = shell(argv, tell)
        os._exit(code if code >= 0 else 128 - code)
    os.close(tell)
    job = 0
    after = None
    pending = b""
    seen: set[int] = set()
    inputs = [master, hear, 0]
    exited = False
    while not exited:
        ready, _, _ = select.select(inputs, [], [])
        if master in ready:
            os.write(1, os.read(master, 65536))
        if hear in ready:
            facts = os.read(hear, 4096)
            if not facts:
                exited = True
            for line in facts.splitlines():
                fact = json.loads(line)
                if "job" in fact:
                    job = fact["job"]
                    # Whoever ends the driver early ends the program.
                    signal.signal(signal.SIGTERM, lambda *_: (os.kill(job, signal.SIGKILL), sys.exit(1)))
                elif "after" in fact:
                    after = fact["after"]
                else:
                    report(fact)
        if 0 in ready:
            chunk = os.read(0, 65536)
            if not chunk:
                inputs.remove(0)
            pending += chunk
            *lines, pending = pending.split(b"\n")
            for line in lines:
                command = json.loads(line)
                if "keys" in command:
                    os.write(master, command["keys"].encode())
                if "size" in command:
                    set_size(master, *command["size"])
                if "signal" in command:
                    seen |= descendants(job)
                    os.kill(job, getattr(signal, command["signal"]))
                if "hangup" in command:
                    seen |= descendants(job)
                    inputs.remove(master)
                    os.close(master)
    _, status = os.waitpid(child, 0)
    try:
        os.set_blocking(master, False)
        while chunk := os.read(master, 65536):
            os.write(1, chunk)
    except OSError:
        pass
    deadline = time.monotonic() + 5
    left = [pid for pid in seen if is_there(pid)]
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = [pid for pid in seen if is_there(pid)]
    code = os.waitstatus_to_exitcode(status)
    report({"exit": code, "modes": after, "before": before, "left": left})


main()
