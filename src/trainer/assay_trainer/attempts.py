"""Attempts of a policy at prompts, judged, in the form that an update needs."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Optional

import torch
from torch import Tensor

from .batches import Batch, Example, collate
from .language_model import LanguageModel, TextTokenizer
from .parallel import gathered, rank, share, together
from .prompts import Prompt, tokens_of_prompt
from .rewards import Attempt, RewardFunction
from .sampling import SamplingConfig, sample


@dataclass(frozen=True)
class JudgedAttempts:
    """
    P prompts with G attempts each. batch: P * G rows, prompt by prompt. rewards, counted (P, G): counted is False
    where there is no verdict. ended (P, G): the model ended its text itself. lengths (P, G): tokens that were drawn,
    without the one that ends a text. distinct: the mean share of different texts in a group.
    """

    batch: Batch
    rewards: Tensor
    counted: Tensor
    ended: Tensor
    lengths: Tensor
    distinct: float
    sampling_seconds: float
    judging_seconds: float
    #: In the order of the batch.
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Attempt:
    example: Example
    #: None: there is no verdict.
    reward: Optional[float]
    ended: bool
    #: Tokens that were drawn.
    length: int
    text: str


@dataclass(frozen=True)
class _Seconds:
    sampling: float = 0.0
    judging: float = 0.0


def make_attempts(
    model: LanguageModel,
    tokenizer: TextTokenizer,
    prompts: Sequence[Prompt],
    group_size: int,
    reward: RewardFunction,
    config: SamplingConfig,
) -> JudgedAttempts:
    groups, seconds = _groups(model, tokenizer, prompts, group_size, reward, config)
    return _judged(groups, seconds, tokenizer.pad_id)


def make_attempts_together(
    model: LanguageModel,
    tokenizer: TextTokenizer,
    prompts: Sequence[Prompt],
    group_size: int,
    reward: RewardFunction,
    config: SamplingConfig,
) -> JudgedAttempts:
    """
    Likewise, each of several processes at its share of the prompts, on a judge of its own; all of them have all attempts then.
    Other numbers of processes draw others.
    """
    own = share(prompts)
    # The first draws what it would alone.
    sampling = config if rank() == 0 else replace(config, seed=draw_seed(config.seed, "process", rank()))
    groups, seconds = _groups(model, tokenizer, own, group_size, reward, sampling) if own else ([], _Seconds())
    slowest = gathered(seconds)
    seconds = _Seconds(max(one.sampling for one in slowest), max(one.judging for one in slowest))
    return _judged(together(groups), seconds, tokenizer.pad_id)


def _groups(
    model: LanguageModel,
    tokenizer: TextTokenizer,
    prompts: Sequence[Prompt],
    group_size: int,
    reward: RewardFunction,
    config: SamplingConfig,
) -> tuple[list[list[_Attempt]], _Seconds]:
    """A group for each prompt."""
    started = time.perf_counter()
    encoded = [tokens_of_prompt(prompt, tokenizer) for prompt in prompts for _ in range(group_size)]
    drawn = sample(model, encoded, tokenizer.end_id, tokenizer.pad_id, config)
    texts = [tokenizer.decode(list(completion.ids)) for completion in drawn]
    sampled = time.perf_counter()
    asked = [prompt for prompt in prompts for _ in range(group_size)]
    rewards = reward([Attempt(prompt.task_id, text) for prompt, text in zip(asked, texts)])
    judged = time.perf_counter()
    if len(rewards) != len(asked):
        raise ValueError(f"the reward function gave {len(rewards)} rewards for {len(asked)} attempts")
    attempts = [
        # The token that ends a text is learnt where it was drawn; a text that met the limit must not learn to end there.
        _Attempt(
            Example(tuple(prompt), (*completion.ids, tokenizer.end_id) if completion.ended else completion.ids),
            None if given is None else float(given),
            completion.ended,
            len(completion.ids),
            text,
        )
        for prompt, completion, given, text in zip(encoded, drawn, rewards, texts)
    ]
    groups = [attempts[at : at + group_size] for at in range(0, len(attempts), group_size)]
    return groups, _Seconds(sampled - started, judged - sampled)


def _judged(groups: Sequence[Sequence[_Attempt]], seconds: _Seconds, pad_id: int) -> JudgedAttempts:
    attempts = [attempt for group in groups for attempt in group]
    shape = (len(groups), len(groups[0]))
    return JudgedAttempts(
        batch=collate([attempt.example for attempt in attempts], pad_id),
        rewards=torch.tensor([attempt.reward or 0.0 for attempt in attempts]).view(shape),
        counted=torch.tensor([attempt.reward is not None for attempt in attempts]).view(shape),
        ended=torch.tensor([attempt.ended for attempt in attempts]).view(shape),
        lengths=torch.tensor([attempt.length for attempt in attempts]).view(shape),
        distinct=sum(len({attempt.text for attempt in group}) for group in groups) / len(attempts),
        sampling_seconds=seconds.sampling,
        judging_seconds=seconds.judging,
        texts=tuple(attempt.text for attempt in attempts),
    )


def draw_seed(seed: int, purpose: str, step: int) -> int:
    """A seed for one step and one purpose, so that a resumed run draws what an undisturbed one would."""
    return random.Random(f"{seed} {purpose} {step}").getrandbits(62)
