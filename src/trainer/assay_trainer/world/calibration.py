"""Makes the pass head's logits mean what they say, on tasks that nothing else was fitted to."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional as F

from .committee import Committee
from .config import WorldConfig
from .evaluation import score_sets
from .transitions import TransitionSet

#: Fewer labels of each kind say nothing of a probability.
LEAST_LABELS = 20


def calibrate(
    model: Committee, sets: Sequence[TransitionSet], config: WorldConfig, device: torch.device
) -> bool:
    """
    Platt's scaling: a scale and a bias of the logit that make the labels of `sets` likeliest (Platt, 1999). The order of
    logits stays. False, and nothing changes, where there are too few labels.
    """
    scored = score_sets(model, sets, config, device)
    pairs = [
        (float(logit), float(after.accepted))
        for found, scores in zip(sets, scored)
        for logit, after in zip(scores.passes.tolist(), found.afters)
        if after.accepted is not None
    ]
    accepted = sum(label for _, label in pairs)
    if accepted < LEAST_LABELS or len(pairs) - accepted < LEAST_LABELS:
        return False
    logits = torch.tensor([logit for logit, _ in pairs], dtype=torch.double)
    labels = torch.tensor([label for _, label in pairs], dtype=torch.double)
    scale, bias = fit_scale(logits, labels)
    with torch.no_grad():
        model.bias.mul_(scale).add_(bias)
        model.scale.mul_(scale)
    return True


def fit_scale(logits: torch.Tensor, labels: torch.Tensor) -> tuple[float, float]:
    """exp(a) and b that make sigmoid(exp(a) * logit + b) likeliest for labels (N)."""
    found = torch.zeros(2, dtype=logits.dtype, requires_grad=True)
    solver = torch.optim.LBFGS([found], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        solver.zero_grad()
        lost = F.binary_cross_entropy_with_logits(logits * found[0].exp() + found[1], labels)
        lost.backward()
        return lost

    solver.step(loss)
    return float(found[0].exp()), float(found[1])
