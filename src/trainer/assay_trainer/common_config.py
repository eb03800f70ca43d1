"""Settings that each method has."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from .hardware import PRECISIONS

PROJECTIONS = "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj"


@dataclass(frozen=True, kw_only=True)
class CommonConfig:
    AT_LEAST_ONE: ClassVar[tuple[str, ...]] = ("steps", "checkpoint_every", "evaluation_samples", "max_new_tokens")

    steps: int
    learning_rate: float
    warmup_steps: int = 0
    #: Of the peak, at the end of the cosine.
    final_rate: float
    weight_decay: float
    beta1: float = 0.9
    beta2: float = 0.95
    clip_norm: float = 1.0
    seed: int = 0
    checkpoint_every: int
    #: Steps between two models that are kept on the way; 0: only those that are asked for.
    keep_every: int = 0
    #: Of these, the newest so many stay; 0: all.
    keep_last: int = 3
    #: Steps between two evaluations on held-out prompts; 0: none.
    evaluate_every: int = 0
    evaluation_samples: int = 4
    #: Of sampling, in evaluations and where attempts are learnt from.
    temperature: float = 1.0
    max_new_tokens: int = 256
    #: Tokens, padding included, that go through the model at once; 0: all of a step. It bounds memory, and changes no
    #: gradient but by rounding.
    micro_batch_tokens: int = 0
    precision: str = "auto"
    #: What layers made is made again for the gradient rather than kept: less memory, more time.
    gradient_checkpointing: bool = False
    #: Of the matrices that learn in place of the model's own; 0: the model itself learns.
    lora_rank: int = 0
    #: Over the rank: how much of what they learnt is added.
    lora_alpha: float = 16.0
    lora_dropout: float = 0.0
    #: Names of linear layers, with commas.
    lora_targets: str = PROJECTIONS

    def __post_init__(self) -> None:
        for name in self.AT_LEAST_ONE:
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: 1 at least, not {getattr(self, name)}")
        if not 0 < self.learning_rate <= 1:
            raise ValueError(f"learning_rate: above 0 and 1 at most, not {self.learning_rate}")
        if self.precision not in PRECISIONS:
            raise ValueError(f"precision: one of {', '.join(PRECISIONS)}, not {self.precision!r}")
        if not 0 <= self.lora_dropout < 1:
            raise ValueError(f"lora_dropout: from 0 to below 1, not {self.lora_dropout}")
        if self.temperature <= 0:
            raise ValueError("temperature: attempts must differ, so it is above 0")

    def that_counts(self) -> dict[str, Any]:
        """Settings that weights depend on; a run goes on though others differ."""
        return {name: value for name, value in asdict(self).items() if name not in ("keep_every", "keep_last")}
