"""How well energies order the after-states of sets that nothing was learnt from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .committee import Committee
from .config import WorldConfig
from .model import energy
from .monitors import Collapse, measure_collapse
from .steps import is_sampled, make_draw
from .tokens import PAD
from .transitions import TransitionSet

#: Questions whose answers are looked for, and rejected programs that are among what is looked through.
_MOST_ASKED = 1000
_MOST_BESIDE = 1000


@dataclass(frozen=True)
class Scores:
    """Of one set, each (K): energies with the question, without one, and with the next set's; the pass head's logits."""

    energy: Tensor
    no_action: Tensor
    shuffled: Tensor
    passes: Tensor
    #: See `energy_among`.
    among: Tensor
    target: Tensor
    predicted: Tensor
    predicted_without: Tensor


@dataclass(frozen=True)
class Ordering:
    """Means over large sets that hold both accepted and rejected after-states; None: there is none."""

    auc: float | None
    auc_among_valid: float | None
    sets: int


#: Of the middle squared distance between valid programs: how near others are to count as alike.
NEARNESS = 0.1
#: Larger than any energy.
_BEHIND = 1e6


def energy_among(targets: Tensor, valid: Tensor) -> Tensor:
    """
    Free energy among a question's candidates, (K) of targets (K, D): -log of the mean over the other valid ones j of
    exp(-|t_k - t_j|^2 / h), h = NEARNESS times the median of the squared distances between valid ones. Low where many
    are alike. Candidates that are not valid come after all that are.
    """
    squared = torch.cdist(targets, targets).square()
    others = valid.sum() - valid.long()
    pairs = squared[valid][:, valid][~torch.eye(int(valid.sum()), dtype=torch.bool)]
    width = NEARNESS * pairs.median().clamp(min=1e-6) if len(pairs) else torch.tensor(1.0)
    near = torch.exp(-squared / width) * valid
    mean = (near.sum(dim=1) - near.diagonal()) / others.clamp(min=1)
    return -torch.log(mean + 1e-9) + _BEHIND * (~valid)


@torch.no_grad()
def score_sets(
    model: Committee, sets: Sequence[TransitionSet], config: WorldConfig, device: torch.device
) -> list[Scores]:
    """Another set's question is that of the next set of another group."""
    model.eval()
    scored: list[Scores] = []
    for at, found in enumerate(sets):
        draw = make_draw([(found, found.afters)], config, None).to(device)
        other = torch.tensor([_other_question(sets, at)], dtype=torch.long, device=device)
        state = model.encode(*(part[:1] for part in draw.states))
        none = torch.full((1, 1), PAD, dtype=torch.long, device=device)
        target = model.encode_target(*(part[1:] for part in draw.states))
        predicted, without, shuffled = (
            model.predict(state, asked, none) for asked in (draw.action, none, other)
        )
        scored.append(
            Scores(
                energy(predicted, target).cpu(),
                energy(without, target).cpu(),
                energy(shuffled, target).cpu(),
                model.passes(predicted.expand_as(target), target, draw.states[2][1:]).cpu(),
                energy_among(target.cpu(), torch.tensor([after.valid for after in found.afters])),
                target.cpu(),
                predicted[0].cpu(),
                without[0].cpu(),
            )
        )
    model.train()
    return scored


def _other_question(sets: Sequence[TransitionSet], at: int) -> list[int]:
    for step in range(1, len(sets)):
        other = sets[(at + step) % len(sets)]
        if other.group != sets[at].group:
            return other.action or [PAD]
    return [PAD]


def ordering(sets: Sequence[TransitionSet], scored: Sequence[Scores], what: Callable[[Scores], Tensor]) -> Ordering:
    """`what` is lower for better after-states."""
    every: list[float] = []
    valid: list[float] = []
    for found, scores in zip(sets, scored):
        if not is_sampled(found):
            continue
        values = what(scores).tolist()
        every.extend(_auc([(v, a.accepted) for v, a in zip(values, found.afters)]))
        valid.extend(_auc([(v, a.accepted) for v, a in zip(values, found.afters) if a.valid]))
    return Ordering(_mean(every), _mean(valid), len(every))


def _auc(valued: Sequence[tuple[float, bool | None]]) -> list[float]:
    """The share of pairs whose accepted one has the lower value, ties half; nothing where there is no such pair."""
    accepted = torch.tensor([value for value, label in valued if label is True])
    rejected = torch.tensor([value for value, label in valued if label is False])
    if len(accepted) == 0 or len(rejected) == 0:
        return []
    better = (accepted.unsqueeze(1) < rejected).double() + 0.5 * (accepted.unsqueeze(1) == rejected).double()
    return [float(better.mean())]


@dataclass(frozen=True)
class Retrieval:
    """Mean reciprocal rank of a question's answer among those of all and rejected ones, ties at their expectation."""

    text: float
    no_action: float
    #: Distinct programs that it is looked for among.
    among: int
    #: Of these.
    collapse: Collapse


def retrieval(sets: Sequence[TransitionSet], scored: Sequence[Scores]) -> Retrieval | None:
    """Of each set a published solution is looked for, or else its first after-state that is not rejected. None: there are not two."""
    pool: dict[tuple[int, ...], Tensor] = {}
    rows: list[tuple[Scores, tuple[int, ...]]] = []
    for found, scores in zip(sets, scored):
        answers = [at for at, after in enumerate(found.afters) if after.accepted is not False and after.valid]
        if answers and len(rows) < _MOST_ASKED:
            best = max(answers, key=lambda at: found.afters[at].reference)
            program = tuple(found.afters[best].state.ids)
            pool.setdefault(program, scores.target[best])
            rows.append((scores, program))
    for found, scores in zip(sets, scored):
        for after, target in zip(found.afters, scores.target):
            if after.accepted is False and len(pool) < len(rows) + _MOST_BESIDE:
                pool.setdefault(tuple(after.state.ids), target)
    if len(rows) < 2:
        return None
    places = {program: at for at, program in enumerate(pool)}
    own = torch.tensor([places[program] for _, program in rows])
    targets = torch.stack(list(pool.values()))
    text, without = (
        _reciprocal_rank(torch.stack([energy(predicted, targets) for predicted in every]), own)
        for every in ([scores.predicted for scores, _ in rows], [scores.predicted_without for scores, _ in rows])
    )
    return Retrieval(text, without, len(pool), measure_collapse(targets))


def _reciprocal_rank(energies: Tensor, own: Tensor) -> float:
    """energies (Q, P), of each row the place of its answer."""
    least = energies.gather(1, own.unsqueeze(1))
    ranks = 1 + (energies < least).sum(dim=1) + ((energies == least).sum(dim=1) - 1) / 2
    return float((1 / ranks).mean())


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
