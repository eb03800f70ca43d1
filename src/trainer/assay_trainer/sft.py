"""Supervised fine-tuning on pairs of prompt and completion; only completions are learnt."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from .batches import Example, collate, epoch_order
from .checkpoint import load_checkpoint, save_checkpoint
from .events import emit
from .losses import masked_nll
from .model import CausalLM, positions_of
from .optimisation import Schedule, adamw, take_step


@dataclass(frozen=True)
class SftConfig:
    steps: int
    batch_size: int
    learning_rate: float
    warmup_steps: int
    #: At which step the cosine ends; a run of fewer steps stops early.
    schedule_steps: int
    #: Of the peak, at the end of the cosine.
    final_rate: float = 0.1
    weight_decay: float = 0.01
    beta1: float = 0.9
    beta2: float = 0.95
    clip_norm: float = 1.0
    seed: int = 0
    checkpoint_every: int = 100
    report_every: int = 20


def train(model: CausalLM, examples: Sequence[Example], pad_id: int, config: SftConfig, checkpoint: Path) -> None:
    """Goes on from `checkpoint` if it is there. Same configuration, same data, same weights on a processor."""
    lengths = [len(example) for example in examples]
    batches_per_epoch = len(epoch_order(lengths, config.batch_size, config.seed, 0))
    if batches_per_epoch == 0:
        raise ValueError(f"{len(examples)} examples do not fill a batch of {config.batch_size}")
    optimizer = adamw(model, config.weight_decay, config.beta1, config.beta2)
    schedule = Schedule(config.learning_rate, config.warmup_steps, config.schedule_steps, config.final_rate)
    identity = _identity(model, examples, config)
    done, _ = load_checkpoint(checkpoint, model, optimizer, identity)
    model.train()
    order: tuple[int, list[list[int]]] = (-1, [])
    for step in range(done, config.steps):
        epoch, position = divmod(step, batches_per_epoch)
        if order[0] != epoch:
            order = (epoch, epoch_order(lengths, config.batch_size, config.seed, epoch))
        started = time.perf_counter()
        batch = collate([examples[at] for at in order[1][position]], pad_id)
        rate = schedule.at(step)
        logits = model(batch.ids, batch.attention, positions_of(batch.attention))[0]
        loss = masked_nll(logits[:, :-1], batch.ids[:, 1:], batch.learnt)
        norm = take_step(model, optimizer, loss, rate, config.clip_norm)
        if (step + 1) % config.report_every == 0 or step + 1 == config.steps:
            seconds = time.perf_counter() - started
            tokens = int(batch.attention.sum())
            emit(
                "train.step",
                step + 1,
                loss=round(loss.item(), 6),
                grad_norm=round(norm, 6),
                learning_rate=rate,
                tokens_per_second=round(tokens / seconds),
            )
        if (step + 1) % config.checkpoint_every == 0 or step + 1 == config.steps:
            save_checkpoint(checkpoint, step + 1, model, optimizer, identity, {})


def _identity(model: CausalLM, examples: Sequence[Example], config: SftConfig) -> str:
    shape = {"model": asdict(model.config), "training": asdict(config)}
    digest = hashlib.sha256(json.dumps(shape, sort_keys=True).encode())
    for example in examples:
        digest.update(repr((example.prompt, example.completion)).encode())
    return digest.hexdigest()
