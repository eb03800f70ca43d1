"""Runs a training job to its end, or goes on where it was interrupted."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Optional

import torch

from .evaluation import HeldOut
from .events import emit, keep_events, say
from .grpo import GrpoConfig, train_grpo
from .hardware import choose_device, computing
from .job import Job
from .judged_rewards import JudgedRewards
from .kept_models import KeptModels
from .language_model import TextTokenizer, copy_on_processor
from .model_library import OpenModel, open_model
from .parallel import from_first, is_first, joined, processes, processes_here
from .policy_training import PolicyRun
from .ppo import PpoConfig, train_ppo
from .prompts import read_prompts
from .rewards import RewardFunction
from .sft import SftConfig, train
from .training_examples import read_examples, split_by_task, tokens_of
from .training_record import Source, TrainingRecord, parent_in, read_plain_entries

EVENTS = "metrics.jsonl"
EVALUATIONS = "evaluations.jsonl"
SAMPLES = "samples.jsonl"
STATE = "state.pt"
MODEL = "model"


def run_job(job: Job) -> None:
    """Leaves the model in `job.run / "model"`, with training.json written last. Does nothing where it is there."""
    if job.processes > 1 and processes() == 1:
        raise ValueError("several processes are started by torchrun, which is done with --host; or with --engine trl or verl")
    device = choose_device(job.device)
    with joined(device), started_run(job) if is_first() else contextlib.nullcontext(False) as is_complete:
        is_complete = from_first(is_complete)
        if is_complete:
            return
        started = time.monotonic()
        opened = prepare(job, device)
        trained = train_on(job, device, opened, started=started)
        if not is_first():
            return
        opened.model.recompute_layers(False)
        opened.model.merge()
        opened.model.cpu()
        write_model(job, opened, trained, time.monotonic() - started)
        (job.run / STATE).unlink(missing_ok=True)
        emit("train.finished", job.config.steps, seconds=round(time.monotonic() - started, 3))
        say(f"{job.run / MODEL}: {time.monotonic() - started:.0f} s")


@contextlib.contextmanager
def started_run(job: Job) -> Iterator[bool]:
    """Its folder, for this process alone, with events kept in it; True where the run is complete."""
    if (job.run / MODEL / "training.json").exists():
        say(f"{job.run / MODEL} is complete")
        yield True
        return
    job.run.mkdir(parents=True, exist_ok=True)
    with open(job.run / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(f"{job.run}: another process trains there") from None
        keep_events(job.run / EVENTS)
        yield False


@dataclass(frozen=True)
class Trained:
    #: Or prompts, that were learnt from.
    examples: int
    #: Whose weights are kept.
    step: int


def prepare(job: Job, device: torch.device) -> OpenModel:
    """What is trained, where it is trained."""
    # More threads add in another order; whoever wants them gives up equal weights from equal seeds.
    torch.set_num_threads(job.threads)
    # Not every kernel of a GPU has a form that adds in one order.
    torch.use_deterministic_algorithms(True, warn_only=device.type != "cpu")
    opened = open_model(job.model, job.library)
    model = opened.model.to(device)
    parameters = sum(weight.numel() for weight in model.parameters())
    emit(
        "train.started",
        None,
        method=job.method,
        parameters=parameters,
        steps=job.config.steps,
        device=device.type,
        library=opened.library,
    )
    say(f"{job.method} of {job.model.name}: {parameters} parameters, {job.config.steps} steps, on {device.type}")
    if job.config.lora_rank > 0:
        model.adapt(job.config)
        learning = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
        emit("train.adapted", None, rank=job.config.lora_rank, parameters=learning)
    return opened


def train_on(
    job: Job,
    device: torch.device,
    opened: OpenModel,
    reward: Optional[RewardFunction] = None,
    started: Optional[float] = None,
) -> Trained:
    """`reward` takes the place of the judge's. Without a time of its start (`time.monotonic`) no model is kept on the way."""
    with computing(device, job.config.precision), contextlib.ExitStack() as judges:
        held_out = held_out_of(job, opened.tokenizer, judges)
        if isinstance(job.config, SftConfig):
            return _imitate(job, job.config, opened, held_out, started)
        return _reinforce(job, opened, reward or _judge_of(job, job.data, judges), held_out, started)


def _imitate(
    job: Job, config: SftConfig, opened: OpenModel, held_out: Optional[HeldOut], started: Optional[float]
) -> Trained:
    model, tokenizer = opened.model, opened.tokenizer
    texts = read_examples(job.data / "examples.jsonl")
    room = model.max_positions
    learnt, aside = (
        [example for example in (tokens_of(text, tokenizer) for text in part) if len(example) <= room]
        for part in split_by_task(texts, config.validation_share, config.seed)
    )
    too_long = len(texts) - len(learnt) - len(aside)
    emit("train.data", None, examples=len(learnt), validation=len(aside), too_long=too_long)
    kept = _kept_models(job, opened, len(learnt), started)
    steps = train(model, learnt, tokenizer.pad_id, config, job.run / STATE, aside, held_out, kept)
    return Trained(len(learnt), steps)


def held_out_of(job: Job, tokenizer: TextTokenizer, judges: contextlib.ExitStack) -> Optional[HeldOut]:
    if job.held_out is None or job.config.evaluate_every == 0 or not is_first():
        return None
    prompts = read_prompts(job.held_out / "prompts.jsonl")
    return HeldOut(tokenizer, prompts, _judge_of(job, job.held_out, judges), job.run / EVALUATIONS)


def _judge_of(job: Job, data: Path, judges: contextlib.ExitStack) -> JudgedRewards:
    judge = job.judge
    if judge is None:
        raise ValueError(f"{job.method} asks for rewards: judge: missing")
    prompts = read_prompts(data / "prompts.jsonl")
    workers = judge.workers
    if processes_here() > 1:
        # Each of them has a judge of its own.
        workers = max(1, (workers or len(os.sched_getaffinity(0))) // processes_here())
    reward = JudgedRewards(data, judge.folder, prompts, judge.reward, judge.tier, workers)
    judges.callback(reward.close)
    emit("train.judge", None, sandbox=reward.tier)
    return reward


def _reinforce(
    job: Job, opened: OpenModel, reward: RewardFunction, held_out: Optional[HeldOut], started: Optional[float]
) -> Trained:
    prompts = read_prompts(job.data / "prompts.jsonl")
    emit("train.data", None, prompts=len(prompts), held_out=0 if held_out is None else len(held_out.prompts))
    kept = _kept_models(job, opened, len(prompts), started)
    run = PolicyRun(opened.tokenizer, prompts, held_out, reward, job.run / STATE, kept, job.run / SAMPLES)
    if isinstance(job.config, GrpoConfig):
        train_grpo(opened.model, run, job.config)
    elif isinstance(job.config, PpoConfig):
        train_ppo(opened.model, run, job.config)
    return Trained(len(prompts), job.config.steps)


def write_model(job: Job, opened: OpenModel, trained: Trained, seconds: float) -> None:
    """Aside, then renamed: a folder of that name is whole."""
    aside = job.run / f"{MODEL}.tmp"
    if aside.exists():
        shutil.rmtree(aside)
    try:
        opened.write(opened.model, aside, _record(job, job.name, trained, seconds))
        os.replace(aside, job.run / MODEL)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _kept_models(job: Job, opened: OpenModel, examples: int, started: Optional[float]) -> Optional[KeptModels]:
    if started is None:
        return None

    def write(folder: Path, step: int) -> None:
        record = _record(job, f"{job.name}-step-{step}", Trained(examples, step), time.monotonic() - started)
        opened.write(copy_on_processor(opened.model), folder, record)

    return KeptModels(job.run, job.config.keep_every, job.config.keep_last, write)


def _record(job: Job, name: str, trained: Trained, seconds: float) -> TrainingRecord:
    manifest = json.loads((job.data / "manifest.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256((job.data / "manifest.json").read_bytes()).hexdigest()
    return TrainingRecord(
        name=name,
        parent=parent_in(job.model),
        method=job.method,
        steps=trained.step,
        seed=job.config.seed,
        config=asdict(job.config),
        sources=[
            *(Source(source["kind"], source["id"], source["sha256"]) for source in manifest["sources"]),
            Source("samples", str(job.data), digest),
        ],
        entries=read_plain_entries(job.data / "entries.jsonl"),
        examples=trained.examples,
        trainer="assay_trainer",
        finished_at=datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        wall_time_ms=round(seconds * 1000),
    )
