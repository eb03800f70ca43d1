"""The numbers behind the embedded model. Another value anywhere gives another model."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import ModelConfig
from ..sft import SftConfig
from .slips import SlipRates
from .tasks import SplitSizes


@dataclass(frozen=True)
class Recipe:
    seed: int = 1
    splits: SplitSizes = SplitSizes(train=240, dev=40, test_private=60, held_out_pairs=1 / 3)
    slips: SlipRates = SlipRates(usual=0.08, hard=0.4, own_kind=0.7, broken=0.02, variant=0.2)
    pairs: int = 32_000
    vocabulary: int = 512
    max_new_tokens: int = 96
    # It stops early: with all of the schedule the model is right two times out of three, and leaves less to do.
    training: SftConfig = SftConfig(
        steps=800, batch_size=32, learning_rate=2.5e-3, warmup_steps=100, schedule_steps=1200, seed=1
    )

    def model(self, vocabulary: int) -> ModelConfig:
        return ModelConfig(
            vocab_size=vocabulary,
            hidden_size=128,
            num_hidden_layers=5,
            num_attention_heads=4,
            num_key_value_heads=2,
            intermediate_size=384,
            max_position_embeddings=256,
        )
