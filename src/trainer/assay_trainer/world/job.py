"""A world model's training job: which transitions it learns from, and where the model is left."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..events import emit, keep_events, kept_events
from .config import WorldConfig


@dataclass(frozen=True)
class WorldJob:
    """job.json; mirrors `WorldJob` in src/domain/world-job.ts."""

    name: str
    #: Folder of transitions.
    data: Path
    #: Folder of this run: state, events and, in the end, the model.
    run: Path
    threads: int
    #: `auto`, `cpu` or `cuda`.
    device: str
    config: WorldConfig


def run_world_job(job: WorldJob) -> None:
    import torch

    from ..kept_models import KeptModels
    from .folder import MANIFEST, Made, write_world_folder
    from .training import Learner, committee_of, figures, parts_of, train
    from .transitions import read_transitions

    torch.set_num_threads(job.threads)
    torch.use_deterministic_algorithms(True)
    config = job.config
    job.run.mkdir(parents=True, exist_ok=True)
    keep_events(job.run / "metrics.jsonl")
    data = read_transitions(
        job.data, config.vocabulary, config.max_state, config.max_action, held_back=(config.folds, config.fold)
    )
    parts = parts_of(data, config)
    emit(
        "train.started",
        method="world",
        steps=config.members * config.steps,
        sets=len(parts.train),
        held_out=len(parts.dev),
        pieces=len(data.tokenizer.pieces),
        operations=len(data.operations),
    )

    def keep(step: int, members: Sequence[Learner]) -> None:
        """A model that somebody asked for: with the members that learnt until now, and not calibrated."""

        def write(folder: Path, at: int) -> None:
            made = Made(f"{job.name}-step-{at}", job.data, config, None, {}, {})
            write_world_folder(folder, copy.deepcopy(committee_of(members)), data, made)

        kept = KeptModels(job.run, 0, 0, write, MANIFEST)
        if kept.is_due(step):
            kept.keep(step)

    trained = train(data, config, job.run, job.device, keep)
    model = trained.model
    found = figures(model, parts.dev, config, next(model.parameters()).device) if parts.dev else {}
    calibrated_on = "the data's dev split" if trained.calibrated else None
    emit("world.evaluation", config.members * config.steps, **found)
    history = kept_events(job.run / "metrics.jsonl", "world.evaluation")
    made = Made(job.name, job.data, config, calibrated_on, found, history)
    write_world_folder(job.run / "model", model, data, made)
    emit("train.finished", config.members * config.steps, parameters=sum(weight.numel() for weight in model.parameters()))


def world_job_of(stored: Mapping[str, Any], config: WorldConfig) -> WorldJob:
    return WorldJob(
        name=stored["name"],
        data=Path(stored["data"]),
        run=Path(stored["run"]),
        threads=stored["threads"],
        device=stored["device"],
        config=config,
    )
