"""Group-relative policy optimisation: an attempt is as good as it is better than the others at the same prompt."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import partial

import torch

from .attempts import JudgedAttempts
from .model import CausalLM
from .optimisation import take_step
from .policy import score_tokens
from .policy_losses import average, clipped_objective, group_advantages, k3_divergence
from .policy_training import Measured, PolicyConfig, PolicyRun, rounded, train_policy


@dataclass(frozen=True)
class GrpoConfig(PolicyConfig):
    #: Whether advantages are divided by the standard deviation of their group.
    normalise: bool = True
    #: `tokens` or `sequences`.
    average_over: str = "tokens"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.group_size < 2:
            raise ValueError("group_size: a group of one has nothing to be better than; 2 at least")
        if self.average_over not in ("tokens", "sequences"):
            raise ValueError(f"average_over: tokens or sequences, not {self.average_over}")


def train_grpo(model: CausalLM, run: PolicyRun, config: GrpoConfig) -> None:
    reference = deepcopy(model).requires_grad_(False).eval() if config.kl_weight > 0 else None
    train_policy(model, model, run, config, partial(update, model, reference, config))


def update(
    model: CausalLM,
    reference: CausalLM | None,
    config: GrpoConfig,
    optimizer: torch.optim.Optimizer,
    attempts: JudgedAttempts,
    rate: float,
) -> Measured:
    """
    What was measured. Groups whose rewards are equal take no part; when all are, nothing changes, not even by decay
    or momentum.
    """
    device = model.model.embed_tokens.weight.device
    groups = group_advantages(attempts.rewards, attempts.counted, config.normalise)
    informative = float(groups.informative.float().mean())
    if not bool(groups.informative.any()):
        return {"informative": 0.0, "skipped": "the rewards of each group are equal"}
    used = groups.informative.repeat_interleave(config.group_size) & attempts.counted.flatten()
    ids, attention = attempts.batch.ids[used].to(device), attempts.batch.attention[used].to(device)
    mask = attempts.batch.learnt[used].to(device)
    advantages = groups.advantages.flatten()[used][:, None].to(device)
    model.eval()  # Nothing of the model is random; the first ratio must be exactly 1.
    with torch.no_grad():
        old = score_tokens(model, ids, attention, config.temperature).logprobs
        anchor = score_tokens(reference, ids, attention, config.temperature).logprobs if reference else None
    totals: Measured = {"informative": informative, "learning_rate": rate}
    for _ in range(config.updates_per_step):
        scores = score_tokens(model, ids, attention, config.temperature)
        objective = clipped_objective(scores.logprobs, old, advantages, config.clip_low, config.clip_high)
        losses = objective.losses
        if anchor is not None:
            divergence = k3_divergence(scores.logprobs, anchor)
            losses = losses + config.kl_weight * divergence
            totals["kl"] = float(average(divergence.detach(), mask, "tokens"))
        loss = average(losses, mask, config.average_over)
        totals["grad_norm"] = take_step(model, optimizer, loss, rate, config.clip_norm)
        totals["loss"] = loss.item()
        totals["entropy"] = float(average(scores.entropy, mask, "tokens"))
        totals["clip_ratio/low"] = float(average(objective.low.float(), mask, "tokens"))
        totals["clip_ratio/high"] = float(average(objective.high.float(), mask, "tokens"))
    return rounded(totals)
