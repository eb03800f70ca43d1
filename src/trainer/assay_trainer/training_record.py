"""What a checkpoint was trained on, as `training.json` in its folder, so that a task it has seen is never scored unnoticed.

The dataclasses mirror `src/domain/training.ts`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union

from .likeness import Likeness

MANIFEST = "training.json"
DATA = "training-data.jsonl.gz"
SCHEMA = "assay.training.v1"
LIKENESS = "assay.likeness.v1"
METHODS = ("sft", "grpo", "ppo", "distillation", "pretraining")
#: Of a checkpoint's folder, but no part of the checkpoint.
NOT_VOUCHED_FOR = ("README.md", MANIFEST, DATA)

Scalar = Union[str, int, float, bool, None]


@dataclass(frozen=True)
class TrainingEntry:
    """A task, or a question, with all solutions that were learnt for it."""

    task_id: str | None
    content_sha256: str | None
    prompt: Likeness | None
    solutions: tuple[Likeness, ...]

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> TrainingEntry:
        _only(value, "taskId", "contentSha256", "prompt", "solutions")
        prompt = value["prompt"]
        return TrainingEntry(
            value["taskId"],
            value["contentSha256"],
            None if prompt is None else _likeness_of(prompt),
            tuple(_likeness_of(solution) for solution in value["solutions"]),
        )

    def to_json(self) -> dict[str, object]:
        return {
            "taskId": self.task_id,
            "contentSha256": self.content_sha256,
            "prompt": None if self.prompt is None else _json_of(self.prompt),
            "solutions": [_json_of(solution) for solution in self.solutions],
        }


@dataclass(frozen=True)
class Source:
    """What training data were made from. `kind`: tasks, run, samples or grammar."""

    kind: str
    id: str
    sha256: str | None


@dataclass(frozen=True)
class Parent:
    """The checkpoint that training began with. `manifest_sha256` is None where nobody knows what it has seen."""

    name: str
    path: str | None
    manifest_sha256: str | None


@dataclass(frozen=True)
class TrainingRecord:
    name: str
    #: None: training began with random weights.
    parent: Parent | None
    method: str
    steps: int
    seed: int
    config: Mapping[str, Scalar]
    sources: Sequence[Source]
    entries: Sequence[TrainingEntry]
    #: Pairs of prompt and completion; several may be one entry.
    examples: int
    trainer: str
    #: These three are None where the same files are to come out whenever they are made again.
    finished_at: str | None = None
    wall_time_ms: float | None = None
    cost_usd: float | None = None

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method {self.method!r} is none of {', '.join(METHODS)}")


def write_training_record(folder: Path, record: TrainingRecord) -> None:
    """Vouches for the files that are there: call it after all of them."""
    lines = [json.dumps(entry.to_json(), separators=(",", ":")) for entry in record.entries]
    text = "".join(f"{line}\n" for line in lines).encode()
    # Without time and name, so that the same data are the same bytes.
    (folder / DATA).write_bytes(gzip.compress(text, mtime=0))
    parent = record.parent
    manifest = {
        "schema": SCHEMA,
        "name": record.name,
        "parent": None
        if parent is None
        else {"name": parent.name, "path": parent.path, "manifestSha256": parent.manifest_sha256},
        "method": record.method,
        "steps": record.steps,
        "seed": record.seed,
        "finishedAt": record.finished_at,
        "wallTimeMs": record.wall_time_ms,
        "costUsd": record.cost_usd,
        "config": dict(record.config),
        "sources": [{"kind": source.kind, "id": source.id, "sha256": source.sha256} for source in record.sources],
        "data": {
            **_stored(folder, DATA),
            "likeness": LIKENESS,
            "entries": len(record.entries),
            "examples": record.examples,
            "tasks": sum(entry.task_id is not None for entry in record.entries),
        },
        "files": [
            _stored(folder, path.relative_to(folder).as_posix())
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in NOT_VOUCHED_FOR
        ],
        "trainer": record.trainer,
    }
    aside = folder / f"{MANIFEST}.tmp"
    aside.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(folder / MANIFEST)


def read_entries(folder: Path) -> list[TrainingEntry]:
    with gzip.open(folder / DATA, "rt", encoding="utf-8") as lines:
        return [TrainingEntry.from_json(json.loads(line)) for line in lines]


def read_plain_entries(path: Path) -> list[TrainingEntry]:
    """entries.jsonl of exported training data."""
    with open(path, encoding="utf-8") as lines:
        return [TrainingEntry.from_json(json.loads(line)) for line in lines]


def parent_in(folder: Path) -> Parent:
    """The checkpoint in `folder`, for one that is trained from it."""
    manifest = folder / MANIFEST
    if not manifest.exists():
        return Parent(folder.name, str(folder), None)
    written = manifest.read_bytes()
    return Parent(json.loads(written)["name"], str(folder), hashlib.sha256(written).hexdigest())


def _stored(folder: Path, name: str) -> dict[str, object]:
    content = (folder / name).read_bytes()
    return {"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _likeness_of(value: Mapping[str, Any]) -> Likeness:
    _only(value, "exact", "near")
    return Likeness(value["exact"], value["near"])


def _json_of(likeness: Likeness) -> dict[str, object]:
    return {"exact": likeness.exact, "near": likeness.near}


def _only(value: Mapping[str, Any], *names: str) -> None:
    if set(value) != set(names):
        raise ValueError(f"expected the fields {', '.join(names)}, got {', '.join(sorted(value))}")
