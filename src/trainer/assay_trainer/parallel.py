"""Several processes, on one machine or on many, that take the steps of one training together.

Each has the whole model and a share of every batch; gradients are summed, so that all of them have the weights that one
process alone would have. Started by torchrun, or by whoever else sets RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

Plain = TypeVar("Plain")


def processes() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    return int(os.environ.get("RANK", "0"))


def processes_here() -> int:
    """Of this machine alone."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", "1"))


def is_first() -> bool:
    """Whether this process writes files and events, and measures."""
    return rank() == 0


@contextlib.contextmanager
def joined(device: torch.device) -> Iterator[None]:
    """Waits for the others, if there are any."""
    if processes() == 1:
        yield
        return
    if device.type == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo", init_method="env://")
    try:
        yield
    finally:
        dist.destroy_process_group()


def from_first(value: Plain) -> Plain:
    """What the first process gives; plain data and tensors on the processor."""
    if processes() == 1:
        return value
    box: list[Any] = [value]
    dist.broadcast_object_list(box, src=0)
    return box[0]


def gathered(value: Plain) -> list[Plain]:
    """What each process gives, in their order; plain data and tensors on the processor."""
    if processes() == 1:
        return [value]
    box: list[Any] = [None] * processes()
    dist.all_gather_object(box, value)
    return box


def share_of(rows: Tensor) -> Tensor:
    """Of the numbers of a batch's rows, those that this process takes."""
    return rows[rank() :: processes()]


def share(items: Sequence[Plain]) -> Sequence[Plain]:
    """Those that this process takes, as with rows."""
    return items[rank() :: processes()]


def together(own: Sequence[Plain]) -> list[Plain]:
    """All that the processes have made of their shares, in the order of what was shared out."""
    parts = gathered(own)
    count = sum(map(len, parts))
    return [parts[at % len(parts)][at // len(parts)] for at in range(count)]


def rows_of_all(own: Tensor) -> Tensor:
    """Rows that each process has made of its share, as one tensor."""
    if processes() == 1:
        return own
    return torch.stack(together(list(own.cpu()))).to(own.device)


def totals(parts: Mapping[str, float]) -> dict[str, float]:
    """Sums over all processes, by name; one that a process does not tell counts as nothing there."""
    sums: dict[str, float] = {}
    for told in gathered(dict(parts)):
        for name, value in told.items():
            sums[name] = sums.get(name, 0.0) + value
    return sums


def summed(loss: float, weights: Iterable[nn.Parameter]) -> float:
    """Sums the loss and, in place, gradients over all processes; a weight without a gradient counts as nothing."""
    if processes() == 1:
        return loss
    learning = [weight for weight in weights if weight.requires_grad]
    gradients = [torch.zeros_like(weight) if weight.grad is None else weight.grad for weight in learning]
    told = torch.tensor([loss], dtype=torch.float32, device=learning[0].device)
    flat = torch.cat([told, *(gradient.float().reshape(-1) for gradient in gradients)])
    dist.all_reduce(flat)
    at = 1
    for weight, gradient in zip(learning, gradients):
        weight.grad = flat[at : at + gradient.numel()].view_as(gradient).to(gradient.dtype).clone()
        at += gradient.numel()
    return float(flat[0])
