"""Supervised fine-tuning on pairs of prompt and completion; only completions are learnt."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from .attempts import draw_seed
from .batches import Batch, Example, collate, epoch_order, pack
from .checkpoint import load_checkpoint, save_checkpoint
from .common_config import CommonConfig
from .evaluation import HeldOut
from .events import emit
from .hardware import device_of
from .kept_models import KeptModels
from .language_model import LanguageModel
from .losses import masked_nll
from .optimisation import Schedule, adamw, take_step
from .parallel import from_first, is_first
from .validation import Validation


@dataclass(frozen=True, kw_only=True)
class SftConfig(CommonConfig):
    AT_LEAST_ONE = (*CommonConfig.AT_LEAST_ONE, "batch_size", "schedule_steps", "report_every", "validate_every")

    batch_size: int
    #: At which step the cosine ends; a run of fewer steps stops early.
    schedule_steps: int
    final_rate: float = 0.1
    weight_decay: float = 0.01
    checkpoint_every: int = 100
    report_every: int = 20
    #: Tokens of a row that several examples share; 0: each has a row of its own.
    packed_length: int = 0
    #: Of the tasks, whose examples are not learnt but tell when to stop; the weights that did best on them are kept.
    validation_share: float = 0.0
    validate_every: int = 50
    #: Validations in a row without a better one that end training; 0: none does.
    patience: int = 0


def train(
    model: LanguageModel,
    examples: Sequence[Example],
    pad_id: int,
    config: SftConfig,
    checkpoint: Path,
    validation_examples: Sequence[Example] = (),
    held_out: HeldOut | None = None,
    kept: KeptModels | None = None,
) -> int:
    """
    The step whose weights are kept. Goes on from `checkpoint` if it is there. Same configuration, same data, same weights
    on a processor.
    """
    lengths = [len(example) for example in examples]
    batches_per_epoch = len(epoch_order(lengths, config.batch_size, config.seed, 0))
    if batches_per_epoch == 0:
        raise ValueError(f"{len(examples)} examples do not fill a batch of {config.batch_size}")
    device = device_of(model)
    optimizer = adamw(model, config.weight_decay, config.beta1, config.beta2)
    schedule = Schedule(config.learning_rate, config.warmup_steps, config.schedule_steps, config.final_rate)
    identity = _identity(model, [*examples, *validation_examples], config)
    done, memory = load_checkpoint(checkpoint, model, optimizer, identity)
    first = is_first()
    validation = Validation(validation_examples, pad_id, config.batch_size, config.patience, memory.get("validation"))
    model.recompute_layers(config.gradient_checkpointing)
    if done == 0 and first and held_out is not None and held_out.is_due(0, config):
        held_out.measure(model, 0, config)
    tokens = int(memory.get("tokens", 0))
    order: tuple[int, list[list[int]]] = (-1, [])
    for step in range(done, config.steps):
        if config.patience > 0 and from_first(validation.is_over):
            break
        epoch, position = divmod(step, batches_per_epoch)
        if order[0] != epoch:
            order = (epoch, epoch_order(lengths, config.batch_size, config.seed, epoch))
        started = time.perf_counter()
        chosen = [examples[at] for at in order[1][position]]
        batch = collate(chosen, pad_id) if config.packed_length == 0 else pack(chosen, config.packed_length, pad_id)
        rate = schedule.at(step)
        if config.lora_dropout > 0:
            torch.manual_seed(draw_seed(config.seed, "dropout", step))
        model.train()
        taken = take_step(model, optimizer, _losses(model, batch.to(device), config), rate, config.clip_norm)
        is_last = step + 1 == config.steps
        tokens += sum(len(example.completion) for example in chosen)
        if (step + 1) % config.report_every == 0 or is_last:
            seconds = time.perf_counter() - started
            emit(
                "train.step",
                step + 1,
                loss=round(taken.loss, 6),
                grad_norm=round(taken.norm, 6),
                learning_rate=rate,
                num_tokens=tokens,
                tokens_per_second=round(sum(map(len, chosen)) / seconds),
            )
            tokens = 0
        if not first:
            continue
        if (step + 1) % config.validate_every == 0 or is_last:
            validation.measure(model, step + 1)
        if held_out is not None and held_out.is_due(step + 1, config):
            held_out.measure(model, step + 1, config)
        is_kept = kept is not None and not is_last and kept.is_due(step + 1)
        if (step + 1) % config.checkpoint_every == 0 or is_last or validation.is_over or is_kept:
            memory = {"validation": validation.memory(), "tokens": tokens}
            save_checkpoint(checkpoint, step + 1, model, optimizer, identity, memory)
        if kept is not None and is_kept:
            kept.keep(step + 1)
    best = validation.restore_best(model, config.steps)
    if first and held_out is not None and config.evaluate_every > 0 and not held_out.is_due(best, config):
        held_out.measure(model, best, config)
    return best


def _losses(model: LanguageModel, batch: Batch, config: SftConfig) -> Iterator[Tensor]:
    kept = int(batch.learnt.sum())
    for _, part in batch.share().parts(config.micro_batch_tokens):
        logits = model(part.ids, part.attention, part.positions)[0]
        yield masked_nll(logits[:, :-1], part.ids[:, 1:], part.learnt, kept)


def _identity(model: LanguageModel, examples: Sequence[Example], config: SftConfig) -> str:
    shape = {"model": model.shape(), "training": config.that_counts()}
    digest = hashlib.sha256(json.dumps(shape, sort_keys=True, default=str).encode())
    for example in examples:
        digest.update(repr((example.prompt, example.completion)).encode())
    return digest.hexdigest()
