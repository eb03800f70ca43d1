"""Losses as pure functions."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def masked_nll(logits: Tensor, targets: Tensor, mask: Tensor, kept: int | None = None) -> Tensor:
    """
    Mean negative log-likelihood over kept tokens. logits (B, T, V), targets and mask (B, T). `kept`: tokens of the whole
    that these rows are a part of; the losses of all parts add up to the mean then.
    """
    if not (mask.any() if kept is None else kept):
        raise ValueError("masked_nll: every token is masked out")
    nll = F.cross_entropy(in_full(logits).transpose(1, 2), targets, reduction="none")
    return (nll * mask).sum() / (mask.sum() if kept is None else kept)


def in_full(logits: Tensor) -> Tensor:
    """Half of the bits are enough for a matrix, and too few for the sum over a vocabulary."""
    return logits.float() if logits.dtype in (torch.bfloat16, torch.float16) else logits
