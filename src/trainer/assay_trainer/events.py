"""Standard output is one JSON object a line, for programs; people read standard error."""

from __future__ import annotations

import json
import sys
from typing import Union

Scalar = Union[str, int, float, bool, None]


def emit(kind: str, step: int | None = None, **metrics: Scalar) -> None:
    """One event. `step` counts optimiser steps from 1."""
    line = {"v": 1, "t": kind, "step": step, "m": metrics}
    sys.stdout.write(json.dumps(line, allow_nan=False) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
