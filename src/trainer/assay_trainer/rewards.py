"""What training asks of a judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Attempt:
    task_id: str
    #: What the model wrote, without the prompt.
    completion: str


#: A reward for each attempt, in their order; None where there is no verdict, which is not a wrong answer.
RewardFunction = Callable[[Sequence[Attempt]], Sequence[Optional[float]]]
