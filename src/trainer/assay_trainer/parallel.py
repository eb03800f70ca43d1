"""Several processes, on one machine or on many, that take the steps of one training together.

Each has the whole model and a share of every batch; gradients are summed, so that all of them have the weights that one
process alone would have. Started by torchrun, or by whoever else sets RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

Plain = TypeVar("Plain")


def processes() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_first() -> bool:
    """Whether this process writes files and events, and measures."""
    return int(os.environ.get("RANK", "0")) == 0


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


def share_of(rows: Tensor) -> Tensor:
    """Of the numbers of a batch's rows, those that this process takes."""
    return rows[int(os.environ.get("RANK", "0")) :: processes()]


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
