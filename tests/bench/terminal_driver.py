"""Runs a program on a pseudo-terminal and tells when what came out of it, on the clock that keys are timed by.

usage: terminal_driver.py columns rows program arguments...

Commands are lines of JSON on standard input: {"keys": "j"}, {"usage": "name"}, {"signal": "SIGTERM"}. Records on standard
output: kind (1 byte), time (float64), length (uint32), all little endian, then the payload.
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

TICKS = os.sysconf("SC_CLK_TCK")


def fields_of(pid: int) -> list[str]:
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()


def usage_of(pid: int) -> dict[str, float]:
    """CPU time and memory of one process; of what it started only the CPU time, all together."""
    fields = fields_of(pid)
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                parents[int(name)] = fields_of(int(name))
            except OSError:
                pass
    below, grown = {pid}, True
    while grown:
        found = {child for child, stat in parents.items() if int(stat[1]) in below} - below
        below |= found
        grown = bool(found)
    cpu = lambda stat: (int(stat[11]) + int(stat[12])) / TICKS * 1000
    rss = next(line for line in open(f"/proc/{pid}/status") if line.startswith("VmRSS"))
    return {
        "cpuMs": cpu(fields),
        "childrenCpuMs": sum(cpu(parents[child]) for child in below - {pid} if child in parents),
        "rssBytes": int(rss.split()[1]) * 1024,
    }


def main() -> None:
    columns, rows, *command = sys.argv[1:]
    out = sys.stdout.buffer

    def record(kind: bytes, payload: bytes, at: float) -> None:
        out.write(struct.pack("<cdI", kind, at, len(payload)) + payload)
        out.flush()

    started = time.monotonic()
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))
        os.execvp(command[0], command)
    record(b"s", b"", started)
    pending = b""
    inputs = [terminal, 0]
    while True:
        ready, _, _ = select.select(inputs, [], [])
        if terminal in ready:
            try:
                chunk = os.read(terminal, 1 << 20)
            except OSError:
                chunk = b""
            if not chunk:
                break
            record(b"o", chunk, time.monotonic())
        if 0 in ready:
            chunk = os.read(0, 65536)
            if not chunk:
                inputs = [terminal]
                os.kill(pid, signal.SIGKILL)
            pending += chunk
            *lines, pending = pending.split(b"\n")
            for line in lines:
                order = json.loads(line)
                if "keys" in order:
                    at = time.monotonic()
                    os.write(terminal, order["keys"].encode())
                    record(b"k", order["keys"].encode(), at)
                if "usage" in order:
                    usage = {"name": order["usage"], **usage_of(pid)}
                    record(b"u", json.dumps(usage).encode(), time.monotonic())
                if "signal" in order:
                    os.kill(pid, getattr(signal, order["signal"]))
    _, status = os.waitpid(pid, 0)
    record(b"e", str(os.waitstatus_to_exitcode(status)).encode(), time.monotonic())


main()
