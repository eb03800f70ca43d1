"""Where and how precisely a model computes."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import nn

#: `auto`: a CUDA device where there is one.
DEVICES = ("auto", "cpu", "cuda")
#: `auto`: bfloat16 on a CUDA device that has it. Weights and optimiser stay in float32 whatever is chosen.
PRECISIONS = ("auto", "float32", "bfloat16")


def choose_device(name: str) -> torch.device:
    """Raises ValueError for a device that is not here."""
    if name not in DEVICES:
        raise ValueError(f"device: one of {', '.join(DEVICES)}, not {name!r}")
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("device: this torch sees no CUDA device; auto takes the processor")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def device_of(model: nn.Module) -> torch.device:
    return next(model.parameters()).device


def computing(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """Matrices are multiplied in `precision` within it."""
    if precision not in PRECISIONS:
        raise ValueError(f"precision: one of {', '.join(PRECISIONS)}, not {precision!r}")
    has_it = device.type == "cuda" and torch.cuda.is_bf16_supported()
    if precision == "bfloat16" or (precision == "auto" and has_it):
        # Kept copies of the weights would be those of before an update.
        return torch.autocast(device.type, dtype=torch.bfloat16, cache_enabled=False)
    return nullcontext()
