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

import torch

from .events import emit
from .hardware import choose_device
from .job import Job
from .rewards import Attempt
from .run_job import prepare, train_on
from .sft import SftConfig

#: The first is slower than the others, and not counted.
STEPS = 3


def dry_run(job: Job) -> None:
    """Emits `train.estimate`. Attempts are not judged: half of them count as right, so that there is something to learn."""
    steps = min(STEPS, job.config.steps)
    config = replace(job.config, steps=steps, checkpoint_every=steps, evaluate_every=0)
    if isinstance(config, SftConfig):
        config = replace(config, report_every=1, validation_share=0.0)
    device = choose_device(job.device)
    output = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(output):
        tried = replace(job, run=Path(folder), held_out=None, config=config)
        opened = prepare(tried, device)
        train_on(tried, device, opened, _alternately)
    events = [json.loads(line) for line in output.getvalue().splitlines()]
    times = [event["at"] for event in events if event["t"] == "train.step"]
    per_step = (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else None
    emit(
        "train.estimate",
        None,
        device=device.type,
        parameters=sum(weight.numel() for weight in opened.model.parameters()),
        learning=sum(weight.numel() for weight in opened.model.parameters() if weight.requires_grad),
        steps=job.config.steps,
        seconds_per_step=None if per_step is None else round(per_step, 3),
        seconds=None if per_step is None else round(per_step * job.config.steps, 1),
        memory_bytes=_peak_memory(device),
        judged=False,
    )


def _alternately(attempts: Sequence[Attempt]) -> list[float]:
    return [float(at % 2) for at in range(len(attempts))]


def _peak_memory(device: torch.device) -> int:
    """Of the device's own memory where it has some, else of this process."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
