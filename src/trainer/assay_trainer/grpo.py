"""Group-relative policy optimisation: an attempt is as good as it is better than the others at the same prompt."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from .attempts import JudgedAttempts
from .hardware import device_of
from .language_model import LanguageModel
from .optimisation import take_step
from .parallel import share_of
from .policy import logprobs_of, score_tokens
from .policy_losses import average, clipped_objective, group_advantages, k3_divergence
from .policy_training import Averages, Measured, PolicyConfig, PolicyRun, rounded, train_policy


@dataclass(frozen=True, kw_only=True)
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


def train_grpo(model: LanguageModel, run: PolicyRun, config: GrpoConfig) -> None:
    reference = deepcopy(model).requires_grad_(False).eval() if config.kl_weight > 0 else None
    train_policy(model, model, run, config, partial(update, model, reference, config))


def update(
    model: LanguageModel,
    reference: LanguageModel | None,
    config: GrpoConfig,
    optimizer: torch.optim.Optimizer,
    attempts: JudgedAttempts,
    rate: float,
) -> Measured:
    """
    What was measured. Groups whose rewards are equal take no part; when all are, nothing changes, not even by decay
    or momentum.
    """
    groups = group_advantages(attempts.rewards, attempts.counted, config.normalise)
    informative = float(groups.informative.float().mean())
    if not bool(groups.informative.any()):
        return {"informative": 0.0, "skipped": "the rewards of each group are equal"}
    device = device_of(model)
    used = groups.informative.repeat_interleave(config.group_size) & attempts.counted.flatten()
    whole = attempts.batch.rows(used).to(device)
    mask = whole.learnt
    batch = whole.share()
    advantages = share_of(groups.advantages.flatten()[used][:, None]).to(device)
    model.eval()  # Nothing of the model is random; the first ratio must be exactly 1.
    limit = config.micro_batch_tokens
    old = logprobs_of(model, batch, config.temperature, limit)
    anchor = logprobs_of(reference, batch, config.temperature, limit) if reference else None
    measured = Averages(mask)

    def losses() -> Iterator[Tensor]:
        for rows, part in batch.parts(limit):
            scores = score_tokens(model, part, config.temperature)
            objective = clipped_objective(
                scores.logprobs, old[rows], advantages[rows], config.clip_low, config.clip_high
            )
            penalised = objective.losses
            if anchor is not None:
                divergence = k3_divergence(scores.logprobs, anchor[rows])
                penalised = penalised + config.kl_weight * divergence
                measured.add("kl", divergence, part.learnt)
            measured.add("entropy", scores.entropy, part.learnt)
            measured.add("clip_ratio/low", objective.low.float(), part.learnt)
            measured.add("clip_ratio/high", objective.high.float(), part.learnt)
            yield average(penalised, part.learnt, config.average_over, mask)

    totals: Measured = {}
    for _ in range(config.updates_per_step):
        measured.clear()
        step = take_step(model, optimizer, losses(), rate, config.clip_norm)
        totals = {**measured.totals(), "grad_norm": step.norm, "loss": step.loss}
    return rounded({"informative": informative, "learning_rate": rate, **totals})
