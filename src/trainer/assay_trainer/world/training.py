"""Trains a world model on a folder of transitions and leaves a model folder."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from ..attempts import draw_seed
from ..checkpoint import load_checkpoint, save_checkpoint
from ..events import emit
from ..hardware import choose_device, computing
from ..optimisation import Schedule, adamw, take_step
from .calibration import calibrate
from .committee import Committee, Member
from .config import WorldConfig
from .evaluation import ordering, retrieval, score_sets
from .model import PassHead, WorldModel, WorldShape
from .steps import Sampler, losses_of
from .transitions import TransitionData, TransitionSet, fold_of

#: Of how pieces are drawn at first.
_FIRST_SPREAD = 0.3
#: A piece of every twentieth set counts half at first.
_MIDDLE_RARITY = 3.0


class Learner(nn.Module):
    """What one optimiser moves: the world model, and the pass head beside it."""

    def __init__(self, shape: WorldShape) -> None:
        super().__init__()
        self.model = WorldModel(shape)
        self.head = PassHead(shape)


@dataclass(frozen=True)
class Trained:
    model: Committee
    #: The pass head was calibrated on the dev split.
    calibrated: bool


@dataclass(frozen=True)
class Parts:
    train: list[TransitionSet]
    #: What the pass head is calibrated on, and what figures are shown of.
    dev: list[TransitionSet]


def parts_of(data: TransitionData, config: WorldConfig) -> Parts:
    """
    With several folds, those of one are shown and none of them learnt or calibrated on, whatever split they are of.
    Without, sets for tests are in no part.
    """
    if config.folds == 1:
        return Parts([s for s in data.sets if s.split == "train"], [s for s in data.sets if s.split == "dev"])
    held = [fold_of(found.group, config.folds) == config.fold for found in data.sets]
    return Parts(
        [found for found, is_held in zip(data.sets, held) if not is_held],
        [found for found, is_held in zip(data.sets, held) if is_held],
    )


def new_learner(data: TransitionData, train: Sequence[TransitionSet], config: WorldConfig) -> Learner:
    """By the seed alone; structure numbers are centred by their mean and deviation over what is learnt."""
    torch.manual_seed(config.seed)
    shape = WorldShape(
        vocabulary=len(data.tokenizer.pieces),
        facts=len(data.fact_names),
        operations=1 + len(data.operations),
        width=config.width,
        embedding=config.embedding,
        layers=config.layers,
        kernel=config.kernel,
        pools=config.pools,
        predictor_layers=config.predictor_layers,
        dropout=config.dropout,
        structure=config.structure,
        separate_target=config.target_keep > 0,
    )
    learner = Learner(shape)
    model = learner.model
    facts = torch.tensor([after.state.facts for found in train for after in found.afters])
    with torch.no_grad():
        for part in (model.encoder, model.target, learner.head):
            part.mean.copy_(facts.mean(dim=0))
            part.deviation.copy_(facts.std(dim=0, unbiased=False) + 0.05)
        for pieces in (model.encoder.pieces, model.encoder.kinds, model.predictor.operations):
            nn.init.normal_(pieces.weight, std=_FIRST_SPREAD)
            pieces.weight[0] = 0
        rarity = _rarity(train, shape.vocabulary)
        for words in (model.encoder.words, model.predictor.words):
            words.weight.weight.copy_(rarity.unsqueeze(1))
        if model.target is not model.encoder:
            model.target.load_state_dict(model.encoder.state_dict())
    return learner


def _rarity(train: Sequence[TransitionSet], vocabulary: int) -> Tensor:
    """
    (vocabulary), where the weights of words begin: log of N / (1 + in how many of the N sets a piece is asked for or
    answered with), less a middle one's, so that what stands everywhere counts little at first.
    """
    held = torch.zeros(vocabulary)
    for found in train:
        pieces = {*found.action, *(found.afters[0].state.ids)}
        held[list(pieces)] += 1
    return torch.log(len(train) / (1 + held)) - _MIDDLE_RARITY


#: What looks at a training after each step: it is told the step, and the members so far.
Watcher = Callable[[int, Sequence[Learner]], None]


def train(
    data: TransitionData, config: WorldConfig, run: Path, device_name: str = "cpu", watch: Watcher = lambda *_: None
) -> Trained:
    """
    Goes on from the checkpoints in `run` if there are any. Same configuration, same data, same weights on a processor.
    Members learn one after the other, by seeds of their own.
    """
    device = choose_device(device_name)
    parts = parts_of(data, config)
    members: list[Learner] = []
    for at in range(config.members):
        before = tuple(members)
        member = train_member(
            data, parts, config, at, run, device, lambda step, found: watch(step, (*before, *found))
        )
        members.append(member)
    model = committee_of(members).to(device)
    return Trained(model, config.folds == 1 and calibrate(model, parts.dev, config, device))


def train_member(
    data: TransitionData,
    parts: Parts,
    whole: WorldConfig,
    at: int,
    run: Path,
    device: torch.device,
    watch: Watcher = lambda *_: None,
) -> Learner:
    config = replace(whole, seed=draw_seed(whole.seed, "world member", at) if at > 0 else whole.seed)
    checkpoint = run / f"checkpoint-{at}.pt"
    learner = new_learner(data, parts.train, config).to(device)
    sampler = Sampler(parts.train, config)
    optimizer = adamw(learner, config.weight_decay, config.beta1, config.beta2)
    schedule = Schedule(config.learning_rate, config.warmup_steps, config.steps, config.final_rate)
    identity = identity_of(data, config)
    done, memory = load_checkpoint(checkpoint, learner, optimizer, identity)
    if "target" in memory:
        learner.model.target.load_state_dict(memory["target"])
    learner.train()
    for step in range(done, config.steps):
        started = time.perf_counter()
        draw = sampler.draw(step).to(device)
        torch.manual_seed(draw_seed(config.seed, "world dropout", step))
        chance = torch.Generator().manual_seed(draw_seed(config.seed, "world directions", step))
        with computing(device, config.precision):
            found = losses_of(learner.model, learner.head, draw, config, chance)
        total = torch.stack(list(found.values())).sum()
        taken = take_step(learner, optimizer, [total], schedule.at(step), config.clip_norm)
        learner.model.move_target(config.target_keep)
        now = step + 1
        # As one count over all members, so that a curve goes on where the last one ended.
        shown = at * config.steps + now
        if now % config.report_every == 0 or now == config.steps:
            emit(
                "train.step",
                shown,
                member=at,
                loss=taken.loss,
                grad_norm=taken.norm,
                lr=schedule.at(step),
                seconds=round(time.perf_counter() - started, 4),
                **{name: float(value.detach()) for name, value in found.items()},
            )
        if now % config.checkpoint_every == 0 or now == config.steps:
            save_checkpoint(checkpoint, now, learner, optimizer, identity, _memory(learner))
        if parts.dev and now % config.evaluate_every == 0 and shown < config.members * config.steps:
            alone = Committee([Member(learner.model, learner.head)]).to(device)
            emit("world.evaluation", shown, member=at, **figures(alone, parts.dev, config, device))
        watch(shown, (learner,))
    return learner


def committee_of(members: Sequence[Learner]) -> Committee:
    return Committee([Member(learner.model, learner.head) for learner in members])


def _memory(learner: Learner) -> dict[str, object]:
    """A target encoder of its own learns nothing, so that the learnt weights leave it out."""
    model = learner.model
    return {} if model.target is model.encoder else {"target": model.target.state_dict()}


def figures(
    model: Committee, sets: Sequence[TransitionSet], config: WorldConfig, device: torch.device
) -> dict[str, float | int | None]:
    """On sets that are not learnt: what orders them, retrieval, and whether states have collapsed."""
    scored = score_sets(model, sets, config, device)
    by_energy = ordering(sets, scored, lambda scores: scores.energy)
    told: dict[str, float | int | None] = {
        "auc": by_energy.auc,
        "auc_among_valid": by_energy.auc_among_valid,
        "rerankable": by_energy.sets,
    }
    for name, order in (
        ("no_action", ordering(sets, scored, lambda scores: scores.no_action)),
        ("shuffled", ordering(sets, scored, lambda scores: scores.shuffled)),
        ("among", ordering(sets, scored, lambda scores: scores.among)),
        ("pass", ordering(sets, scored, lambda scores: -scores.passes)),
    ):
        told[f"{name}_auc"] = order.auc
        told[f"{name}_auc_among_valid"] = order.auc_among_valid
    found = retrieval(sets, scored)
    told["mrr"] = None if found is None else found.text
    told["no_action_mrr"] = None if found is None else found.no_action
    told["retrieved_among"] = None if found is None else found.among
    if found is not None:
        told.update(asdict(found.collapse))
    return told


def identity_of(data: TransitionData, config: WorldConfig) -> str:
    settings = {name: value for name, value in asdict(config).items() if name not in ("checkpoint_every", "report_every")}
    return hashlib.sha256(json.dumps([data.sha256, settings], sort_keys=True).encode()).hexdigest()
