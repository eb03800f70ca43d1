"""One step of a world model's training: which sets it looks at, and what is lost on them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from ..attempts import draw_seed
from .config import WorldConfig
from .losses import margin_loss, prediction_loss, set_contrast, sigreg, unit_directions
from .model import PassHead, WorldModel, energy
from .tokens import PAD, SEPARATOR, UNKNOWN
from .transitions import After, TransitionSet, padded, states_batch


LEAST_SAMPLED = 8
#: Deviations from the mean beyond which a program is not more or less central.
_MOST_CENTRAL = 3.0


@dataclass(frozen=True)
class Draw:
    """G sets with N after-states between them."""

    #: ids, kinds, facts of the before-states (G), then of the after-states (N).
    states: tuple[Tensor, Tensor, Tensor]
    action: Tensor
    #: (N), whose each after-state is.
    owner: Tensor
    operations: Tensor
    #: (G, N), whether both are of one task or repository, whose answers are never held against each other.
    related: Tensor
    #: (N), how plausible each is beside the others of its set, without any label.
    likely: Tensor
    #: (N), 1 accepted, 0 rejected, -1 not known.
    accepted: Tensor

    def to(self, device: torch.device) -> Draw:
        return Draw(
            (self.states[0].to(device), self.states[1].to(device), self.states[2].to(device)),
            self.action.to(device),
            self.owner.to(device),
            self.operations.to(device),
            self.related.to(device),
            self.likely.to(device),
            self.accepted.to(device),
        )


def is_sampled(found: TransitionSet) -> bool:
    """A choice among candidates; smaller sets are revisions, single solutions, and these with their mutants."""
    return sum(not after.mutant and not after.reference for after in found.afters) >= LEAST_SAMPLED


class Sampler:
    """Draws a step's sets by the step's own seed, so that a resumed run draws what an undisturbed one would."""

    def __init__(self, sets: Sequence[TransitionSet], config: WorldConfig) -> None:
        if not config.mutants:
            sets = [replace(found, afters=kept) for found in sets if (kept := [a for a in found.afters if not a.mutant])]
        self._several = [found for found in sets if is_sampled(found)]
        single: dict[str, list[TransitionSet]] = {}
        for found in sets:
            if not is_sampled(found):
                single.setdefault(found.group, []).append(found)
        #: Of each task or repository, what was asked from its start first.
        self._single = [sorted(of, key=lambda found: not _has_reference(found)) for of in single.values()]
        self._config = config
        if not self._several and not self._single:
            raise ValueError("the data hold no transition for training")

    def draw(self, step: int) -> Draw:
        config = self._config
        rng = random.Random(draw_seed(config.seed, "world sets", step))
        share = 1.0 if not self._single else 0.0 if not self._several else config.sampled_share
        of_several = round(config.sets * share)
        chosen = [rng.choice(self._several) for _ in range(of_several)]
        chosen += [_one(of, rng) for of in self._groups(step, config.sets - of_several)]
        hidden = torch.Generator().manual_seed(draw_seed(config.seed, "world pieces", step))
        return make_draw([(found, _some(found.afters, config.set_size, rng)) for found in chosen], config, hidden)

    def _groups(self, step: int, count: int) -> list[Sequence[TransitionSet]]:
        """`count` tasks of smaller sets: each of all is asked once before one is asked again, in another order each time."""
        orders: dict[int, list[int]] = {}
        found: list[Sequence[TransitionSet]] = []
        for at in range(step * count, (step + 1) * count):
            turn, place = divmod(at, len(self._single))
            if turn not in orders:
                orders[turn] = list(range(len(self._single)))
                random.Random(draw_seed(self._config.seed, "world order", turn)).shuffle(orders[turn])
            found.append(self._single[orders[turn][place]])
        return found


def _has_reference(found: TransitionSet) -> bool:
    return any(after.reference for after in found.afters)


def _one(sets: Sequence[TransitionSet], rng: random.Random) -> TransitionSet:
    """Of a task's, every second time the first, which is its own question."""
    return sets[0] if len(sets) == 1 or rng.random() < 0.5 else rng.choice(sets[1:])


def make_draw(
    chosen: Sequence[tuple[TransitionSet, Sequence[After]]], config: WorldConfig, hidden: torch.Generator | None
) -> Draw:
    """`hidden`: chance that hides pieces in training; None: none is hidden, and no program is cut."""
    afters = [after for _, some in chosen for after in some]
    owner = [at for at, (_, some) in enumerate(chosen) for _ in some]
    states = [found.before for found, _ in chosen] + [after.state for after in afters]
    ids, kinds, facts = states_batch(states, None if hidden is None else config.max_learnt)
    action = padded([found.action for found, _ in chosen])
    if hidden is not None:
        before, after = ids[: len(chosen)], ids[len(chosen) :]
        whole = _whole(len(chosen), config.before_hidden_share, hidden)
        before = torch.where(whole, _hide(before, 1.0, hidden), _hide(before, config.hidden_share, hidden))
        ids = torch.cat([before, _hide(after, config.hidden_share, hidden)])
        left_out = _whole(len(chosen), config.action_left_out, hidden)
        action = _hide(action, config.hidden_share, hidden).masked_fill(left_out, PAD)
    return Draw(
        states=(ids, kinds, facts),
        action=action,
        owner=torch.tensor(owner),
        operations=padded([after.operations for after in afters]),
        related=torch.tensor([[chosen[at][0].group == found.group for at in owner] for found, _ in chosen]),
        likely=torch.tensor([likely for _, some in chosen for likely in plausibilities(some, config.reference_weight)]),
        accepted=torch.tensor([-1.0 if after.accepted is None else float(after.accepted) for after in afters]),
    )


def plausibilities(afters: Sequence[After], reference_weight: float) -> list[float]:
    """
    Of a set's states beside each other, from what is read off them, from how like the others each is, and from which
    is a published solution: `reference_weight` times all others. Labels have no part in it.
    """
    found = [
        0.0
        if not after.valid or after.mutant
        else math.exp(max(-_MOST_CENTRAL, min(_MOST_CENTRAL, after.centrality)))
        for after in afters
    ]
    others = sum(value for value, after in zip(found, afters) if not after.reference)
    if others == 0:
        return found
    return [value if not after.reference else reference_weight * others for value, after in zip(found, afters)]


def losses_of(
    model: WorldModel, head: PassHead, draw: Draw, config: WorldConfig, chance: torch.Generator
) -> dict[str, Tensor]:
    """Each weighted; their sum is gone down. The pass head's reaches nothing but the head."""
    sets = len(draw.action)
    # Together, so that both are evened out by the same means and deviations.
    encoded = model.encoder(*draw.states)
    state, spread = encoded[:sets], encoded[sets:]
    target = spread if model.target is model.encoder else model.target(*draw.states)[sets:]
    facts = draw.states[2][sets:]
    none = torch.full((sets, 1), PAD, dtype=torch.long, device=draw.action.device)
    predicted = model.predictor(state, draw.action, none)
    own = predicted[draw.owner]
    plausible = (draw.likely > 0).to(target.dtype)
    energies = energy(predicted.unsqueeze(1), target.unsqueeze(0))
    same = draw.owner.unsqueeze(0) == torch.arange(sets, device=draw.owner.device).unsqueeze(1)
    content = model.shape.content
    directions = unit_directions(content, config.directions, chance).to(target.device)
    found = {
        "prediction": config.prediction_weight * prediction_loss(own, target, plausible),
        "sigreg": config.sigreg_weight * sigreg(spread[:, :content], directions),
    }
    if config.set_weight > 0:
        found["set"] = config.set_weight * set_contrast(
            energies, _shares(draw.likely, same), same, config.temperature
        )
    if config.contrast_weight > 0:
        found["contrast"] = config.contrast_weight * set_contrast(
            energies, _shares(plausible, same), same | ~draw.related, config.temperature
        )
    if config.answer_weight > 0:
        found["answer"] = config.answer_weight * set_contrast(
            energies.T, (same & (draw.likely > 0)).T.to(target.dtype), (same | ~draw.related).T, config.temperature
        )
    if config.action_weight > 0:
        without = model.predictor(state, torch.full_like(draw.action, PAD), none)[draw.owner]
        worth = plausible > 0
        if bool(worth.any()):
            found["action"] = config.action_weight * margin_loss(
                energy(own, target)[worth], energy(without, target.detach())[worth], config.action_margin
            )
    if config.operations_weight > 0 and bool((draw.operations != PAD).any()):
        text = torch.full_like(draw.action, PAD)[draw.owner]
        edited = model.predictor(state[draw.owner], text, draw.operations)
        edits = (draw.operations != PAD).any(dim=1).to(target.dtype)
        found["operations"] = config.operations_weight * prediction_loss(edited, target, edits)
    known = draw.accepted >= 0
    if config.pass_weight > 0 and bool(known.any()):
        logit = head(own.detach()[known], target.detach()[known], facts[known])
        found["pass"] = config.pass_weight * F.binary_cross_entropy_with_logits(logit, draw.accepted[known])
    return found


def _shares(likely: Tensor, same: Tensor) -> Tensor:
    """likely (N) as shares of each set's sum, (G, N)."""
    inside = likely.unsqueeze(0) * same
    return inside / inside.sum(dim=1, keepdim=True).clamp(min=1e-6)


def _some(afters: Sequence[After], most: int, rng: random.Random) -> Sequence[After]:
    """A published solution is always among them."""
    if len(afters) <= most:
        return afters
    references = [after for after in afters if after.reference][:1]
    others = [after for after in afters if not after.reference]
    return [*references, *rng.sample(others, most - len(references))]


def _whole(rows: int, share: float, chance: torch.Generator) -> Tensor:
    """(rows, 1), which rows it happens to."""
    return torch.rand((rows, 1), generator=chance) < share


def _hide(ids: Tensor, share: float, chance: torch.Generator) -> Tensor:
    hidden = (torch.rand(ids.shape, generator=chance) < share) & (ids > SEPARATOR)
    return torch.where(hidden, torch.full_like(ids, UNKNOWN), ids)
