"""Objectives of policy-gradient training as pure functions of tensors. B attempts, T token positions."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class GroupAdvantages:
    """advantages (P, G); informative (P,): whether the rewards of a group differ, so that it teaches anything."""

    advantages: Tensor
    informative: Tensor


def group_advantages(rewards: Tensor, counted: Tensor, normalise: bool) -> GroupAdvantages:
    """
    A_i = r_i - mean(r), over std(r) when `normalise` (Shao et al. 2024, section 4.1.2; without it Liu et al. 2025).
    rewards (P, G); counted (P, G): False where there is no verdict; such an attempt is in no mean and gets 0. The
    standard deviation is that of the group itself (divided by G). A group whose rewards are equal gets exact zeros.
    """
    counts = counted.sum(dim=1, keepdim=True).clamp(min=1)
    known = torch.where(counted, rewards, torch.zeros_like(rewards))
    centred = torch.where(counted, rewards - known.sum(dim=1, keepdim=True) / counts, torch.zeros_like(rewards))
    highest = torch.where(counted, rewards, torch.full_like(rewards, -torch.inf)).max(dim=1).values
    lowest = torch.where(counted, rewards, torch.full_like(rewards, torch.inf)).min(dim=1).values
    informative = highest > lowest
    if normalise:
        deviation = (centred.square().sum(dim=1, keepdim=True) / counts).sqrt()
        centred = centred / torch.where(deviation > 0, deviation, torch.ones_like(deviation))
    return GroupAdvantages(torch.where(informative[:, None], centred, torch.zeros_like(centred)), informative)


@dataclass(frozen=True)
class ClippedObjective:
    """losses (B, T), to be averaged over kept tokens; low, high (B, T): where the clip holds the gradient back."""

    losses: Tensor
    low: Tensor
    high: Tensor


def clipped_objective(
    logprobs: Tensor, old_logprobs: Tensor, advantages: Tensor, clip_low: float, clip_high: float
) -> ClippedObjective:
    """
    -min(rA, clip(r, 1 - clip_low, 1 + clip_high) A), r = exp(logprobs - old_logprobs) (Schulman et al. 2017, eq. 7; two
    bounds as in Yu et al. 2025). logprobs and old_logprobs (B, T); advantages (B, T) or (B, 1).
    """
    ratio = (logprobs - old_logprobs).exp()
    clipped = ratio.clamp(1 - clip_low, 1 + clip_high)
    losses = -torch.minimum(ratio * advantages, clipped * advantages)
    return ClippedObjective(
        losses,
        low=((ratio < 1 - clip_low) & (advantages < 0)).detach(),
        high=((ratio > 1 + clip_high) & (advantages > 0)).detach(),
    )


def k3_divergence(logprobs: Tensor, reference_logprobs: Tensor) -> Tensor:
    """
    exp(d) - d - 1 with d = reference - policy: never negative, and unbiased for KL(policy || reference) over tokens
    that the policy drew (Schulman 2020, "Approximating KL divergence", k3). Both (B, T); gives (B, T).
    """
    difference = reference_logprobs - logprobs
    return difference.exp() - difference - 1


def average(losses: Tensor, mask: Tensor, over: str, whole: Tensor | None = None) -> Tensor:
    """
    losses, mask (B, T). `tokens`: every kept token of the batch counts alike (Yu et al. 2025); `sequences`: the mean of
    each attempt's mean (Shao et al. 2024). `whole`: the mask of all rows that these are a part of; the averages of all
    parts add up to that of the whole then. Raises ValueError where nothing is kept.
    """
    whole = mask if whole is None else whole
    if not whole.any():
        raise ValueError("average: every token is masked out")
    kept = torch.where(mask, losses, torch.zeros_like(losses))
    if over == "tokens":
        return kept.sum() / whole.sum()
    return (kept.sum(dim=1) / mask.sum(dim=1).clamp(min=1)).sum() / whole.any(dim=1).sum()


def generalised_advantages(rewards: Tensor, values: Tensor, mask: Tensor, gamma: float, smoothing: float) -> Tensor:
    """
    A_t = sum_l (gamma * smoothing)^l (r_{t+l} + gamma V_{t+l+1} - V_{t+l}), with V = 0 after the last kept token
    (Schulman et al. 2016, eq. 16). rewards, values, mask (B, T); kept tokens of a row stand together. Gives (B, T), 0
    where nothing is kept.
    """
    advantages = torch.zeros_like(values)
    following = torch.zeros_like(values[:, 0])
    next_value = torch.zeros_like(values[:, 0])
    for at in reversed(range(values.shape[1])):
        kept = mask[:, at]
        error = rewards[:, at] + gamma * next_value - values[:, at]
        following = torch.where(kept, error + gamma * smoothing * following, torch.zeros_like(error))
        next_value = torch.where(kept, values[:, at], torch.zeros_like(error))
        advantages[:, at] = following
    return advantages


def clipped_value_loss(values: Tensor, old_values: Tensor, returns: Tensor, clip: float) -> Tensor:
    """0.5 max((V - R)^2, (clip(V, V_old ± clip) - R)^2), (B, T) each (the value clipping of Schulman et al.'s code)."""
    near = old_values + (values - old_values).clamp(-clip, clip)
    return 0.5 * torch.maximum((values - returns).square(), (near - returns).square())


def whiten(advantages: Tensor, mask: Tensor) -> Tensor:
    """Mean 0 and standard deviation 1 over kept tokens, 0 elsewhere. One value, or equal ones, become 0."""
    kept = advantages[mask]
    deviation = kept.std(unbiased=False)
    scaled = (advantages - kept.mean()) / torch.where(deviation > 0, deviation, torch.ones_like(deviation))
    return torch.where(mask, scaled, torch.zeros_like(scaled))
