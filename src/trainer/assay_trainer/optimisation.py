"""AdamW, its learning rate over time, and one guarded step."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .parallel import summed


@dataclass(frozen=True)
class Schedule:
    peak: float
    warmup_steps: int
    #: At which step the cosine ends.
    steps: int
    #: Of the peak, at the end of the cosine.
    final: float = 0.1

    def at(self, step: int) -> float:
        """Linear warm-up, then a cosine down to `final` of the peak. `step` counts from 0."""
        if step < self.warmup_steps:
            return self.peak * (step + 1) / self.warmup_steps
        share = min(1.0, (step - self.warmup_steps) / max(1, self.steps - self.warmup_steps))
        return self.peak * (self.final + (1 - self.final) * 0.5 * (1 + math.cos(math.pi * share)))


def adamw(model: nn.Module, weight_decay: float, beta1: float, beta2: float) -> torch.optim.AdamW:
    """Norms and biases are not decayed."""
    named = sorted((name, weight) for name, weight in model.named_parameters() if weight.requires_grad)
    groups = [
        {"params": [weight for _, weight in named if weight.dim() > 1], "weight_decay": weight_decay},
        {"params": [weight for _, weight in named if weight.dim() <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW([group for group in groups if group["params"]], lr=0.0, betas=(beta1, beta2))


@dataclass(frozen=True)
class Step:
    loss: float
    #: Of the gradient, before clipping.
    norm: float


def take_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, losses: Iterable[Tensor], rate: float, clip_norm: float
) -> Step:
    """
    Goes down the sum of `losses`, of all processes if there are several; each is let go of before the next is asked for.
    Raises FloatingPointError on a loss that is no number; nothing moves.
    """
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=True)
    total = 0.0
    for loss in losses:
        total += loss.item()
        if not math.isfinite(total):
            raise FloatingPointError(f"loss is {total}")
        loss.backward()
    total = summed(total, model.parameters())
    norm = nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
    optimizer.step()
    return Step(total, float(norm))
