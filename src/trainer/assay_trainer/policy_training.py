"""The steps that all policy-gradient methods share: ask, judge, update, keep, now and then ask held-out prompts."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Union

import torch
from torch import Tensor, nn

from .attempts import JudgedAttempts, draw_seed, make_attempts_together
from .checkpoint import load_checkpoint, save_checkpoint
from .common_config import CommonConfig
from .evaluation import HeldOut
from .events import emit
from .kept_models import KeptModels
from .kept_samples import keep_samples
from .language_model import LanguageModel, TextTokenizer
from .optimisation import Schedule, adamw
from .parallel import is_first, totals
from .policy_losses import average
from .prompts import Curriculum, Prompt
from .rewards import RewardFunction
from .sampling import SamplingConfig


@dataclass(frozen=True, kw_only=True)
class PolicyConfig(CommonConfig):
    AT_LEAST_ONE = (*CommonConfig.AT_LEAST_ONE, "prompts_per_step", "group_size", "updates_per_step")

    prompts_per_step: int
    group_size: int
    #: Updates on the same attempts; from the second on the ratio differs from 1 and the clip matters.
    updates_per_step: int = 1
    clip_low: float = 0.2
    clip_high: float = 0.2
    #: Weight of the divergence from the model that training began with; 0 keeps no copy of it.
    kl_weight: float = 0.0
    #: 0: every task alike; 1: mostly tasks that are sometimes solved.
    curriculum: float = 0.0
    final_rate: float = 1.0
    weight_decay: float = 0.0
    checkpoint_every: int = 10


#: What was measured, `skipped` with a reason where nothing was changed.
Measured = dict[str, Union[float, str]]
#: One update on judged attempts, at a learning rate.
Update = Callable[[torch.optim.Optimizer, JudgedAttempts, float], Measured]


@dataclass(frozen=True)
class PolicyRun:
    """What a run trains with, besides the model: prompts, the judge, and where it keeps what it did."""

    tokenizer: TextTokenizer
    prompts: Sequence[Prompt]
    #: None: nothing is asked on the way.
    held_out: HeldOut | None
    reward: RewardFunction
    checkpoint: Path
    #: None: no model is kept on the way.
    kept: KeptModels | None = None
    #: Where some attempts of each step go; None: nowhere.
    samples: Path | None = None


def train_policy(model: LanguageModel, trained: nn.Module, run: PolicyRun, config: PolicyConfig, update: Update) -> None:
    """
    `trained` holds all that learns, `model` among it. Goes on from the checkpoint if it is there: same model, prompts,
    configuration, rewards and number of processes give the same weights on a CPU.
    """
    optimizer = adamw(trained, config.weight_decay, config.beta1, config.beta2)
    schedule = Schedule(config.learning_rate, config.warmup_steps, config.steps, config.final_rate)
    curriculum = Curriculum(config.curriculum)
    identity = _identity(trained, run.prompts, config)
    done, memory = load_checkpoint(run.checkpoint, trained, optimizer, identity)
    curriculum.measured.update(memory.get("measured", {}))
    skipped = int(memory.get("skipped", 0))
    model.recompute_layers(config.gradient_checkpointing)
    if done == 0 and run.held_out is not None and run.held_out.is_due(0, config):
        run.held_out.measure(model, 0, config)
    for step in range(done, config.steps):
        started = time.perf_counter()
        asked = curriculum.draw(run.prompts, config.prompts_per_step, config.seed, step)
        sampling = SamplingConfig(config.temperature, config.max_new_tokens, draw_seed(config.seed, "attempts", step))
        attempts = make_attempts_together(model, run.tokenizer, asked, config.group_size, run.reward, sampling)
        if run.samples is not None:
            keep_samples(run.samples, step + 1, asked, attempts)
        for row, prompt in enumerate(asked):
            counted = attempts.counted[row]
            curriculum.record(prompt.task_id, float(attempts.rewards[row][counted].sum()), int(counted.sum()))
        measured = update(optimizer, attempts, schedule.at(step))
        skipped += "skipped" in measured
        emit("train.step", step + 1, **measured, **_metrics(attempts, time.perf_counter() - started))
        if not is_first():
            continue
        is_last = step + 1 == config.steps
        is_kept = run.kept is not None and not is_last and run.kept.is_due(step + 1)
        if (step + 1) % config.checkpoint_every == 0 or is_last or is_kept:
            memory = {"measured": curriculum.measured, "skipped": skipped}
            save_checkpoint(run.checkpoint, step + 1, trained, optimizer, identity, memory)
        if run.kept is not None and is_kept:
            run.kept.keep(step + 1)
        if run.held_out is not None and run.held_out.is_due(step + 1, config):
            run.held_out.measure(model, step + 1, config)
    if skipped == config.steps:
        emit("train.unchanged", config.steps, reason="no step had attempts with different rewards to learn from")


class Averages:
    """Means over the kept tokens of a batch that is measured in parts."""

    def __init__(self, mask: Tensor) -> None:
        self._mask = mask
        self._own: dict[str, float] = {}

    def clear(self) -> None:
        self._own = {}

    def add(self, name: str, values: Tensor, mask: Tensor) -> None:
        part = float(average(values.detach(), mask, "tokens", self._mask))
        self._own[name] = self._own.get(name, 0.0) + part

    def totals(self) -> dict[str, float]:
        """Of the parts of all processes."""
        return totals(self._own)


def rounded(measured: Measured) -> Measured:
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in measured.items()}


def _metrics(attempts: JudgedAttempts, seconds: float) -> dict[str, float | None]:
    counted = attempts.rewards[attempts.counted]
    tokens = int(attempts.batch.learnt.sum())
    lengths = attempts.lengths.float()
    return {
        "reward": round(float(counted.mean()), 6) if counted.numel() else None,
        "reward_std": round(float(counted.std(unbiased=False)), 6) if counted.numel() else None,
        "without_verdict": int((~attempts.counted).sum()),
        "completions/mean_length": float(lengths.mean()),
        "completions/max_length": float(lengths.max()),
        "completions/truncated": float((~attempts.ended).float().mean()),
        "completions/distinct": round(attempts.distinct, 6),
        "attempts": attempts.rewards.numel(),
        "num_tokens": tokens,
        "tokens_per_second": round(tokens / seconds),
        "seconds/sampling": round(attempts.sampling_seconds, 4),
        "seconds/judging": round(attempts.judging_seconds, 4),
        "seconds/step": round(seconds, 4),
    }


def _identity(trained: nn.Module, prompts: Sequence[Prompt], config: PolicyConfig) -> str:
    digest = hashlib.sha256(json.dumps([type(config).__name__, config.that_counts()], sort_keys=True).encode())
    for name, weight in sorted(trained.state_dict().items()):
        digest.update(name.encode() + weight.detach().cpu().float().numpy().tobytes())
    for prompt in prompts:
        digest.update(repr((prompt.task_id, prompt.text)).encode())
    return digest.hexdigest()
