"""Proximal policy optimisation: a value head foretells the reward at each token, and what beats it is reinforced."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from .attempts import JudgedAttempts
from .batches import Batch
from .hardware import device_of
from .language_model import LanguageModel
from .losses import in_full
from .optimisation import take_step
from .parallel import rows_of_all, share_of
from .policy import TokenScores, logprobs_of, scores_of_logits
from .policy_losses import (
    average,
    clipped_objective,
    clipped_value_loss,
    generalised_advantages,
    group_advantages,
    k3_divergence,
    whiten,
)
from .policy_training import Averages, Measured, PolicyConfig, PolicyRun, rounded, train_policy


@dataclass(frozen=True, kw_only=True)
class PpoConfig(PolicyConfig):
    """`kl_weight`: each token's reward is lowered by this times its divergence from the first model."""

    gamma: float = 1.0
    #: The lambda of generalised advantage estimation.
    smoothing: float = 0.95
    value_weight: float = 0.5
    value_clip: float = 0.2


class ActorCritic(nn.Module):
    """A policy, and a linear value head on the last hidden states of the same network; it starts at 0 everywhere."""

    def __init__(self, policy: LanguageModel) -> None:
        super().__init__()
        self.policy = policy
        self.value = nn.Linear(policy.hidden_size, 1, device=device_of(policy))
        nn.init.zeros_(self.value.weight)
        nn.init.zeros_(self.value.bias)

    def forward(self, batch: Batch, temperature: float) -> tuple[TokenScores, Tensor]:
        """Scores and values (B, T - 1): before the token that follows a position is drawn."""
        logits, hidden = self.policy.with_hidden(batch.ids, batch.attention, batch.positions)
        values = in_full(self.value(hidden[:, :-1])).squeeze(-1)
        return scores_of_logits(logits[:, :-1] / temperature, batch.ids[:, 1:]), values

    @torch.no_grad()
    def before(self, batch: Batch, temperature: float, tokens: int) -> tuple[Tensor, Tensor]:
        """Log-probabilities and values, in parts of so many tokens."""
        parts = [self(part, temperature) for _, part in batch.parts(tokens)]
        # One of several processes may have no row of a batch.
        none = torch.zeros(0, batch.learnt.shape[1], device=batch.ids.device)
        return torch.cat([none, *(scores.logprobs for scores, _ in parts)]), torch.cat([none, *(of for _, of in parts)])


def train_ppo(model: LanguageModel, run: PolicyRun, config: PpoConfig) -> None:
    reference = deepcopy(model).requires_grad_(False).eval() if config.kl_weight > 0 else None
    actor = ActorCritic(model)
    train_policy(model, actor, run, config, partial(update, actor, reference, config))


def update(
    actor: ActorCritic,
    reference: LanguageModel | None,
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
    device = device_of(actor)
    batch, rewards = attempts.batch.rows(counted).to(device), rewards.to(device)
    mask, limit = batch.learnt, config.micro_batch_tokens
    actor.eval()  # Nothing of the model is random; the first ratio must be exactly 1.
    with torch.no_grad():
        own = batch.share()
        old, old_values = map(rows_of_all, actor.before(own, config.temperature, limit))
        per_token = reward_per_token(rewards, mask)
        divergence = torch.zeros_like(old)
        if reference is not None:
            divergence = k3_divergence(old, rows_of_all(logprobs_of(reference, own, config.temperature, limit)))
            per_token = per_token - config.kl_weight * divergence * mask
        advantages = generalised_advantages(per_token, old_values, mask, config.gamma, config.smoothing)
        returns = advantages + old_values
        advantages = whiten(advantages, mask)
    measured = Averages(mask)
    own_old, own_advantages, own_values, own_returns = map(share_of, (old, advantages, old_values, returns))

    def losses() -> Iterator[Tensor]:
        for rows, part in own.parts(limit):
            scores, values = actor(part, config.temperature)
            objective = clipped_objective(
                scores.logprobs, own_old[rows], own_advantages[rows], config.clip_low, config.clip_high
            )
            of_values = clipped_value_loss(values, own_values[rows], own_returns[rows], config.value_clip)
            measured.add("policy_loss", objective.losses, part.learnt)
            measured.add("value_loss", of_values, part.learnt)
            measured.add("entropy", scores.entropy, part.learnt)
            measured.add("clip_ratio/low", objective.low.float(), part.learnt)
            measured.add("clip_ratio/high", objective.high.float(), part.learnt)
            policy_loss = average(objective.losses, part.learnt, "tokens", mask)
            yield policy_loss + config.value_weight * average(of_values, part.learnt, "tokens", mask)

    informative = group_advantages(attempts.rewards, attempts.counted, normalise=False).informative
    totals: Measured = {"informative": float(informative.float().mean()), "learning_rate": rate}
    for _ in range(config.updates_per_step):
        measured.clear()
        step = take_step(actor, optimizer, losses(), rate, config.clip_norm)
        totals = {**totals, **measured.totals(), "grad_norm": step.norm, "loss": step.loss}
    if reference is not None:
        totals["kl"] = float(average(divergence, mask, "tokens"))
    totals["explained_variance"] = _explained_variance(returns[mask], old_values[mask])
    return rounded(totals)


def reward_per_token(rewards: Tensor, mask: Tensor) -> Tensor:
    """rewards (B,), mask (B, T). All of an attempt's reward at its last kept token."""
    positions = torch.arange(mask.shape[1], device=mask.device)
    last = torch.where(mask, positions, torch.full_like(positions, -1)[None].expand_as(mask)).max(dim=1).values
    per_token = torch.zeros(mask.shape, dtype=rewards.dtype, device=mask.device)
    per_token[torch.arange(mask.shape[0], device=mask.device), last] = rewards
    return per_token


def _explained_variance(returns: Tensor, values: Tensor) -> float:
    """1 - Var(returns - values) / Var(returns); 0 where returns do not vary."""
    spread = float(returns.var(unbiased=False))
    return 1 - float((returns - values).var(unbiased=False)) / spread if spread else 0.0
