"""Examples for fine-tuning as `assay data export` writes them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .batches import Example
from .json_lines import read_records
from .tokenizer import Tokenizer


@dataclass(frozen=True)
class TextExample:
    task_id: str
    prompt: str
    completion: str


def read_examples(path: Path) -> list[TextExample]:
    """examples.jsonl of exported training data."""
    records = read_records(path, ("taskId", "prompt", "completion"))
    return [TextExample(record["taskId"], record["prompt"], record["completion"]) for record in records]


def split_by_task(
    examples: Sequence[TextExample], share: float, seed: int
) -> tuple[list[TextExample], list[TextExample]]:
    """All examples of a task are learnt, or none is: those of about `share` of the tasks come second."""
    tasks = sorted({example.task_id for example in examples})
    random.Random(f"{seed} validation").shuffle(tasks)
    aside = set(tasks[: min(len(tasks) - 1, math.ceil(share * len(tasks)))] if share > 0 else [])
    return (
        [example for example in examples if example.task_id not in aside],
        [example for example in examples if example.task_id in aside],
    )


def tokens_of(example: TextExample, tokenizer: Tokenizer) -> Example:
    """Prompt and completion are cut into tokens apart, as they are when a model is asked."""
    return Example(
        tuple(tokenizer.encode(example.prompt)), (*tokenizer.encode(example.completion), tokenizer.end_id)
    )
