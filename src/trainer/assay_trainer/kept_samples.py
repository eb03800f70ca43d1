"""What the model wrote at each step, for people who look on: a few attempts with their rewards, and nothing of the tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from .attempts import JudgedAttempts
from .parallel import is_first
from .prompts import Prompt

#: Of a step: attempts at so many prompts, the best and the worst of each.
PROMPTS = 2
#: Of a text.
CHARACTERS = 4000


def keep_samples(path: Path, step: int, prompts: Sequence[Prompt], attempts: JudgedAttempts) -> None:
    """One line an attempt. Groups whose rewards differ come first: these teach something."""
    if not is_first():
        return
    lines = []
    for row in sorted(range(len(prompts)), key=lambda row: -_spread(attempts, row))[:PROMPTS]:
        for at in _best_and_worst(attempts, row):
            text = attempts.texts[row * attempts.rewards.shape[1] + at]
            sample = {
                "v": 1,
                "step": step,
                "taskId": prompts[row].task_id,
                "reward": float(attempts.rewards[row, at]) if attempts.counted[row, at] else None,
                "text": text[:CHARACTERS],
                "isCut": len(text) > CHARACTERS,
            }
            lines.append(json.dumps(sample) + "\n")
    with open(path, "a", encoding="utf-8") as file:
        file.write("".join(lines))


def _spread(attempts: JudgedAttempts, row: int) -> float:
    counted = attempts.rewards[row][attempts.counted[row]]
    return float(counted.max() - counted.min()) if len(counted) > 0 else -1.0


def _best_and_worst(attempts: JudgedAttempts, row: int) -> list[int]:
    order = sorted(range(attempts.rewards.shape[1]), key=lambda at: -float(attempts.rewards[row, at]))
    return [order[0], order[-1]] if len(order) > 1 else order
