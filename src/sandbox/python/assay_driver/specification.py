"""How to start the judge and what to judge by, read from files that the workbench wrote."""
from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Canary:
    """A program with a known outcome: `accepted`, `refused` or `late`. `promise` says what its failure takes away."""

    name: str
    promise: str
    code: str
    expected: str


@dataclass(frozen=True)
class LaunchSpecification:
    environment: dict[str, str]
    python_flags: tuple[str, ...]
    processes: int
    source_cap_bytes: int
    #: bwrap's arguments up to the interpreter's own folder, and those behind the judge's files.
    bubblewrap_before: tuple[str, ...]
    bubblewrap_after: tuple[str, ...]
    #: Machine, as `os.uname` names it -> filter in hexadecimal.
    seccomp: dict[str, str]
    canaries: tuple[Canary, ...]
    canary_limits: dict[str, int]


@dataclass(frozen=True)
class Suite:
    task_id: str
    entry_point: str
    #: Equal keys mean equal tests.
    key: str
    prelude: str
    classy: bool
    in_guest: bool
    tests: tuple[dict[str, Any], ...]
    #: cpuTimeMs, memoryBytes, outputBytes, processes, diskBytes
    limits: dict[str, int]


def read_launch_specification(path: Path) -> LaunchSpecification:
    """Raises ValueError where the file is no launch specification of this version."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    if stored.get("schema") != "assay.judge-launch.v1":
        raise ValueError(f"{path}: schema: expected assay.judge-launch.v1, not {stored.get('schema')!r}")
    return LaunchSpecification(
        environment=stored["environment"],
        python_flags=tuple(stored["pythonFlags"]),
        processes=stored["processes"],
        source_cap_bytes=stored["sourceCapBytes"],
        bubblewrap_before=tuple(stored["bubblewrap"]["before"]),
        bubblewrap_after=tuple(stored["bubblewrap"]["after"]),
        seccomp=stored["seccomp"],
        canaries=tuple(Canary(**canary) for canary in stored["canaries"]),
        canary_limits=stored["canaryLimits"],
    )


def read_suites(path: Path) -> Iterator[Suite]:
    """One task a line. Raises ValueError that names file, line and field."""
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            stored = json.loads(line)
            try:
                yield Suite(
                    task_id=stored["taskId"],
                    entry_point=stored["entryPoint"],
                    key=stored["key"],
                    prelude=stored["prelude"],
                    classy=stored["classy"],
                    in_guest=stored["inGuest"],
                    tests=tuple(stored["tests"]),
                    limits=stored["limits"],
                )
            except KeyError as missing:
                raise ValueError(f"{path}:{number}: {missing.args[0]}: missing") from None
