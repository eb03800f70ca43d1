"""What a killed run goes on from: written aside, flushed, renamed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Optional

import torch
from torch import nn

from .language_model import learnt_weights
from .parallel import from_first, is_first

#: Plain data that a method keeps between steps, beside weights and optimiser.
Memory = Mapping[str, Any]


def save_checkpoint(
    path: Path, step: int, model: nn.Module, optimizer: torch.optim.Optimizer, identity: str, memory: Memory
) -> None:
    """`identity` names configuration and data; a checkpoint of others is refused."""
    state = {
        "step": step,
        "identity": identity,
        "model": learnt_weights(model),
        "optimizer": optimizer.state_dict(),
        "memory": dict(memory),
    }
    aside = path.with_name(f"{path.name}.tmp")
    try:
        with open(aside, "wb", buffering=0) as file:
            patient = PatientFile(file)
            torch.save(state, patient)
            if patient.error is not None:
                raise patient.error
            os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as problem:
        aside.unlink(missing_ok=True)
        raise OSError(problem.errno, problem.strerror, str(path)) from problem


class PatientFile:
    """What torch writes to: an error that reaches its writer aborts the process, so the first one waits in `error`."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.error: Optional[OSError] = None

    def write(self, chunk: bytes) -> int:
        left = memoryview(chunk)
        try:
            while left and self.error is None:
                left = left[self._file.write(left) :]
        except OSError as problem:
            self.error = problem
        return len(chunk)

    def flush(self) -> None:
        """Nothing is held back."""


def load_checkpoint(
    path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, identity: str
) -> tuple[int, Memory]:
    """The number of steps that are done, 0 where there is no checkpoint, and what the method kept."""
    # Only the first of several processes has written one.
    state = from_first(torch.load(path, map_location="cpu") if is_first() and path.exists() else None)
    if state is None:
        return 0, {}
    if state["identity"] != identity:
        raise ValueError(
            f"{path}: belongs to a run with another configuration or other data; remove it to start afresh"
        )
    model.load_state_dict(state["model"], strict=False)
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"]), state["memory"]
