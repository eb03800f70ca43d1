"""Runs a training job to its end, or goes on where it was interrupted."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Optional

import torch

from .events import emit, keep_events, say
from .grpo import GrpoConfig, train_grpo
from .hardware import choose_device, computing
from .job import Job, JudgeConfig, MethodConfig
from .judged_rewards import JudgedRewards
from .lora import add_lora, merge_lora
from .model import CausalLM
from .model_folder import read_model_folder, write_model_folder
from .policy_training import PolicyRun
from .ppo import PpoConfig, train_ppo
from .prompts import read_prompts
from .rewards import RewardFunction
from .sft import SftConfig, train
from .tokenizer import Tokenizer
from .training_examples import read_examples, split_by_task, tokens_of
from .training_record import Source, TrainingRecord, parent_in, read_plain_entries

EVENTS = "metrics.jsonl"
STATE = "state.pt"
MODEL = "model"
MAX_NEW_TOKENS = 96


def run_job(job: Job) -> None:
    """Leaves the model in `job.run / "model"`, with training.json written last. Does nothing where it is there."""
    device = choose_device(job.device)
    started = time.monotonic()
    if (job.run / MODEL / "training.json").exists():
        say(f"{job.run / MODEL} is complete")
        return
    job.run.mkdir(parents=True, exist_ok=True)
    lock = open(job.run / "lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ValueError(f"{job.run}: another process trains there") from None
    keep_events(job.run / EVENTS)
    model, tokenizer = prepare(job, device)
    trained = train_on(job, device, model, tokenizer)
    merge_lora(model)
    _write_model(job, model.cpu(), tokenizer, trained, time.monotonic() - started)
    (job.run / STATE).unlink(missing_ok=True)
    emit("train.finished", job.config.steps, seconds=round(time.monotonic() - started, 3))
    say(f"{job.run / MODEL}: {time.monotonic() - started:.0f} s")


@dataclass(frozen=True)
class Trained:
    #: Or prompts, that were learnt from.
    examples: int
    #: Whose weights are kept.
    step: int


def prepare(job: Job, device: torch.device) -> tuple[CausalLM, Tokenizer]:
    """What is trained, where it is trained."""
    # More threads add in another order; whoever wants them gives up equal weights from equal seeds.
    torch.set_num_threads(job.threads)
    # Not every kernel of a GPU has a form that adds in one order.
    torch.use_deterministic_algorithms(True, warn_only=device.type != "cpu")
    model, tokenizer = read_model_folder(job.model)
    model.to(device)
    parameters = sum(weight.numel() for weight in model.parameters())
    emit(
        "train.started", None, method=job.method, parameters=parameters, steps=job.config.steps, device=device.type
    )
    say(f"{job.method} of {job.model.name}: {parameters} parameters, {job.config.steps} steps, on {device.type}")
    if job.config.lora_rank > 0:
        _add_lora(model, job.config)
    return model, tokenizer


def train_on(
    job: Job, device: torch.device, model: CausalLM, tokenizer: Tokenizer, reward: Optional[RewardFunction] = None
) -> Trained:
    """`reward` takes the place of the judge's."""
    with computing(device, job.config.precision):
        if isinstance(job.config, SftConfig):
            return _imitate(job, job.config, model, tokenizer)
        if reward is not None:
            return _reinforce(job, model, tokenizer, reward, reward)
        if job.judge is None:
            raise ValueError(f"{job.method} learns from rewards: judge: missing")
        with contextlib.ExitStack() as judges:
            reward = _judge_of(job.judge, job.data, judges)
            held_out = reward if job.held_out is None else _judge_of(job.judge, job.held_out, judges)
            return _reinforce(job, model, tokenizer, reward, held_out)


def _imitate(job: Job, config: SftConfig, model: CausalLM, tokenizer: Tokenizer) -> Trained:
    texts = read_examples(job.data / "examples.jsonl")
    room = model.config.max_position_embeddings
    learnt, aside = (
        [example for example in (tokens_of(text, tokenizer) for text in part) if len(example) <= room]
        for part in split_by_task(texts, config.validation_share, config.seed)
    )
    too_long = len(texts) - len(learnt) - len(aside)
    emit("train.data", None, examples=len(learnt), validation=len(aside), too_long=too_long)
    steps = train(model, learnt, tokenizer.pad_id, config, job.run / STATE, aside)
    return Trained(len(learnt), steps)


def _judge_of(judge: JudgeConfig, data: Path, judges: contextlib.ExitStack) -> JudgedRewards:
    prompts = read_prompts(data / "prompts.jsonl")
    reward = JudgedRewards(data, judge.folder, prompts, judge.reward, judge.tier, judge.workers)
    judges.callback(reward.close)
    emit("train.judge", None, sandbox=reward.tier)
    return reward


def _reinforce(
    job: Job, model: CausalLM, tokenizer: Tokenizer, reward: RewardFunction, held_out_reward: RewardFunction
) -> Trained:
    prompts = read_prompts(job.data / "prompts.jsonl")
    held_out = [] if job.held_out is None else read_prompts(job.held_out / "prompts.jsonl")
    emit("train.data", None, prompts=len(prompts), held_out=len(held_out))
    run = PolicyRun(tokenizer, prompts, held_out, reward, job.run / STATE, held_out_reward=held_out_reward)
    if isinstance(job.config, GrpoConfig):
        train_grpo(model, run, job.config)
    else:
        train_ppo(model, run, job.config)
    return Trained(len(prompts), job.config.steps)


def _add_lora(model: CausalLM, config: MethodConfig) -> None:
    add_lora(model, config.lora_rank, config.lora_alpha, config.lora_dropout, config.lora_targets, config.seed)
    learning = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    emit("train.adapted", None, rank=config.lora_rank, parameters=learning)


def _write_model(job: Job, model: CausalLM, tokenizer: Tokenizer, trained: Trained, seconds: float) -> None:
    """Aside, then renamed: a folder of that name is whole."""
    aside = job.run / f"{MODEL}.tmp"
    if aside.exists():
        shutil.rmtree(aside)
    manifest = json.loads((job.data / "manifest.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256((job.data / "manifest.json").read_bytes()).hexdigest()
    record = TrainingRecord(
        name=job.name,
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
    generation = json.loads((job.model / "generation_config.json").read_text(encoding="utf-8"))
    example = json.loads((job.model / "parity.json").read_text(encoding="utf-8"))["text"]
    write_model_folder(aside, model, tokenizer, generation.get("max_new_tokens", MAX_NEW_TOKENS), example, record)
    for name in ("chat_template.jinja", "LICENSE"):
        if (job.model / name).exists():
            shutil.copy(job.model / name, aside / name)
    os.replace(aside, job.run / MODEL)
