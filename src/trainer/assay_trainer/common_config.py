"""Settings that each method has."""

from __future__ import annotations

from dataclasses import dataclass

from .hardware import PRECISIONS

PROJECTIONS = "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj"


@dataclass(frozen=True, kw_only=True)
class CommonConfig:
    #: Tokens, padding included, that go through the model at once; 0: all of a step. It bounds memory, and changes no
    #: gradient but by rounding.
    micro_batch_tokens: int = 0
    precision: str = "auto"
    #: Of the matrices that learn in place of the model's own; 0: the model itself learns.
    lora_rank: int = 0
    #: Over the rank: how much of what they learnt is added.
    lora_alpha: float = 16.0
    lora_dropout: float = 0.0
    #: Names of linear layers, with commas.
    lora_targets: str = PROJECTIONS

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise ValueError(f"precision: one of {', '.join(PRECISIONS)}, not {self.precision!r}")
        if not 0 <= self.lora_dropout < 1:
            raise ValueError(f"lora_dropout: from 0 to below 1, not {self.lora_dropout}")
