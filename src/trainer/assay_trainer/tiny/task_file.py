"""A task as a YAML file."""

from __future__ import annotations

import json
from pathlib import Path

from .behaviour import behaviour_of
from .inputs import Value
from .tasks import Task

TOPICS = {"n": "numbers", "xs": "lists", "s": "texts"}
DIFFICULTY = {1: "easy", 2: "medium", 3: "hard"}
HELD_OUT = (
    "Generated for assay by a grammar. The embedded model's training data neither ask for it nor for a program that "
    "behaves like it, and hold no solution that reads like its reference."
)
TRAINED = "Generated for assay by a grammar. Programs like it are in the embedded model's training data."


def write_tasks(folder: Path, tasks: list[Task]) -> None:
    """The folder then holds these tasks and no other."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {f"{task.id}.yaml" for task in tasks}
    for path in folder.glob("*.yaml"):
        if path.name not in names:
            path.unlink()
    for task in tasks:
        (folder / f"{task.id}.yaml").write_text(yaml_of(task), encoding="utf-8")


def yaml_of(task: Task) -> str:
    steps = task.program.steps
    tags = [
        "tiny",
        TOPICS[task.program.source],
        f"steps-{len(steps)}",
        *(["held-out-pair"] if task.program.holds_out else []),
    ]
    lines = [
        "schema: assay.task.v1",
        "kind: function",
        f"id: {task.id}",
        f"title: {json.dumps(', '.join(step.operation.key.replace('_', ' ') for step in steps))}",
        "language: python",
        f"difficulty: {DIFFICULTY[len(steps)]}",
        f"tags: [{', '.join(tags)}]",
        f"split: {task.split}",
        *_block("prompt", task.prompt),
        "entryPoint: solve",
        *_block("starterCode", task.prompt),
        "completionMode: append",
        "tests:",
        "  public:",
        *(f"    - {_assertion(*case)}" for case in task.public),
        "  hidden:",
        *(f"    - {_assertion(*case)}" for case in task.hidden),
        "limits:",
        "  cpuTimeMs: 2000",
        *_block("reference", task.program.reference()),
        *_block("knownBad", known_bad(task)),
        "source:",
        "  origin: assay",
        "  license: MIT",
        f"contamination: {json.dumps(TRAINED if task.split == 'train' else HELD_OUT)}",
    ]
    return "\n".join(lines) + "\n"


def known_bad(task: Task) -> str:
    """The reference with the first slip that changes what it does."""
    steps = task.program.steps
    right = behaviour_of(task.program.reference(), task.program.source)
    own = [step.fill(step.operation.codes[0]) for step in steps]
    for at, step in enumerate(steps):
        for slip in step.operation.slips:
            solution = task.program.solution([*own[:at], step.fill(slip), *own[at + 1 :]])
            if behaviour_of(solution, task.program.source) != right:
                return solution
    raise ValueError(f"{task.id}: no slip changes what it does")


def _assertion(argument: Value, outcome: str) -> str:
    text = f"assert solve({argument!r}) == {outcome}"
    return json.dumps(text) if ": " in text or " #" in text else text


def _block(field: str, text: str) -> list[str]:
    return [f"{field}: |", *(f"  {line}" for line in text.splitlines())]
