"""
What the world model learns from. LeJEPA (Balestriero and LeCun, 2025, arXiv 2511.08544) for SIGReg; van den Oord et al.
(2018, arXiv 1807.03748) for the contrast within a batch.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from .model import energy


def sigreg(states: Tensor, directions: Tensor, knots: int = 17, furthest: float = 3.0) -> Tensor:
    """
    How far states (N, D) are from a standard normal: the Epps-Pulley statistic of their projections on unit `directions`
    (D, K), averaged. For each direction, with x the projections and phi(t) = exp(-t^2/2):

        N * integral_0^furthest ((mean cos tx - phi(t))^2 + (mean sin tx)^2) * phi(t) dt

    by the trapezoidal rule on `knots` points. 0 if and only if the characteristic functions agree on the knots.
    """
    count = states.shape[0]
    knot = torch.linspace(0, furthest, knots, device=states.device, dtype=states.dtype)
    normal = torch.exp(-0.5 * knot * knot)
    weight = torch.full_like(knot, furthest / (knots - 1))
    weight[0] = weight[-1] = furthest / (knots - 1) / 2
    angles = (states @ directions).unsqueeze(-1) * knot
    real = angles.cos().mean(dim=0) - normal
    imaginary = angles.sin().mean(dim=0)
    return ((real * real + imaginary * imaginary) * (weight * normal)).sum(dim=-1).mean() * count


def unit_directions(width: int, count: int, generator: torch.Generator) -> Tensor:
    """(width, count), each column of length 1, uniform on the sphere."""
    drawn = torch.randn(width, count, generator=generator)
    return drawn / drawn.norm(dim=0, keepdim=True)


def prediction_loss(predicted: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean of the energy over its width; predicted, target (N, D), weights (N)."""
    return (energy(predicted, target) * weights).sum() / weights.sum().clamp(min=1e-6) / predicted.shape[-1]


def set_contrast(energies: Tensor, likely: Tensor, present: Tensor, temperature: float) -> Tensor:
    """
    Cross-entropy between `likely` (G, K), how plausible each state of a set is, summing to 1, and the Boltzmann
    distribution exp(-energy / temperature) over those of the set that are `present`. Sets that name none, or in which
    there is nothing to choose, count nothing.
    """
    logits = (-energies / temperature).masked_fill(~present, -1e4)
    told = (likely.sum(dim=-1) > 0) & (present.sum(dim=-1) > 1)
    each = -(likely * F.log_softmax(logits, dim=-1)).sum(dim=-1)
    return (each * told).sum() / told.sum().clamp(min=1)


def margin_loss(better: Tensor, worse: Tensor, margin: float) -> Tensor:
    """Mean of relu(better - worse + margin): the energy of what is better must lie `margin` below that of what is worse."""
    return F.relu(better - worse + margin).mean()
