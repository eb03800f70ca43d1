"""Examples for fine-tuning as `assay data export` writes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from .batches import Example
from .tokenizer import Tokenizer


@dataclass(frozen=True)
class TextExample:
    task_id: str
    prompt: str
    completion: str


def read_examples(path: Path) -> list[TextExample]:
    """One JSON object a line. Raises ValueError that names file, line and field."""
    examples: list[TextExample] = []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            stored = json.loads(line)
            for name in ("taskId", "prompt", "completion"):
                if not isinstance(stored.get(name), str):
                    raise ValueError(f"{path}:{number}: {name}: expected a text")
            examples.append(TextExample(stored["taskId"], stored["prompt"], stored["completion"]))
    if not examples:
        raise ValueError(f"{path}: no examples")
    return examples


def tokens_of(example: TextExample, tokenizer: Tokenizer) -> Example:
    """Prompt and completion are cut into tokens apart, as they are when a model is asked."""
    return Example(
        tuple(tokenizer.encode(example.prompt)), (*tokenizer.encode(example.completion), tokenizer.end_id)
    )
