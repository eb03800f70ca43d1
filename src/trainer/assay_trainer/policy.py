"""What a model thinks of the tokens of an attempt, with gradients."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .model import CausalLM, positions_of


@dataclass(frozen=True)
class TokenScores:
    """(B, T - 1) each, for the token that follows a position: its log-probability, and the entropy in nats there."""

    logprobs: Tensor
    entropy: Tensor


def score_tokens(model: CausalLM, ids: Tensor, attention: Tensor, temperature: float) -> TokenScores:
    """ids, attention (B, T). Under the distribution that was sampled from, so with its temperature (above 0)."""
    logits = model(ids, attention, positions_of(attention))[0][:, :-1] / temperature
    return scores_of_logits(logits, ids[:, 1:])


def scores_of_logits(logits: Tensor, targets: Tensor) -> TokenScores:
    """logits (B, T, V), targets (B, T)."""
    everything = torch.log_softmax(logits, dim=-1)
    chosen = everything.gather(2, targets.unsqueeze(2)).squeeze(2)
    with torch.no_grad():
        entropy = -(everything.exp() * everything).sum(dim=-1)
    return TokenScores(chosen, entropy)
