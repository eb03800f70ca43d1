"""Whether states still differ: a model that gives every state the same vector predicts perfectly and knows nothing."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Collapse:
    #: exp(entropy of the normalised eigenvalues of the covariance) over the width: 1 is round, 1/width a line.
    effective_rank_ratio: float
    #: Of the dimensions' variances.
    least_variance: float
    median_variance: float
    #: Mean cosine of distinct pairs: 1 where all point the same way.
    mean_cosine: float


@torch.no_grad()
def measure_collapse(states: Tensor) -> Collapse:
    """states (N, D), N at least 2."""
    centred = states.double() - states.double().mean(dim=0)
    variances = centred.square().mean(dim=0)
    spectrum = torch.linalg.eigvalsh(centred.T @ centred / len(states)).clamp(min=0)
    total = spectrum.sum()
    if total <= 1e-12:
        ratio = 1 / states.shape[1]
    else:
        shares = spectrum / total
        entropy = -(shares * shares.clamp(min=1e-12).log()).sum()
        ratio = float(entropy.exp()) / states.shape[1]
    lengths = states.double().norm(dim=1, keepdim=True).clamp(min=1e-12)
    units = states.double() / lengths
    count = len(states)
    pairs = float(units.sum(dim=0).square().sum() - units.square().sum()) / (count * (count - 1))
    return Collapse(ratio, float(variances.min()), float(variances.median()), pairs)
