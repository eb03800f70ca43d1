"""Which examples a training step sees. A pure function of seed and step, so that a resumed run sees the same."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Example:
    prompt: tuple[int, ...]
    #: Ends in the token that ends a text.
    completion: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.completion)


@dataclass(frozen=True)
class Batch:
    """ids, attention (B, T); learnt (B, T - 1): whether the token that follows is part of a completion."""

    ids: Tensor
    attention: Tensor
    learnt: Tensor


def epoch_order(lengths: Sequence[int], batch_size: int, seed: int, epoch: int) -> list[list[int]]:
    """Full batches of examples of similar length, in a random order; what is left over waits for another epoch."""
    rng = random.Random(f"{seed} epoch {epoch}")
    order = list(range(len(lengths)))
    rng.shuffle(order)
    window = batch_size * 16
    batches: list[list[int]] = []
    for start in range(0, len(order), window):
        near = sorted(order[start : start + window], key=lambda at: lengths[at])
        batches += [near[at : at + batch_size] for at in range(0, len(near) - batch_size + 1, batch_size)]
    rng.shuffle(batches)
    return batches


def collate(examples: Sequence[Example], pad_id: int) -> Batch:
    """Padded on the right."""
    width = max(len(example) for example in examples)
    ids = torch.full((len(examples), width), pad_id, dtype=torch.long)
    attention = torch.zeros(len(examples), width, dtype=torch.long)
    learnt = torch.zeros(len(examples), width - 1, dtype=torch.bool)
    for row, example in enumerate(examples):
        ids[row, : len(example)] = torch.tensor((*example.prompt, *example.completion))
        attention[row, : len(example)] = 1
        learnt[row, len(example.prompt) - 1 : len(example) - 1] = True
    return Batch(ids, attention, learnt)
