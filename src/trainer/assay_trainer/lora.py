"""Low-rank adaptation (Hu et al. 2021): W + (alpha / rank) B A, of which only A and B learn."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoraLinear(nn.Module):
    """A (rank, inputs) is random and B (outputs, rank) is 0, so that training begins with the layer as it was."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float, dropout: float, generator: torch.Generator) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.scale = alpha / rank
        self.dropout = dropout
        bound = base.in_features**-0.5
        narrow = (torch.rand(rank, base.in_features, generator=generator) * 2 - 1) * bound
        self.lora_a = nn.Parameter(narrow.to(base.weight.device))
        self.lora_b = nn.Parameter(torch.zeros(base.out_features, rank, device=base.weight.device))

    def forward(self, inputs: Tensor) -> Tensor:
        dropped = F.dropout(inputs, self.dropout, self.training) if self.dropout else inputs
        return self.base(inputs) + F.linear(F.linear(dropped, self.lora_a), self.lora_b) * self.scale

    def merged(self) -> nn.Linear:
        with torch.no_grad():
            self.base.weight += self.scale * (self.lora_b @ self.lora_a)
        return self.base


def add_lora(model: nn.Module, rank: int, alpha: float, dropout: float, targets: str, seed: int) -> None:
    """From now on nothing else of the model learns. Raises ValueError for a target that the model has no layer of."""
    generator = torch.Generator().manual_seed(seed)
    model.requires_grad_(False)
    for target in (name.strip() for name in targets.split(",")):
        found = [
            (parent, child)
            for parent in model.modules()
            for name, child in parent.named_children()
            if name == target and isinstance(child, nn.Linear)
        ]
        if not found:
            raise ValueError(f"lora_targets: the model has no linear layer {target!r}")
        for parent, child in found:
            setattr(parent, target, LoraLinear(child, rank, alpha, dropout, generator))


def merge_lora(model: nn.Module) -> None:
    """Puts what was learnt into the weights; the model has the layers that it had before."""
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, LoraLinear):
                setattr(parent, name, child.merged())
    model.requires_grad_(True)
