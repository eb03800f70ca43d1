"""Runs another trainer on a job of ours: its figures become our events, its model becomes our checkpoint."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shlex
import signal
import subprocess
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..events import Scalar, emit, say
from ..hardware import choose_device
from ..job import Job
from ..model_library import open_model, read_trained
from ..parent_process import end_with_parent
from ..policy_training import PolicyConfig
from ..run_job import Trained, held_out_of, started_run, write_model
from .log_lines import Figures, LogLine
from .plan import EnginePlan, plan_engine

#: Lines of its output that a failure repeats.
LAST_WORDS = 12
#: How long a trainer that was told to end may take.
GRACE_SECONDS = 20


class EngineFailure(RuntimeError):
    """The other trainer did not come to its end."""


def show_engine(job: Job) -> None:
    """Emits what would be run, and what of it is missing here. Nothing is written."""
    plan = plan_engine(job, job.run / "job.json")
    emit("train.plan", None, engine=job.engine, missing=", ".join(missing_of(plan)), install=plan.install)
    for command in plan.commands:
        emit("train.command", None, text=command_text(command, plan.environment))
    for file, text in plan.files.items():
        emit("train.file", None, path=str(file), text=text)
    for module in plan.commands[0][1:]:
        script = Path(__file__).with_name(f"{module.rpartition('.')[2]}.py")
        if module.startswith("assay_trainer.engines.") and script.exists():
            emit("train.file", None, path=str(script), text=script.read_text(encoding="utf-8"))


def run_engine(job: Job, path: Path) -> None:
    """As `run_job`: leaves the model in the run's folder, its record last. Raises EngineFailure."""
    plan = plan_engine(job, path)
    missing = missing_of(plan)
    if missing:
        raise ValueError(
            f"engine {job.engine}: {', '.join(missing)} not installed for this Python: {plan.install}, "
            "and name that Python in ASSAY_TRAINER_PYTHON; or train with --engine builtin"
        )
    with started_run(job) as is_complete:
        if is_complete:
            return
        started = time.monotonic()
        for file, text in plan.files.items():
            file.write_text(text, encoding="utf-8")
        emit("train.started", None, method=job.method, steps=job.config.steps, engine=job.engine, processes=job.processes)
        _measure(job, job.model, 0)
        examples = sum(1 for _ in open(job.data / ("examples.jsonl" if job.method == "sft" else "prompts.jsonl"), "rb"))
        figures = Progress(job)
        for command in plan.commands:
            _run(command, plan, figures)
        _measure(job, plan.trained, job.config.steps)
        held = read_trained(job.model, plan.trained)
        write_model(job, held, Trained(examples, job.config.steps), time.monotonic() - started)
        emit("train.finished", job.config.steps, seconds=round(time.monotonic() - started, 3))


def missing_of(plan: EnginePlan) -> list[str]:
    return [name for name in plan.needs if importlib.util.find_spec(name) is None]


def command_text(command: Sequence[str], environment: dict[str, str]) -> str:
    """For a shell."""
    return " ".join([*(f"{name}={shlex.quote(value)}" for name, value in environment.items()), shlex.join(command)])


class Progress:
    """Turns lines of another trainer into events. Lines that tell no step are counted."""

    def __init__(self, job: Job) -> None:
        self._every = 1 if isinstance(job.config, PolicyConfig) else job.config.report_every
        self._attempts = job.config.prompts_per_step * job.config.group_size if isinstance(job.config, PolicyConfig) else 0
        self._step = 0

    def tell(self, line: LogLine) -> None:
        if "train_runtime" in line.figures:
            emit("train.summary", None, **line.figures)
            return
        self._step = self._step + self._every if line.step is None else line.step
        figures: dict[str, Scalar] = {**_by_own_names(line.figures)}
        if self._attempts:
            figures["attempts"] = self._attempts
            length = line.figures.get("completions/mean_length", line.figures.get("response_length/mean"))
            figures["num_tokens"] = None if length is None else round(length * self._attempts)
        emit("train.step", self._step, **figures)


def _by_own_names(figures: Figures) -> Figures:
    """Our `num_tokens` are those that a step learnt from, TRL's all that went through the model since the beginning."""
    return {"total_tokens" if name == "num_tokens" else name: value for name, value in figures.items()}


def _run(command: Sequence[str], plan: EnginePlan, progress: Progress) -> None:
    said: deque[str] = deque(maxlen=LAST_WORDS)
    with _started(command, plan.environment) as child:
        for line in child.stdout or ():
            text = line.rstrip("\n")
            told = plan.read_line(text)
            if told is not None:
                progress.tell(told)
            elif text.strip():
                said.append(text)
                say(text)
        code = child.wait()
    if code != 0:
        last = said[-1] if said else "it said nothing"
        raise EngineFailure(f"{shlex.join(command[:4])} … ended with status {code}: {last}")


@contextlib.contextmanager
def _started(command: Sequence[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """In a group of its own, of which nothing is left behind."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        preexec_fn=end_with_parent,
        env={**os.environ, **environment},
    )
    try:
        yield child
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(GRACE_SECONDS if number == signal.SIGTERM else None)
        if child.stdout is not None:
            child.stdout.close()


def _measure(job: Job, folder: Path, step: int) -> None:
    """Held-out prompts, before and after; what is recorded already is not asked again."""
    if job.held_out is None or job.config.evaluate_every == 0:
        return
    with contextlib.ExitStack() as judges:
        opened = open_model(folder, "transformers")
        held_out = held_out_of(job, opened.tokenizer, judges)
        if held_out is not None and not held_out.is_recorded(step):
            held_out.measure(opened.model.to(choose_device(job.device)), step, job.config)
