"""Runs a training job to its end, or goes on where it was interrupted."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path

import torch

from .events import emit, keep_events, say
from .grpo import GrpoConfig, train_grpo
from .hardware import choose_device, computing
from .job import Job, MethodConfig
from .judged_rewards import JudgedRewards
from .lora import add_lora, merge_lora
from .model import CausalLM
from .model_folder import read_model_folder, write_model_folder
from .policy_training import PolicyRun
from .ppo import PpoConfig, train_ppo
from .prompts import read_prompts
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
    # More threads add in another order; whoever wants them gives up equal weights from equal seeds.
    torch.set_num_threads(job.threads)
    device = choose_device(job.device)
    # Not every kernel of a GPU has a form that adds in one order.
    torch.use_deterministic_algorithms(True, warn_only=device.type != "cpu")
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
    model, tokenizer = read_model_folder(job.model)
    model.to(device)
    parameters = sum(weight.numel() for weight in model.parameters())
    emit(
        "train.started", None, method=job.method, parameters=parameters, steps=job.config.steps, device=device.type
    )
    say(f"{job.method} of {job.model.name}: {parameters} parameters, {job.config.steps} steps, on {device.type}")
    if job.config.lora_rank > 0:
        _add_lora(model, job.config)
    with computing(device, job.config.precision):
        trained = _train(job, model, tokenizer)
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


def _train(job: Job, model: CausalLM, tokenizer: Tokenizer) -> Trained:
    state = job.run / STATE
    if isinstance(job.config, SftConfig):
        texts = read_examples(job.data / "examples.jsonl")
        room = model.config.max_position_embeddings
        learnt, aside = (
            [example for example in (tokens_of(text, tokenizer) for text in part) if len(example) <= room]
            for part in split_by_task(texts, job.config.validation_share, job.config.seed)
        )
        too_long = len(texts) - len(learnt) - len(aside)
        emit("train.data", None, examples=len(learnt), validation=len(aside), too_long=too_long)
        steps = train(model, learnt, tokenizer.pad_id, job.config, state, aside)
        return Trained(len(learnt), steps)
    if job.judge is None:
        raise ValueError(f"{job.method} learns from rewards: judge: missing")
    prompts = read_prompts(job.data / "prompts.jsonl")
    held_out = [] if job.held_out is None else read_prompts(job.held_out / "prompts.jsonl")
    reward = JudgedRewards(job.data, job.judge.folder, prompts, job.judge.reward, job.judge.tier, job.judge.workers)
    held_out_reward = reward
    if job.held_out is not None:
        held_out_reward = JudgedRewards(
            job.held_out, job.judge.folder, held_out, job.judge.reward, job.judge.tier, job.judge.workers
        )
    emit("train.data", None, prompts=len(prompts), held_out=len(held_out), sandbox=reward.tier)
    run = PolicyRun(tokenizer, prompts, held_out, reward, state, held_out_reward=held_out_reward)
    try:
        if isinstance(job.config, GrpoConfig):
            train_grpo(model, run, job.config)
        else:
            train_ppo(model, run, job.config)
    finally:
        reward.close()
        if held_out_reward is not reward:
            held_out_reward.close()
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
