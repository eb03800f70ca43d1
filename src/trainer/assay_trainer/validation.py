"""How well a model does on examples that it does not learn, and when that is enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional

import torch
from torch import Tensor

from .batches import Batch, Example, collate
from .events import emit
from .hardware import device_of
from .language_model import LanguageModel, learnt_weights
from .losses import masked_nll


class Validation:
    """Without examples it measures nothing and ends nothing."""

    def __init__(
        self,
        examples: Sequence[Example],
        pad_id: int,
        batch_size: int,
        patience: int,
        memory: Optional[Mapping[str, Any]],
    ) -> None:
        near = sorted(examples, key=len)
        self._batches = [collate(near[at : at + batch_size], pad_id) for at in range(0, len(near), batch_size)]
        self._patience = patience
        self._best: Optional[float] = None if memory is None else memory["best"]
        self._best_step: int = 0 if memory is None else memory["step"]
        self._worse: int = 0 if memory is None else memory["worse"]
        self._weights: dict[str, Tensor] = {} if memory is None else memory["weights"]

    @property
    def is_over(self) -> bool:
        return 0 < self._patience <= self._worse

    def measure(self, model: LanguageModel, step: int) -> None:
        """Emits `eval` with the mean loss of all completion tokens."""
        if not self._batches:
            return
        loss = _loss_of(model, self._batches)
        if self._best is None or loss < self._best:
            self._best, self._best_step, self._worse = loss, step, 0
            self._weights = {name: weight.detach().cpu().clone() for name, weight in learnt_weights(model).items()}
        else:
            self._worse += 1
        emit("eval", step, loss=round(loss, 6), best_step=self._best_step)

    def restore_best(self, model: LanguageModel, steps: int) -> int:
        """The step of the weights that the model has now; `steps` where nothing was measured."""
        if self._best is None:
            return steps
        model.load_state_dict(self._weights, strict=False)
        emit("train.kept", self._best_step, loss=round(self._best, 6), stopped_early=self.is_over)
        return self._best_step

    def memory(self) -> Optional[dict[str, Any]]:
        """What a run needs to go on; plain data and tensors."""
        if not self._batches:
            return None
        return {"best": self._best, "step": self._best_step, "worse": self._worse, "weights": self._weights}


@torch.no_grad()
def _loss_of(model: LanguageModel, batches: Sequence[Batch]) -> float:
    model.eval()
    kept = sum(int(batch.learnt.sum()) for batch in batches)
    total = 0.0
    for batch in batches:
        part = batch.to(device_of(model))
        logits = model(part.ids, part.attention, part.positions)[0]
        total += float(masked_nll(logits[:, :-1], part.ids[:, 1:], part.learnt, kept))
    return total
