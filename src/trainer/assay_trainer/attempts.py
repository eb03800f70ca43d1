"""Attempts of a policy at prompts, judged, in the form that an update needs."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .batches import Batch, Example, collate
from .language_model import LanguageModel, TextTokenizer
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


def make_attempts(
    model: LanguageModel,
    tokenizer: TextTokenizer,
    prompts: Sequence[Prompt],
    group_size: int,
    reward: RewardFunction,
    config: SamplingConfig,
) -> JudgedAttempts:
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
    # The token that ends a text is learnt where it was drawn; a text that met the limit must not learn to end there.
    examples = [
        Example(tuple(prompt), (*completion.ids, tokenizer.end_id) if completion.ended else completion.ids)
        for prompt, completion in zip(encoded, drawn)
    ]
    shape = (len(prompts), group_size)
    return JudgedAttempts(
        batch=collate(examples, tokenizer.pad_id),
        rewards=torch.tensor([0.0 if value is None else float(value) for value in rewards]).view(shape),
        counted=torch.tensor([value is not None for value in rewards]).view(shape),
        ended=torch.tensor([completion.ended for completion in drawn]).view(shape),
        lengths=torch.tensor([len(completion.ids) for completion in drawn]).view(shape),
        distinct=_distinct_share(texts, group_size),
        sampling_seconds=sampled - started,
        judging_seconds=judged - sampled,
        texts=tuple(texts),
    )


def draw_seed(seed: int, purpose: str, step: int) -> int:
    """A seed for one step and one purpose, so that a resumed run draws what an undisturbed one would."""
    return random.Random(f"{seed} {purpose} {step}").getrandbits(62)


def _distinct_share(texts: Sequence[str], group_size: int) -> float:
    groups = [texts[at : at + group_size] for at in range(0, len(texts), group_size)]
    return sum(len(set(group)) for group in groups) / len(texts)
