"""Losses as pure functions."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def masked_nll(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Mean negative log-likelihood over kept tokens. logits (B, T, V), targets and mask (B, T)."""
    if not mask.any():
        raise ValueError("masked_nll: every token is masked out")
    nll = F.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    return (nll * mask).sum() / mask.sum()
