"""A folder of transitions of a size that trains in seconds."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

FACTS = ["valid", "parses", "nodes"]
WORDS = ("add", "join", "count", "largest", "smallest", "reverse", "double", "square", "negate", "filter")


def write_transitions(folder: Path) -> None:
    (folder / "shards").mkdir(parents=True)
    records = [record for at, word in enumerate(WORDS) for record in _of_task(at, word)]
    with gzip.open(folder / "shards" / "00000.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record) + "\n" for record in records)
    groups = [
        {"group": f"t/{at}", "split": _split(at), "contentSha256": None, "licence": "MIT", "transitions": 10}
        for at in range(len(WORDS))
    ]
    manifest = {
        "schema": "assay.world-data.v1",
        "facts": FACTS,
        "transitions": len(records),
        "counts": {"bySource": {"sample": len(records)}},
        "groups": groups,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def _split(at: int) -> str:
    return "dev" if at % 3 == 2 else "train"


def _of_task(at: int, word: str) -> list[dict[str, object]]:
    start = f"def {word}(xs):\n    pass\n"
    found: list[dict[str, object]] = []
    for turn in range(10):
        valid = turn % 3 != 0
        code = f"def {word}(xs):\n    return {word}_of(xs, {turn})\n" if valid else f"def {word}(xs):\n    return (xs\n"
        found.append(
            {
                "id": f"{at}-{turn}",
                "source": "sample",
                "group": f"t/{at}",
                "split": _split(at),
                "before": _state(start, word, [0, 1, 1]),
                "action": {"text": f"Write a function to {word} numbers.", "operations": ["INSERT Return DEPTH_2"]},
                "after": _state(code, word, [float(valid), float(valid), 2.0 + turn]),
                "label": "accepted" if valid and turn % 2 else "rejected",
            }
        )
    return found


def _state(code: str, word: str, facts: list[float]) -> dict[str, object]:
    return {"code": code, "entryPoint": word, "facts": facts, "unbound": []}
