"""Examples for fine-tuning as `assay data export` writes them."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union

from .batches import Example
from .json_lines import read_records
from .language_model import TextTokenizer


@dataclass(frozen=True)
class TextExample:
    task_id: str
    #: A text to go on from, or a conversation to answer in.
    prompt: Union[str, Sequence[Mapping[str, str]]]
    completion: str


def read_examples(path: Path) -> list[TextExample]:
    """examples.jsonl of exported training data."""
    return [_example_in(record, path) for record in read_records(path, ("taskId",))]


def _example_in(record: Mapping[str, Any], path: Path) -> TextExample:
    """In the shape `completion`, or in the shape `chat`, whose last message is the answer."""
    prompt, completion = record.get("prompt"), record.get("completion")
    messages = record.get("messages")
    if isinstance(messages, list) and len(messages) > 1:
        prompt, completion = messages[:-1], messages[-1].get("content")
    if not isinstance(prompt, (str, list)) or not isinstance(completion, str):
        raise ValueError(f"{path}: {record['taskId']}: neither prompt and completion nor messages that end in an answer")
    return TextExample(record["taskId"], prompt, completion)


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


def tokens_of(example: TextExample, tokenizer: TextTokenizer) -> Example:
    """Prompt and completion are cut into tokens apart, as they are when a model is asked."""
    prompt = example.prompt
    asked = tokenizer.encode(prompt) if isinstance(prompt, str) else tokenizer.encode_question(prompt)
    return Example(tuple(asked), (*tokenizer.encode(example.completion), tokenizer.end_id))
