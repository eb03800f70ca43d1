"""Settings of a world model's training; they mirror `WorldConfig` in src/domain/world-job.ts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..hardware import PRECISIONS


@dataclass(frozen=True, kw_only=True)
class WorldConfig:
    AT_LEAST_ONE: ClassVar[tuple[str, ...]] = (
        "steps",
        "checkpoint_every",
        "report_every",
        "evaluate_every",
        "vocabulary",
        "max_state",
        "max_learnt",
        "max_action",
        "width",
        "embedding",
        "kernel",
        "pools",
        "structure",
        "members",
        "sets",
        "set_size",
        "directions",
        "folds",
    )

    steps: int
    learning_rate: float = 2e-3
    warmup_steps: int = 30
    #: Of the peak, at the end of the cosine.
    final_rate: float = 0.05
    weight_decay: float = 0.05
    beta1: float = 0.9
    beta2: float = 0.95
    clip_norm: float = 1.0
    seed: int = 0
    checkpoint_every: int = 50
    report_every: int = 20
    evaluate_every: int = 200
    #: Pieces of the tokenizer, at most.
    vocabulary: int = 2048
    max_state: int = 512
    #: Longer programs are cut in training alone, to save time.
    max_learnt: int = 128
    max_action: int = 128
    width: int = 64
    embedding: int = 64
    layers: int = 2
    kernel: int = 5
    pools: int = 4
    predictor_layers: int = 2
    #: Of the width, dimensions that structure numbers alone decide.
    structure: int = 8
    #: Of what is summed up of a program's pieces, dropped in training.
    dropout: float = 0.1
    #: Models that learn apart and are asked together.
    members: int = 1
    #: Of the target encoder, how much stays in a step; 0: before and after states have one encoder.
    target_keep: float = 0.0
    #: Questions in a step, and after-states of each at most.
    sets: int = 60
    set_size: int = 14
    #: Of the questions of a step, those with many candidates to choose from.
    sampled_share: float = 0.2
    #: Mutants are learnt from too, as what is not likely.
    mutants: bool = False
    #: Of pieces, hidden from the model in training.
    hidden_share: float = 0.1
    #: Of before-states, hidden whole: what was asked must tell what they do not.
    before_hidden_share: float = 0.5
    #: Of questions, left out, so that a prediction without one is learnt too.
    action_left_out: float = 0.1
    prediction_weight: float = 1.0
    sigreg_weight: float = 2.0
    #: Random projections of SIGReg.
    directions: int = 128
    #: Of the contrast between a question's after-states: valid and central ones against the others.
    set_weight: float = 6.0
    #: What a published solution counts there, beside all other valid after-states of its question together.
    reference_weight: float = 1.0
    #: Of the contrast against the after-states of other questions.
    contrast_weight: float = 1.0
    #: Of the contrast of each after-state's own question against other questions.
    answer_weight: float = 1.0
    #: What energies are divided by in all contrasts.
    temperature: float = 8.0
    #: Of the loss that holds a prediction with its action below the one without.
    action_weight: float = 0.0
    action_margin: float = 1.0
    #: Of the prediction from edit operations.
    operations_weight: float = 0.2
    #: Of the pass head, whose gradient ends at the states.
    pass_weight: float = 1.0
    #: Tasks are dealt into so many parts, and those of part `fold` are not learnt; 1: all are.
    folds: int = 1
    fold: int = 0
    precision: str = "auto"

    def __post_init__(self) -> None:
        for name in self.AT_LEAST_ONE:
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: 1 at least, not {getattr(self, name)}")
        if not 0 < self.learning_rate <= 1:
            raise ValueError(f"learning_rate: above 0 and 1 at most, not {self.learning_rate}")
        if not 0 <= self.target_keep < 1:
            raise ValueError(f"target_keep: from 0 to below 1, not {self.target_keep}")
        if self.structure >= self.width:
            raise ValueError(f"structure: below width, not {self.structure}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout: from 0 to below 1, not {self.dropout}")
        if not 0 <= self.hidden_share < 1:
            raise ValueError(f"hidden_share: from 0 to below 1, not {self.hidden_share}")
        if not 0 <= self.before_hidden_share <= 1:
            raise ValueError(f"before_hidden_share: from 0 to 1, not {self.before_hidden_share}")
        if not 0 <= self.action_left_out <= 1:
            raise ValueError(f"action_left_out: from 0 to 1, not {self.action_left_out}")
        if not 0 <= self.sampled_share <= 1:
            raise ValueError(f"sampled_share: from 0 to 1, not {self.sampled_share}")
        if self.temperature <= 0:
            raise ValueError(f"temperature: above 0, not {self.temperature}")
        if self.kernel % 2 == 0:
            raise ValueError(f"kernel: an odd number, not {self.kernel}")
        if not 0 <= self.fold < self.folds:
            raise ValueError(f"fold: below folds, not {self.fold}")
        if self.precision not in PRECISIONS:
            raise ValueError(f"precision: one of {', '.join(PRECISIONS)}, not {self.precision!r}")
