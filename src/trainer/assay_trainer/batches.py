"""Which examples a training step sees. A pure function of seed and step, so that a resumed run sees the same."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .model import positions_of
from .parallel import share_of


@dataclass(frozen=True)
class Example:
    prompt: tuple[int, ...]
    #: Ends in the token that ends a text.
    completion: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.completion)


@dataclass(frozen=True)
class Batch:
    """
    ids, positions (B, T); attention (B, T), 1 where a token counts, or (B, T, T), 1 where a token sees another;
    learnt (B, T - 1): whether the token that follows is part of a completion.
    """

    ids: Tensor
    attention: Tensor
    positions: Tensor
    learnt: Tensor

    def rows(self, chosen: Tensor) -> Batch:
        return Batch(self.ids[chosen], self.attention[chosen], self.positions[chosen], self.learnt[chosen])

    def to(self, device: torch.device) -> Batch:
        return Batch(*(part.to(device) for part in (self.ids, self.attention, self.positions, self.learnt)))

    def share(self) -> Batch:
        """Of several processes, the rows that this one takes."""
        return self.rows(share_of(torch.arange(len(self.ids), device=self.ids.device)))

    def parts(self, tokens: int) -> Iterator[tuple[slice, Batch]]:
        """Runs of rows that hold `tokens` at most, one row at least; 0: all rows."""
        rows, width = self.ids.shape
        size = max(1, rows if tokens == 0 else tokens // width)
        for start in range(0, rows, size):
            part = slice(start, start + size)
            yield part, Batch(self.ids[part], self.attention[part], self.positions[part], self.learnt[part])


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
    """One example a row, padded on the right."""
    width = max(len(example) for example in examples)
    ids = torch.full((len(examples), width), pad_id, dtype=torch.long)
    attention = torch.zeros(len(examples), width, dtype=torch.long)
    learnt = torch.zeros(len(examples), width - 1, dtype=torch.bool)
    for row, example in enumerate(examples):
        ids[row, : len(example)] = torch.tensor((*example.prompt, *example.completion))
        attention[row, : len(example)] = 1
        learnt[row, len(example.prompt) - 1 : len(example) - 1] = True
    return Batch(ids, attention, positions_of(attention), learnt)


def pack(examples: Sequence[Example], width: int, pad_id: int) -> Batch:
    """Several examples a row, of `width` tokens or of the longest example; none sees or foretells another."""
    rows = _rows_of(examples, width)
    width = max(sum(len(example) for example in row) for row in rows)
    ids = torch.full((len(rows), width), pad_id, dtype=torch.long)
    positions = torch.zeros(len(rows), width, dtype=torch.long)
    attention = torch.zeros(len(rows), width, width, dtype=torch.bool)
    learnt = torch.zeros(len(rows), width - 1, dtype=torch.bool)
    for number, row in enumerate(rows):
        start = 0
        for example in row:
            end = start + len(example)
            ids[number, start:end] = torch.tensor((*example.prompt, *example.completion))
            positions[number, start:end] = torch.arange(len(example))
            attention[number, start:end, start:end] = True
            learnt[number, start + len(example.prompt) - 1 : end - 1] = True
            start = end
    return Batch(ids, attention, positions, learnt)


def _rows_of(examples: Sequence[Example], width: int) -> list[list[Example]]:
    """Each into the first row that has room for it, the longest first."""
    rows: list[list[Example]] = []
    room: list[int] = []
    for example in sorted(examples, key=len, reverse=True):
        at = next((at for at, left in enumerate(room) if left >= len(example)), len(rows))
        if at == len(rows):
            rows.append([])
            room.append(max(width, len(example)))
        rows[at].append(example)
        room[at] -= len(example)
    return rows
