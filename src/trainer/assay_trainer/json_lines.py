"""Files of one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def read_records(path: Path, texts: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Streams them. Raises ValueError with file, line and field where one of `texts` is no text, or when there is none."""
    number = 0
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                stored = json.loads(line)
            except json.JSONDecodeError as problem:
                raise ValueError(f"{path}:{number}: not valid JSON: {problem}") from None
            for name in texts:
                if not isinstance(stored, dict) or not isinstance(stored.get(name), str):
                    raise ValueError(f"{path}:{number}: {name}: expected a text")
            yield stored
    if number == 0:
        raise ValueError(f"{path}: holds no line")
