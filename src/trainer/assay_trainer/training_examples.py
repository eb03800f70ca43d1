"""Examples for fine-tuning as `assay data export` writes them."""

from __future__ import annotations

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


def tokens_of(example: TextExample, tokenizer: Tokenizer) -> Example:
    """Prompt and completion are cut into tokens apart, as they are when a model is asked."""
    return Example(
        tuple(tokenizer.encode(example.prompt)), (*tokenizer.encode(example.completion), tokenizer.end_id)
    )
