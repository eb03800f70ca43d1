"""A model and examples of a size that trains in a second."""

from __future__ import annotations

import random

import torch

from assay_trainer.batches import Example
from assay_trainer.model import CausalLM, ModelConfig
from assay_trainer.sft import SftConfig

PAD = 0
CONFIG = ModelConfig(
    vocab_size=40,
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    intermediate_size=48,
    max_position_embeddings=64,
)
TRAINING = SftConfig(
    steps=24,
    batch_size=4,
    learning_rate=1e-2,
    warmup_steps=4,
    schedule_steps=24,
    seed=3,
    checkpoint_every=5,
    report_every=1,
)


def small_model(seed: int = 0) -> CausalLM:
    torch.set_num_threads(1)
    model = CausalLM(CONFIG)
    model.initialise(seed)
    return model


def small_examples(count: int = 64) -> list[Example]:
    rng = random.Random(5)

    def tokens(low: int, high: int) -> tuple[int, ...]:
        return tuple(rng.randrange(1, CONFIG.vocab_size) for _ in range(rng.randint(low, high)))

    return [Example(tokens(3, 8), tokens(2, 9)) for _ in range(count)]
