"""What a job will take, from a few of its steps; nothing of them is kept."""

from __future__ import annotations

import contextlib
import io
import json
import resource
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Union

import torch
from torch import nn

from .events import emit
from .hardware import choose_device
from .job import Job
from .rewards import Attempt
from .run_job import prepare, train_on
from .sft import SftConfig
from .world.job import WorldJob
from .world.training import parts_of, train_member
from .world.transitions import read_transitions

#: The first is slower than the others, and not counted.
STEPS = 3


def dry_run(job: Union[Job, WorldJob]) -> None:
    """Emits `train.estimate`."""
    device = choose_device(job.device)
    output = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(output):
        model = (_try_world if isinstance(job, WorldJob) else _try)(replace(job, run=Path(folder)), device)
    members = job.config.members if isinstance(job, WorldJob) else 1
    steps = members * job.config.steps
    events = [json.loads(line) for line in output.getvalue().splitlines()]
    times = [event["at"] for event in events if event["t"] == "train.step"]
    per_step = (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else None
    emit(
        "train.estimate",
        None,
        device=device.type,
        parameters=members * sum(weight.numel() for weight in model.parameters()),
        learning=members * sum(weight.numel() for weight in model.parameters() if weight.requires_grad),
        steps=steps,
        seconds_per_step=None if per_step is None else round(per_step, 3),
        seconds=None if per_step is None else round(per_step * steps, 1),
        memory_bytes=_peak_memory(device),
        judged=False,
    )


def _try(job: Job, device: torch.device) -> nn.Module:
    """Attempts are not judged: half of them count as right, so that there is something to learn."""
    steps = min(STEPS, job.config.steps)
    config = replace(job.config, steps=steps, checkpoint_every=steps, evaluate_every=0)
    if isinstance(config, SftConfig):
        config = replace(config, report_every=1, validation_share=0.0)
    tried = replace(job, held_out=None, config=config)
    opened = prepare(tried, device)
    train_on(tried, device, opened, _alternately)
    return opened.model


def _try_world(job: WorldJob, device: torch.device) -> nn.Module:
    """One member's steps, with no evaluation on the way."""
    torch.set_num_threads(job.threads)
    steps = min(STEPS, job.config.steps)
    config = replace(job.config, members=1, steps=steps, report_every=1, evaluate_every=steps + 1)
    data = read_transitions(
        job.data, config.vocabulary, config.max_state, config.max_action, held_back=(config.folds, config.fold)
    )
    return train_member(data, parts_of(data, config), config, 0, job.run, device)


def _alternately(attempts: Sequence[Attempt]) -> list[float]:
    return [float(at % 2) for at in range(len(attempts))]


def _peak_memory(device: torch.device) -> int:
    """Of the device's own memory where it has some, else of this process."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
