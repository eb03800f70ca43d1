"""What a model thinks of the tokens of an attempt, with gradients."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .batches import Batch
from .language_model import LanguageModel
from .losses import in_full


@dataclass(frozen=True)
class TokenScores:
    """(B, T - 1) each, for the token that follows a position: its log-probability, and the entropy in nats there."""

    logprobs: Tensor
    entropy: Tensor


def score_tokens(model: LanguageModel, batch: Batch, temperature: float) -> TokenScores:
    """Under the distribution that was sampled from, so with its temperature (above 0)."""
    logits = model(batch.ids, batch.attention, batch.positions)[0][:, :-1] / temperature
    return scores_of_logits(logits, batch.ids[:, 1:])


@torch.no_grad()
def logprobs_of(model: LanguageModel, batch: Batch, temperature: float, tokens: int) -> Tensor:
    """(B, T - 1) without gradients, in parts of so many tokens."""
    parts = [score_tokens(model, part, temperature).logprobs for _, part in batch.parts(tokens)]
    # One of several processes may have no row of a batch.
    return torch.cat([torch.zeros(0, batch.learnt.shape[1], device=batch.ids.device), *parts])


def scores_of_logits(logits: Tensor, targets: Tensor) -> TokenScores:
    """logits (B, T, V), targets (B, T)."""
    everything = torch.log_softmax(in_full(logits), dim=-1)
    chosen = everything.gather(2, targets.unsqueeze(2)).squeeze(2)
    with torch.no_grad():
        entropy = -(everything.exp() * everything).sum(dim=-1)
    return TokenScores(chosen, entropy)
