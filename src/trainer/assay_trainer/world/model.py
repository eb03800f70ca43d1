"""The world model: what a state becomes when it is acted on, as vectors. Runs alike in torch and, exported, in ONNX Runtime."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .tokens import KINDS, PAD

#: A mask's "never": its exponential is 0 in single precision, and it survives half precision.
_NEVER = -1e4
#: Deviation of the dimensions of structure at first; others have 1.
_FIRST_BUILD = 2.0


@dataclass(frozen=True)
class WorldShape:
    vocabulary: int
    facts: int
    operations: int
    width: int = 64
    embedding: int = 64
    layers: int = 2
    kernel: int = 5
    pools: int = 4
    predictor_layers: int = 2
    #: Of what is summed up of a program's pieces, dropped in training.
    dropout: float = 0.0
    #: Dimensions of a state that its structure numbers alone decide; fewer than `width`.
    structure: int = 8
    #: The after-state has an encoder of its own, a running mean of the other.
    separate_target: bool = False

    @property
    def content(self) -> int:
        """Dimensions that pieces decide too; they come first."""
        return self.width - self.structure


class WorldModel(nn.Module):
    """
    z = encode(before), p = predict(z, action, operations), t = encode_target(after), each (B, width).
    energy = |p - t|^2, summed over the width: the lower, the less the after-state surprises.
    """

    def __init__(self, shape: WorldShape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = StateEncoder(shape)
        self.target = StateEncoder(shape) if shape.separate_target else self.encoder
        self.predictor = Predictor(shape, self.encoder.words)
        if shape.separate_target:
            self.target.load_state_dict(self.encoder.state_dict())
            for weight in self.target.parameters():
                weight.requires_grad_(False)

    @torch.no_grad()
    def move_target(self, keep: float) -> None:
        """target = keep * target + (1 - keep) * encoder; nothing where they are one."""
        if self.target is self.encoder:
            return
        for slow, fast in zip(self.target.parameters(), self.encoder.parameters()):
            slow.mul_(keep).add_(fast, alpha=1 - keep)


class StateEncoder(nn.Module):
    """
    A program's pieces, their kinds and its structure numbers as one vector. Convolutions carry what stands beside what,
    so that the cost grows with the length alone; attention with learnt questions sums up.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, shape: WorldShape) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(shape.facts))
        self.register_buffer("deviation", torch.ones(shape.facts))
        self.pieces = nn.Embedding(shape.vocabulary, shape.embedding, padding_idx=PAD)
        self.kinds = nn.Embedding(len(KINDS), shape.embedding, padding_idx=0)
        self.mixers = nn.ModuleList(Mixer(shape.embedding, shape.kernel) for _ in range(shape.layers))
        self.pool = Pool(shape.embedding, shape.pools)
        self.drop = nn.Dropout(shape.dropout)
        self.structure = nn.Sequential(nn.Linear(shape.facts, shape.width), nn.GELU())
        # Dimensions of their own: what breaks a program must not drown in what it is about.
        self.build = nn.Linear(shape.width, shape.structure)
        self.built = nn.BatchNorm1d(shape.structure)
        nn.init.constant_(self.built.weight, _FIRST_BUILD)
        # What differs little between programs is brought to the size of what differs much, lest a few directions be all.
        self.even = nn.BatchNorm1d(self.pool.width + shape.width)
        self.out = nn.Sequential(
            nn.Linear(self.pool.width + shape.width, 2 * shape.width), nn.GELU(), nn.Linear(2 * shape.width, shape.content)
        )
        self.words = Words(self.pieces, shape.content)
        self.last = nn.BatchNorm1d(shape.content, affine=False)

    def forward(self, ids: Tensor, kinds: Tensor, facts: Tensor) -> Tensor:
        """ids, kinds (B, T); facts (B, F), raw; gives (B, width). A row of padding alone is a state without code."""
        mask = (ids != PAD).unsqueeze(-1)
        hidden = self.pieces(ids) + self.kinds(kinds)
        for mixer in self.mixers:
            hidden = mixer(hidden, mask)
        structure = self.structure(((facts - self.mean) / self.deviation).clamp(-5, 5))
        seen = self.even(torch.cat([self.drop(self.pool(hidden, mask)), structure], dim=-1))
        content = self.last(self.out(seen) + self.words(ids, mask))
        return torch.cat([content, self.built(self.build(structure))], dim=-1)


class Mixer(nn.Module):
    """h + W2 gelu(W1 conv(norm h)), the convolution along the text and channel by channel; padding stays zero."""

    def __init__(self, width: int, kernel: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.along = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.up = nn.Linear(width, width)
        self.down = nn.Linear(width, width)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        beside = self.along((self.norm(hidden) * mask).transpose(1, 2)).transpose(1, 2)
        return (hidden + self.down(F.gelu(self.up(beside)))) * mask


class Pool(nn.Module):
    """Mean, maximum and `questions` weighted means of (B, T, D), padding left out; (B, width)."""

    def __init__(self, width: int, questions: int) -> None:
        super().__init__()
        self.questions = nn.Linear(width, questions)
        self.width = (questions + 2) * width

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        weights = torch.softmax(self.questions(hidden).masked_fill(~mask, _NEVER), dim=1)
        weighted = torch.matmul((weights * mask).transpose(1, 2), hidden).flatten(1)
        count = mask.sum(dim=1).clamp(min=1)
        mean = (hidden * mask).sum(dim=1) / count
        most = hidden.masked_fill(~mask, _NEVER).amax(dim=1)
        most = torch.where(mask.any(dim=1), most, torch.zeros_like(most))
        return torch.cat([weighted, mean, most], dim=-1)


class Words(nn.Module):
    """
    Which words are there, whatever their order: sum of w_i e_i over the root of the sum of w_i, on a plane of its own. A question
    and a program share the words' vectors and the plane, so that a word that both have brings them together, also one
    that no training task paired.
    """

    def __init__(self, pieces: nn.Embedding, width: int) -> None:
        super().__init__()
        self.pieces = pieces
        self.weight = nn.Embedding(pieces.num_embeddings, 1)
        self.plane = nn.Linear(pieces.embedding_dim, width, bias=False)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        weights = torch.sigmoid(self.weight(ids)) * mask
        summed = (self.pieces(ids) * weights).sum(dim=1)
        return self.plane(summed / weights.sum(dim=1).clamp(min=1e-6).sqrt())


class Predictor(nn.Module):
    """p = the state, changed layer by layer under scales, shifts and gates that the action gives, plus the action's words."""

    def __init__(self, shape: WorldShape, state_words: Words) -> None:
        super().__init__()
        self.pieces = state_words.pieces
        self.words = Words(state_words.pieces, shape.content)
        self.words.plane = state_words.plane
        # States are evened out after their words, and predictions are not.
        self.gain = nn.Parameter(torch.ones(shape.content))
        self.mixer = Mixer(shape.embedding, shape.kernel)
        self.pool = Pool(shape.embedding, shape.pools)
        self.operations = nn.Embedding(shape.operations, shape.embedding, padding_idx=PAD)
        self.action = nn.Sequential(
            nn.Linear(self.pool.width + shape.embedding, 2 * shape.width), nn.GELU(), nn.Linear(2 * shape.width, shape.width)
        )
        self.layers = nn.ModuleList(ActedLayer(shape.width) for _ in range(shape.predictor_layers))
        self.out = nn.Linear(shape.width, shape.width)

    def forward(self, state: Tensor, ids: Tensor, operations: Tensor) -> Tensor:
        """state (B, width), action pieces ids (B, A), edit operations (B, O); gives (B, width)."""
        mask = (ids != PAD).unsqueeze(-1)
        text = self.pool(self.mixer(self.pieces(ids), mask), mask)
        present = (operations != PAD).unsqueeze(-1)
        edits = self.operations(operations).sum(dim=1) / present.sum(dim=1).clamp(min=1)
        action = self.action(torch.cat([text, edits], dim=-1))
        hidden = state
        for layer in self.layers:
            hidden = layer(hidden, action)
        found = self.out(hidden)
        content = self.gain.shape[0]
        return torch.cat([found[:, :content] + self.gain * self.words(ids, mask), found[:, content:]], dim=-1)


class ActedLayer(nn.Module):
    """h + gate(a) * W2 gelu(W1 (norm(h) * (1 + scale(a)) + shift(a)))."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.acted = nn.Linear(width, 3 * width)
        self.change = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, hidden: Tensor, action: Tensor) -> Tensor:
        scale, shift, gate = self.acted(action).chunk(3, dim=-1)
        return hidden + (1 + gate) * self.change(self.norm(hidden) * (1 + scale) + shift)


class PassHead(nn.Module):
    """Whether a candidate passes, from what was predicted, what it is, and its structure; (B), a logit."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, shape: WorldShape) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(shape.facts))
        self.register_buffer("deviation", torch.ones(shape.facts))
        self.layers = nn.Sequential(
            nn.Linear(4 * shape.width + shape.facts, shape.width), nn.GELU(), nn.Dropout(0.2), nn.Linear(shape.width, 1)
        )

    def forward(self, predicted: Tensor, target: Tensor, facts: Tensor) -> Tensor:
        """The caller detaches `predicted` and `target`, so that labels never reach an energy."""
        difference = predicted - target
        structure = ((facts - self.mean) / self.deviation).clamp(-5, 5)
        seen = torch.cat([predicted, target, difference * difference, predicted * target, structure], dim=-1)
        return self.layers(seen).squeeze(-1)


def energy(predicted: Tensor, target: Tensor) -> Tensor:
    """sum_d (p_d - t_d)^2, over the last dimension."""
    difference = predicted - target
    return (difference * difference).sum(dim=-1)
