"""Standard output is one JSON object a line, for programs; people read standard error."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import IO, Union

from .parallel import is_first

Scalar = Union[str, int, float, bool, None]

#: Where events go too, so that they outlive whoever reads standard output.
_kept: list[IO[str]] = []


def keep_events(path: Path) -> None:
    """From now on each event is also appended to this file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _kept.append(open(path, "a", encoding="utf-8", buffering=1))


def emit(kind: str, step: int | None = None, **metrics: Scalar) -> None:
    """
    One event, told by the first of several processes. `step` counts optimiser steps from 1. A number that is none is sent
    as null.
    """
    if not is_first():
        return
    known = {name: None if value != value else value for name, value in metrics.items()}
    line = json.dumps({"v": 1, "t": kind, "at": round(time.time(), 3), "step": step, "m": known}, allow_nan=False) + "\n"
    sys.stdout.write(line)
    sys.stdout.flush()
    for file in _kept:
        file.write(line)


def kept_events(path: Path, kind: str) -> dict[int, dict[str, Scalar]]:
    """Metrics of the events of a kind in such a file, by step: of a step that was done again, the last ones."""
    found: dict[int, dict[str, Scalar]] = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:  # Cut off where a process was killed.
                continue
            if event["t"] == kind and event["step"] is not None:
                found[event["step"]] = event["m"]
    return found


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
