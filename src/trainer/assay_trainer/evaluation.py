"""How often a model is right on prompts that it does not train on, while it trains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .attempts import draw_seed, make_attempts
from .events import emit
from .model import CausalLM
from .prompts import Prompt
from .rewards import RewardFunction
from .sampling import SamplingConfig
from .tokenizer import Tokenizer

#: Prompts that are asked at once, with all their samples.
AT_ONCE = 16


@dataclass(frozen=True)
class Evaluation:
    #: Steps between two; 0: never.
    every: int
    samples: int
    temperature: float
    max_new_tokens: int


def evaluate(
    model: CausalLM,
    tokenizer: Tokenizer,
    prompts: Sequence[Prompt],
    reward: RewardFunction,
    evaluation: Evaluation,
    step: int,
    seed: int,
) -> None:
    """Emits `eval` with the mean reward; the same seeds at every step, so that two of them differ by the model alone."""
    if evaluation.every == 0 or step % evaluation.every != 0 or not prompts:
        return
    total, counted, without = 0.0, 0, 0
    for start in range(0, len(prompts), AT_ONCE):
        sampling = SamplingConfig(
            evaluation.temperature, evaluation.max_new_tokens, draw_seed(seed, "evaluation", start)
        )
        asked = prompts[start : start + AT_ONCE]
        attempts = make_attempts(model, tokenizer, asked, evaluation.samples, reward, sampling)
        total += float(attempts.rewards[attempts.counted].sum())
        counted += int(attempts.counted.sum())
        without += int((~attempts.counted).sum())
    emit(
        "eval",
        step,
        reward=round(total / counted, 6) if counted else None,
        prompts=len(prompts),
        samples=evaluation.samples,
        without_verdict=without,
    )
