"""Batched sampling with a key-value cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from .hardware import device_of
from .language_model import LanguageModel
from .losses import in_full
from .model import positions_of


@dataclass(frozen=True)
class SamplingConfig:
    #: 0: always the most likely token.
    temperature: float
    max_new_tokens: int
    seed: int


@dataclass(frozen=True)
class Completion:
    """`ids` without the token that ends a text; `ended`: the model drew that token rather than met the limit."""

    ids: tuple[int, ...]
    ended: bool


@torch.no_grad()
def sample(
    model: LanguageModel, prompts: Sequence[Sequence[int]], end_id: int, pad_id: int, config: SamplingConfig
) -> list[Completion]:
    """A completion for each prompt. Prompts are padded on the left; none grows beyond the positions that a model has."""
    model.eval()
    device = device_of(model)
    generator = torch.Generator(device=device).manual_seed(config.seed)
    width = max(len(prompt) for prompt in prompts)
    ids = torch.full((len(prompts), width), pad_id, dtype=torch.long)
    attention = torch.zeros(len(prompts), width, dtype=torch.long)
    for row, prompt in enumerate(prompts):
        ids[row, width - len(prompt) :] = torch.tensor(prompt)
        attention[row, width - len(prompt) :] = 1
    attention = attention.to(device)
    completions: list[list[int]] = [[] for _ in prompts]
    finished = torch.zeros(len(prompts), dtype=torch.bool, device=device)
    past: tuple[object, ...] = ()
    fed = ids.to(device)
    for _ in range(min(config.max_new_tokens, model.max_positions - width)):
        positions = positions_of(attention)[:, -fed.shape[1] :]
        logits, *present = model(fed, attention, positions, *past)
        past = tuple(present)
        chosen = _choose(logits[:, -1], config.temperature, generator)
        finished |= chosen == end_id
        for row, (token, over) in enumerate(zip(chosen.tolist(), finished.tolist())):
            if not over:
                completions[row].append(token)
        if bool(finished.all()):
            break
        fed = torch.where(finished, torch.full_like(chosen, pad_id), chosen)[:, None]
        attention = torch.cat([attention, torch.ones_like(fed)], dim=1)
    return [Completion(tuple(drawn), over) for drawn, over in zip(completions, finished.tolist())]


def _choose(logits: torch.Tensor, temperature: float, generator: torch.Generator) -> torch.Tensor:
    """logits (B, V) -> (B,)."""
    logits = in_full(logits)
    if temperature == 0:
        return logits.argmax(dim=-1)
    return torch.multinomial(torch.softmax(logits / temperature, dim=-1), 1, generator=generator)[:, 0]
