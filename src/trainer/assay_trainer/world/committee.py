"""Several world models that learnt apart, as one: their states side by side, so that energies add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .model import PassHead, WorldModel


@dataclass(frozen=True)
class Member:
    model: WorldModel
    head: PassHead


class Committee(nn.Module):
    """
    M members of width D. States, predictions and targets are (B, M * D): the energy is the sum of the members' energies,
    the logit the mean of theirs, scaled by what calibration found.
    """

    scale: Tensor
    bias: Tensor

    def __init__(self, members: Sequence[Member]) -> None:
        super().__init__()
        self.models = nn.ModuleList(member.model for member in members)
        self.heads = nn.ModuleList(member.head for member in members)
        self.register_buffer("scale", torch.ones(()))
        self.register_buffer("bias", torch.zeros(()))

    @property
    def width(self) -> int:
        return sum(model.shape.width for model in self.models)

    @property
    def has_own_target(self) -> bool:
        return any(model.target is not model.encoder for model in self.models)

    def encode(self, ids: Tensor, kinds: Tensor, facts: Tensor) -> Tensor:
        return torch.cat([model.encoder(ids, kinds, facts) for model in self.models], dim=-1)

    def encode_target(self, ids: Tensor, kinds: Tensor, facts: Tensor) -> Tensor:
        return torch.cat([model.target(ids, kinds, facts) for model in self.models], dim=-1)

    def predict(self, state: Tensor, ids: Tensor, operations: Tensor) -> Tensor:
        parts = zip(self.models, state.chunk(len(self.models), dim=-1))
        return torch.cat([model.predictor(part, ids, operations) for model, part in parts], dim=-1)

    def passes(self, predicted: Tensor, target: Tensor, facts: Tensor) -> Tensor:
        count = len(self.heads)
        parts = zip(self.heads, predicted.chunk(count, dim=-1), target.chunk(count, dim=-1))
        logits = [head(one, other, facts) for head, one, other in parts]
        return torch.stack(logits).mean(dim=0) * self.scale + self.bias
