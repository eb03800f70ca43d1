"""Proximal policy optimisation: a value head foretells the reward at each token, and what beats it is reinforced."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from .attempts import JudgedAttempts
from .model import CausalLM, positions_of
from .optimisation import take_step
from .policy import TokenScores, score_tokens, scores_of_logits
from .policy_losses import (
    average,
    clipped_objective,
    clipped_value_loss,
    generalised_advantages,
    k3_divergence,
    whiten,
)
from .policy_training import Measured, PolicyConfig, PolicyRun, rounded, train_policy


@dataclass(frozen=True)
class PpoConfig(PolicyConfig):
    """`kl_weight`: each token's reward is lowered by this times its divergence from the first model."""

    gamma: float = 1.0
    #: The lambda of generalised advantage estimation.
    smoothing: float = 0.95
    value_weight: float = 0.5
    value_clip: float = 0.2


class ActorCritic(nn.Module):
    """A policy, and a linear value head on the last hidden states of the same network; it starts at 0 everywhere."""

    def __init__(self, policy: CausalLM) -> None:
        super().__init__()
        self.policy = policy
        self.value = nn.Linear(policy.config.hidden_size, 1)
        nn.init.zeros_(self.value.weight)
        nn.init.zeros_(self.value.bias)

    def forward(self, ids: Tensor, attention: Tensor, temperature: float) -> tuple[TokenScores, Tensor]:
        """ids, attention (B, T). Scores and values (B, T - 1): before the token that follows a position is drawn."""
        hidden, _ = self.policy.model(ids, attention, positions_of(attention), ())
        logits = hidden @ self.policy.model.embed_tokens.weight.t()
        return scores_of_logits(logits[:, :-1] / temperature, ids[:, 1:]), self.value(hidden[:, :-1]).squeeze(-1)


def train_ppo(model: CausalLM, run: PolicyRun, config: PpoConfig) -> None:
    reference = deepcopy(model).requires_grad_(False).eval() if config.kl_weight > 0 else None
    actor = ActorCritic(model)
    train_policy(model, actor, run, config, partial(update, actor, reference, config))


def update(
    actor: ActorCritic,
    reference: CausalLM | None,
    config: PpoConfig,
    optimizer: torch.optim.Optimizer,
    attempts: JudgedAttempts,
    rate: float,
) -> Measured:
    """What was measured. When all rewards are equal nothing changes: whitening would make a signal of the value's noise."""
    counted = attempts.counted.flatten()
    rewards = attempts.rewards.flatten()[counted]
    if rewards.numel() == 0 or bool((rewards == rewards[0]).all()):
        return {"informative": 0.0, "skipped": "all rewards are equal"}
    device = actor.value.weight.device
    ids, attention = attempts.batch.ids[counted].to(device), attempts.batch.attention[counted].to(device)
    mask, rewards = attempts.batch.learnt[counted].to(device), rewards.to(device)
    actor.eval()  # Nothing of the model is random; the first ratio must be exactly 1.
    with torch.no_grad():
        scores, old_values = actor(ids, attention, config.temperature)
        old = scores.logprobs
        per_token = reward_per_token(rewards, mask)
        divergence = torch.zeros_like(old)
        if reference is not None:
            divergence = k3_divergence(old, score_tokens(reference, ids, attention, config.temperature).logprobs)
            per_token = per_token - config.kl_weight * divergence * mask
        advantages = generalised_advantages(per_token, old_values, mask, config.gamma, config.smoothing)
        returns = advantages + old_values
        advantages = whiten(advantages, mask)
    totals: Measured = {"informative": _informative(attempts), "learning_rate": rate}
    if reference is not None:
        totals["kl"] = float(average(divergence, mask, "tokens"))
    for _ in range(config.updates_per_step):
        scores, values = actor(ids, attention, config.temperature)
        objective = clipped_objective(scores.logprobs, old, advantages, config.clip_low, config.clip_high)
        policy_loss = average(objective.losses, mask, "tokens")
        value_loss = average(clipped_value_loss(values, old_values, returns, config.value_clip), mask, "tokens")
        loss = policy_loss + config.value_weight * value_loss
        totals["grad_norm"] = take_step(actor, optimizer, loss, rate, config.clip_norm)
        totals["loss"] = loss.item()
        totals["policy_loss"] = policy_loss.item()
        totals["value_loss"] = value_loss.item()
        totals["entropy"] = float(average(scores.entropy, mask, "tokens"))
        totals["clip_ratio/low"] = float(average(objective.low.float(), mask, "tokens"))
        totals["clip_ratio/high"] = float(average(objective.high.float(), mask, "tokens"))
    totals["explained_variance"] = _explained_variance(returns[mask], old_values[mask])
    return rounded(totals)


def reward_per_token(rewards: Tensor, mask: Tensor) -> Tensor:
    """rewards (B,), mask (B, T). All of an attempt's reward at its last kept token."""
    positions = torch.arange(mask.shape[1], device=mask.device)
    last = torch.where(mask, positions, torch.full_like(positions, -1)[None].expand_as(mask)).max(dim=1).values
    per_token = torch.zeros(mask.shape, dtype=rewards.dtype, device=mask.device)
    per_token[torch.arange(mask.shape[0], device=mask.device), last] = rewards
    return per_token


def _informative(attempts: JudgedAttempts) -> float:
    """The share of prompts whose attempts were rewarded differently."""
    return float((attempts.rewards.max(dim=1).values > attempts.rewards.min(dim=1).values).float().mean())


def _explained_variance(returns: Tensor, values: Tensor) -> float:
    """1 - Var(returns - values) / Var(returns); 0 where returns do not vary."""
    spread = float(returns.var(unbiased=False))
    return 1 - float((returns - values).var(unbiased=False)) / spread if spread else 0.0
